"""Failover under load: three PostgreSQL servers under Patroni, three Parastore nodes, sixteen clients.

`CHAOS_SECONDS=600 pytest -s tests/cluster` goes on for longer, with every kind of failure in turn (`make chaos`).
When it fails, the logs of all programs are in build/cluster.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cluster import failures
from tests.cluster.history import faults, longest_gap
from tests.cluster.load import NAMES, Load
from tests.cluster.probe import Probe
from tests.conftest import Client, ClientFactory

from parastore.server.check import findings
from parastore.testing.cluster import Cluster
from parastore.testing.network import Network

CHAOS = float(os.environ.get("CHAOS_SECONDS", "0"))
LOGS = Path(__file__).parents[2] / "build" / "cluster"
# Seconds from when the database takes writes again to when it must have taken a hundred of Parastore's.
COME_BACK = 60


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster(network=Network.possible()) as started:
        started.add_nodes()
        try:
            yield started
        finally:
            started.keep_logs(LOGS)


def kinds(cluster: Cluster) -> list[failures.Failure]:
    cut = [failures.cut_primary] if cluster.network is not None else [failures.hang_primary]
    if not CHAOS:
        return [*cut, failures.skew_clock, failures.kill_primary, failures.kill_node]
    return [
        *cut,
        failures.skew_clock,
        failures.hang_primary,
        failures.kill_node,
        failures.kill_postmaster,
        failures.kill_primary_and_node,
        failures.kill_primary,
    ]


def gap(moments: list[float], since: float) -> float:
    """The longest time without one, from the last before `since`."""
    before = max((each for each in moments if each <= since), default=since)
    return longest_gap([before, *(each for each in moments if each > since)])


def test_nothing_acknowledged_is_lost(cluster: Cluster, client_for: ClientFactory, tmp_path: Path) -> None:
    keys = cluster.nodes[0].new_account()
    front: Any = type("Front", (), {"url": cluster.url})
    lock = threading.Lock()

    def make() -> Client:
        with lock:
            return client_for(front, keys, connect_timeout=3, read_timeout=20)

    with Probe(cluster.database_named("probe")) as probe, Load(make) as load:
        load.wait_for_writes(100, 60)
        until = time.monotonic() + CHAOS
        all_kinds = kinds(cluster)
        for fail in itertools.cycle(all_kinds):
            began, errors = time.monotonic(), len(load.errors)
            fail(cluster)
            probe.wait(time.monotonic() + 3, 120)
            load.wait_for_writes(100, COME_BACK)
            sys.stderr.write(
                f"\n{fail.__name__}: no write for {gap(list(load.moments()), began):.1f} s,"
                f" of which the database itself took none for {gap(probe.moments, began):.1f} s;"
                f" {len(load.errors) - errors} requests failed"
            )
            if fail is all_kinds[-1] and time.monotonic() > until:
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
