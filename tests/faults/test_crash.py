"""Killed at random moments under sixteen writers, a server keeps what it acknowledged, of other writes all or nothing.

TEST_SEED=n repeats the choices (not the scheduling), TEST_CRASHES=n changes the number of crashes.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.faults.ledger import Ledger, errors, load
from tests.folders import check, location_of

from parastore.testing.server import Server

SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(2**32)))
CRASHES = int(os.environ.get("TEST_CRASHES", "56"))


def kill_all(server: Server) -> None:
    """SIGKILL to the supervisor, if there is one, and to every worker."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    for process in (server.pid, *map(int, children)):
        os.kill(process, signal.SIGKILL)
    assert server.kill() == -signal.SIGKILL


@pytest.mark.parametrize(("workers", "share"), [(1, 0.75), (2, 0.25)])
def test_what_was_acknowledged_survives_a_crash(workers: int, share: float, data_folder: Path) -> None:
    print(f"TEST_SEED={SEED}")  # noqa: T201 - shown when it fails
    dice = random.Random(f"{SEED}-{workers}")
    crashes = max(1, round(CRASHES * share))
    first = 0 if location_of(data_folder).database is None else 0.2  # until connections are made
    ledgers: list[Ledger] = []
    server = Server(data_folder, workers=workers)
    server.start()
    acknowledged = 0
    try:
        for crash in range(crashes):
            if crash % 10 == 0:  # a new account: its first writes make its first key too
                ledgers.append(Ledger(server.new_account()))
            ledger = ledgers[-1]

            def die(server: Server = server) -> None:
                time.sleep(first + dice.choice((0.01, 0.1, 0.3)) * dice.random())
                if dice.random() < 0.1:  # in the middle of a graceful stop
                    os.kill(server.pid, signal.SIGTERM)
                    time.sleep(0.02 * dice.random())
                kill_all(server)

            acknowledged += load(ledger, server, f"{SEED}-{workers}-{crash}", die)
            assert errors(server.log) == []
            if crash % 2:  # else the next start finds what the crash left, not what the check has put right
                assert check(data_folder) == []
            server = Server(data_folder, workers=workers)
            server.start()
            assert check(data_folder) == []
            ledger.verify(server.port)
        for ledger in ledgers:
            ledger.verify(server.port)
    finally:
        kill_all(server)
    print(f"{acknowledged} writes acknowledged before {crashes} crashes")  # noqa: T201
    assert acknowledged > 5 * crashes


def test_a_worker_that_is_killed_takes_nothing_along(data_folder: Path) -> None:
    """The others go on; the supervisor starts another in its place."""
    dice = random.Random(f"{SEED}-worker")
    with Server(data_folder, workers=2) as server:
        ledger = Ledger(server.new_account())
        for crash in range(4):

            def die() -> None:
                time.sleep(0.2 * dice.random())
                children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
                workers = [
                    each for each in children if "spawn_main" in Path(f"/proc/{each}/cmdline").read_text("utf-8")
                ]
                os.kill(int(dice.choice(workers)), signal.SIGKILL)
                time.sleep(0.2)

            assert load(ledger, server, f"{SEED}-{crash}", die)
            assert check(data_folder) == []
            ledger.verify(server.port)
            assert [entry["event"] for entry in errors(server.log)] == []
