"""Failover under load: three PostgreSQL servers under Patroni, three Parastore nodes, sixteen clients.

`CHAOS_SECONDS=600 pytest -s tests/cluster` goes on for longer, with every kind of failure in turn (`make chaos`).
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from tests.cluster.history import Seen, faults, longest_gap
from tests.conftest import Client, ClientFactory

from parastore.server.check import findings
from parastore.testing.cluster import Cluster

CLIENTS = 16
NAMES = [f"/failover/{number}" for number in range(6)]
CHAOS = float(os.environ.get("CHAOS_SECONDS", "0"))
_NOT_KNOWN = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as started:
        started.add_nodes()
        yield started


class Load:
    """Clients that write and read until they are told to stop, and what they saw."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self.seen: dict[str, list[Seen]] = {name: [] for name in NAMES}
        self.errors: list[str] = []
        self._make = make
        self._stop = threading.Event()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._act, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for_writes(self, number: int, seconds: float) -> None:
        """Wait until so many more are acknowledged."""
        wanted, deadline = len(self.moments()) + number, time.monotonic() + seconds
        while len(self.moments()) < wanted:
            assert time.monotonic() < deadline, self.errors[-3:]
            time.sleep(0.2)

    def moments(self) -> list[float]:
        """When writes were acknowledged."""
        return [each.end for name in NAMES for each in self.seen[name] if each.kind == "put" and each.version]

    def _act(self, number: int) -> None:
        dice, client = random.Random(number), self._make()
        while not self._stop.is_set():
            name = dice.choice(NAMES)
            try:
                seen = (self._put if dice.random() < 0.5 else self._get)(
                    client, name, f"{number}-{next(self._numbers)}"
                )
            except _NOT_KNOWN as error:
                self.errors.append(str(error)[:200])
                time.sleep(0.3)
            else:
                self.seen[name].append(seen)
            time.sleep(0.02)

    def _put(self, client: Client, name: str, value: str) -> Seen:
        begin = time.monotonic()
        try:
            version = client.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)["Version"]
        except _NOT_KNOWN:
            self.seen[name].append(Seen(begin, float("inf"), "put", None, value))
            raise
        return Seen(begin, time.monotonic(), "put", version, value)

    def _get(self, client: Client, name: str, value: str) -> Seen:
        begin = time.monotonic()
        try:
            found: dict[str, Any] = client.get_parameter(Name=name)["Parameter"]
        except client.exceptions.ParameterNotFound:
            return Seen(begin, time.monotonic(), "get", 0, "")
        return Seen(begin, time.monotonic(), "get", found["Version"], found["Value"])


def kill_primary(cluster: Cluster) -> None:
    """A machine that crashes."""
    member = cluster.primary()
    member.signal(signal.SIGKILL)
    cluster.wait_for_primary(90)
    cluster.start_member(member)


def hang_primary(cluster: Cluster) -> None:
    """A machine that hangs, or that nobody reaches: the others replace it, and then it comes back."""
    member = cluster.primary()
    member.signal(signal.SIGSTOP)
    try:
        others = [each for each in cluster.members if each is not member]
        deadline = time.monotonic() + 90
        while not any(each.role() == "primary" for each in others):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        member.signal(signal.SIGCONT)


def kill_postmaster(cluster: Cluster) -> None:
    """A PostgreSQL that crashes, under a Patroni that sees it."""
    member = cluster.primary()
    postmaster = int((member.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    time.sleep(2)
    cluster.wait_for_primary(90)


def kill_node(cluster: Cluster) -> None:
    """A Parastore that crashes, and is started again."""
    node = random.choice(cluster.nodes)
    node.kill()
    time.sleep(3)
    node.start(60)


def test_nothing_acknowledged_is_lost(cluster: Cluster, client_for: ClientFactory, tmp_path: Path) -> None:
    keys = cluster.nodes[0].new_account()
    front: Any = type("Front", (), {"url": cluster.url})
    lock = threading.Lock()

    def make() -> Client:
        with lock:
            return client_for(front, keys, connect_timeout=3, read_timeout=20)

    with Load(make) as load:
        load.wait_for_writes(100, 60)
        kinds = [kill_primary, kill_node] if not CHAOS else [hang_primary, kill_postmaster, kill_primary, kill_node]
        until = time.monotonic() + CHAOS
        for fail in itertools.cycle(kinds):
            before, errors = len(load.moments()), len(load.errors)
            fail(cluster)
            load.wait_for_writes(100, 120)
            gap, failed = longest_gap(sorted(load.moments())[before - 1 :]), len(load.errors) - errors
            sys.stderr.write(f"\n{fail.__name__}: no write for {gap:.1f} s, {failed} requests failed")
            if fail is kinds[-1] and time.monotonic() > until:
                break
            cluster.wait_for_standby(90)
    client = make()
    wrong = []
    for name in NAMES:
        pages = client.get_paginator("get_parameter_history").paginate(Name=name)
        stored = {each["Version"]: each["Value"] for page in pages for each in page["Parameters"]}
        wrong += [f"{name}: {fault}" for fault in faults(load.seen[name], stored)]
    assert wrong == []
    assert list(findings(cluster.nodes[0].location)) == []
