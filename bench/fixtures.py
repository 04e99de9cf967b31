"""What a test pays for a server: `python -m bench.fixtures NAME` measures one kind in this process and prints JSON.

`start` is the session's: loading the package, and its first use. `each` is one test's: an account, a mock or a reset of
its own, and giving it up again; the median of fifty, without any call of the code under test.
"""
# ruff: noqa: PLC0415 (each kind is measured with what it loads, and without what the others load)

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

TESTS = 50


class Cost(NamedTuple):
    """Seconds."""

    name: str
    start: float
    each: float


Session = Iterator[Callable[[], AbstractContextManager[object]]]


@contextlib.contextmanager
def parastore() -> Session:
    import pytest

    from parastore.testing.account import TestAccount
    from parastore.testing.embedded import Embedded

    @contextlib.contextmanager
    def test() -> Iterator[object]:
        with pytest.MonkeyPatch.context() as monkeypatch, TestAccount(server, Path()) as account:
            account.enter(monkeypatch)
            yield account

    with Embedded() as server:
        yield test


@contextlib.contextmanager
def mock_aws() -> Session:
    import moto

    with moto.mock_aws():
        pass
    yield moto.mock_aws


@contextlib.contextmanager
def moto_server() -> Session:
    from moto.server import ThreadedMotoServer

    @contextlib.contextmanager
    def test() -> Iterator[object]:
        yield None
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    url = f"http://127.0.0.1:{port}"
    yield test
    server.stop()


KINDS = {"parastore": parastore, "mock_aws": mock_aws, "moto_server": moto_server}
NAMES = {"parastore": "Parastore's plugin", "mock_aws": "moto, mock_aws", "moto_server": "moto, server and reset"}


def measure(kind: str) -> Cost:
    """The cost in a process of its own."""
    out = subprocess.check_output([sys.executable, "-m", "bench.fixtures", kind], text=True)
    return Cost(NAMES[kind], **json.loads(out.splitlines()[-1]))


def main(kind: str) -> None:
    # What is loaded anyway: pytest, which runs the tests, and boto3, which the code under test needs.
    import boto3  # noqa: F401
    import pytest  # noqa: F401

    began = time.perf_counter()
    with KINDS[kind]() as test:
        with test():
            start = time.perf_counter() - began
        taken = []
        for _ in range(TESTS):
            began = time.perf_counter()
            with test():
                pass
            taken.append(time.perf_counter() - began)
    print(json.dumps({"start": start, "each": statistics.median(taken)}))


if __name__ == "__main__":
    main(sys.argv[1])
