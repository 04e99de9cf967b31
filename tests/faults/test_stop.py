"""SIGTERM under load: a write is acknowledged and there, or its connection breaks. None is lost."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.faults.ledger import Ledger, errors, load
from tests.folders import check

from parastore.storage.sqlite import WriterLock
from parastore.testing.server import Server
from parastore.testing.wire import Answer, Wire

SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(2**32)))


@pytest.mark.parametrize(("workers", "stops"), [(1, 8), (2, 4)])
def test_a_graceful_stop_under_load_loses_nothing(workers: int, stops: int, data_folder: Path) -> None:
    print(f"TEST_SEED={SEED}")  # noqa: T201 - shown when it fails
    dice = random.Random(f"{SEED}-{workers}")
    server = Server(data_folder, workers=workers)
    server.start()
    ledger = Ledger(server.new_account())
    for stop in range(stops):
        if stop:
            server = Server(data_folder, workers=workers)
            server.start()
            ledger.verify(server.port)

        def end(server: Server = server) -> None:
            time.sleep(0.05 + 0.2 * dice.random())
            assert server.stop(30) == 0

        assert load(ledger, server, f"{SEED}-{workers}-{stop}", end)
        assert errors(server.log) == []
        assert server.log[-1]["event"] == "stopped"
        # Nothing is left in the log of the last one to close.
        assert not (data_folder / "parastore.db-wal").exists()
        assert check(data_folder) == []
    with Server(data_folder) as server:
        ledger.verify(server.port)


@pytest.mark.sqlite("the turn is a lock on a file")
def test_whoever_waits_for_a_turn_when_it_stops_is_still_answered(data_folder: Path) -> None:
    """The writes under way when SIGTERM comes are done and acknowledged before the process ends."""
    with Server(data_folder) as server:
        keys = server.new_account()
        lock = WriterLock(data_folder)
        lock.acquire()  # somebody else's turn
        answers: list[Answer] = []

        def write(number: int) -> None:
            wire = Wire(server.port, keys)
            answers.append(wire.call("PutParameter", Name=f"/a/{number}", Value="v", Type="SecureString"))
            wire.close()

        threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        assert answers == []
        os.kill(server.pid, signal.SIGTERM)
        time.sleep(0.3)
        lock.release()
        lock.close()
        for thread in threads:
            thread.join(30)
        assert [answer.status for answer in answers] == [200] * 16
    with Server(data_folder) as server:
        wire = Wire(server.port, keys)
        assert all(wire.call("GetParameter", Name=f"/a/{number}").status == 200 for number in range(16))
        wire.close()
    assert check(data_folder) == []
