"""Providers of root keys for tests: a program, a KMS (moto's server), tokens of SoftHSM 2, a passphrase's file."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "a-pin-of-ours"
PASSPHRASE = "correct horse battery staple"

# Wraps by a key of its own in a file beside it; fails while a file `broken` is there, and notes how it was called.
_PROGRAM = f"""#!{sys.executable}
import os, sys
from pathlib import Path
from cryptography.fernet import Fernet
here = Path(sys.argv[0]).parent
if (here / "broken").exists():
    sys.exit("broken, and the key is not to be seen: " + sys.stdin.read())
cipher = Fernet((here / "program.key").read_bytes())
verb = sys.argv[-1]
(here / "called").write_text(repr(sys.argv[1:]) + repr(sorted(os.environ)))
given = sys.stdin.buffer.read()
sys.stdout.buffer.write(cipher.encrypt(given) if verb == "wrap" else cipher.decrypt(given))
"""


def private(path: Path, content: str) -> Path:
    """A file that only we may read."""
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    return path


def program(folder: Path) -> Path:
    """A program that wraps and unwraps."""
    from cryptography.fernet import Fernet

    folder.mkdir(exist_ok=True)
    private(folder / "program.key", Fernet.generate_key().decode())
    made = private(folder / "program", _PROGRAM)
    made.chmod(0o700)
    return made


class Kms:
    """moto's KMS on a port of its own, in this process: keys stay while it is down."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        from moto.server import ThreadedMotoServer  # takes a second, and few tests need it

        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._server = None

    def call(self, operation: str, **members: Any) -> Any:
        with contextlib.closing(
            boto3.Session().client("kms", endpoint_url=self.url, region_name="us-east-1")
        ) as client:
            return getattr(client, operation)(**members)

    def new_key(self) -> str:
        """The ARN of a new key."""
        arn: str = self.call("create_key")["KeyMetadata"]["Arn"]
        return arn


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    """A KMS, and the credentials that boto3 finds here and in servers that are started."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    made = Kms()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes tokens, and tells their labels. SoftHSM is found here and by servers that are started."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")

    def make() -> str:
        label = f"token-{secrets.token_hex(4)}"
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "an-so-pin"],
            check=True,
            capture_output=True,
        )
        return label

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        yield make
