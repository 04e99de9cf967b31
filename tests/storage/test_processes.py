"""Several processes writing one database, as workers and nodes do: nothing lost, nothing twice, nobody left out."""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.storage.engines import Database, EngineFactory
from tests.storage.places import ACCOUNT, REGION, Holding, shelves

from parastore.seal.keyring import KeyRing
from parastore.ssm.store import records

# Writers of one process. Each puts the next version of /hot and of a parameter of its own, in one transaction, reads
# its own back, and prints what versions it was given; `number` times, or when that is 0 until its input ends.
WORKER = """
import asyncio, json, pathlib, sys, threading
from tests.storage import engines
from parastore.seal.keyring import KeyRing
from parastore.ssm.store import records
from tests.storage.places import Holding, version

name, writers, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
stopped = threading.Event()

async def main():
    engine = OPENING
    shelf = Holding(engine, KeyRing({1: bytes(range(32))}))
    print("ready", flush=True)
    sys.stdin.readline()
    if not number:
        threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()

    async def writer(own):
        async def work(place):
            given = []
            for path in ("/hot", own):
                current = await records.find(place, path)
                made = version(path, current.version + 1 if current else 1, own.encode())
                await records.save(place, made, 100)
                given.append(made.version)
            return given

        done = 0
        while done < number if number else not stopped.is_set():
            given = await shelf.writing(work)
            print(json.dumps(given), flush=True)
            found = await records.find(shelf.reading(), own)
            assert found.version == given[1], (found.version, given)
            done += 1

    await asyncio.gather(*(writer(f"/{name}/{each}") for each in range(writers)))
    await engine.close()

asyncio.run(main())
"""


class Worker:
    """One such process. `given` is read when it has ended."""

    def __init__(self, database: Database, name: str, writers: int, number: int = 0) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER.replace("OPENING", database.opening), name, str(writers), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.process.stderr and self.process.stderr.read()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self, code: int = 0) -> list[tuple[int, int]]:
        """Wait until it ends; the versions it was told it made of /hot and of its own parameter."""
        out, err = self.process.communicate()
        assert self.process.returncode == code, err
        # A killed process may have written half of its last line.
        return [
            (given[0], given[1])
            for line in out.splitlines(keepends=True)
            if line.endswith("]\n")
            for given in [json.loads(line)]
        ]


@contextmanager
def workers(*made: Worker) -> Iterator[tuple[Worker, ...]]:
    try:
        for worker in made:
            worker.go()
        yield made
    finally:
        for worker in made:
            worker.process.kill()
            worker.process.communicate()


@pytest.fixture
def database(engine_factory: EngineFactory) -> Database:
    made = engine_factory()

    async def prepare() -> None:
        async with shelves(made):
            pass

    asyncio.run(prepare())
    return made


def stored(database: Database) -> dict[str, int]:
    """Current versions; what is kept of each must end there and have no gap."""

    async def read() -> dict[str, int]:
        engine = database.open()
        try:
            shelf = Holding(engine, KeyRing({1: bytes(range(32))}))
            rows: list[Any] = await engine.read().fetch_all(
                "SELECT path, version FROM parameter WHERE account = $1 AND region = $2", ACCOUNT, REGION
            )
            for path, current in rows:
                kept = [each.version for each in await records.history(shelf.reading(), path, 0, 1000)]
                assert kept == list(range(max(1, current - 99), current + 1))
            return dict(rows)
        finally:
            await engine.close()

    return asyncio.run(read())


@pytest.mark.parametrize("processes", [2, 3])
def test_no_update_is_lost_and_no_version_given_twice(
    engine_factory: EngineFactory, database: Database, processes: int
) -> None:
    number, writers = engine_factory.some(60), 8
    with workers(*(Worker(database, f"p{each}", writers, number) for each in range(processes))) as started:
        given = [worker.end() for worker in started]
    total = processes * writers * number
    assert sorted(hot for each in given for hot, _ in each) == list(range(1, total + 1))
    owned = {f"/p{process}/{writer}": number for process in range(processes) for writer in range(writers)}
    assert stored(database) == {"/hot": total, **owned}


def test_a_lone_writer_has_its_turn_beside_busy_processes(engine_factory: EngineFactory, database: Database) -> None:
    """Two processes with sixteen writers each; a third one's only writer still gets every few transactions."""
    busy = [Worker(database, f"busy{each}", 16) for each in range(2)]
    lone = Worker(database, "lone", 1, engine_factory.some(100))
    with workers(*busy, lone):
        given = lone.end()
        for worker in busy:
            assert worker.end()
    between = sorted(after - before for (before, _), (after, _) in itertools.pairwise(given))
    # Both others may commit 16 writes for one of its own; twice that is allowed, and rare delays.
    assert between[len(between) // 2] <= 64
    assert between[-1] <= 500


def test_a_process_killed_at_any_moment_harms_no_other(engine_factory: EngineFactory, database: Database) -> None:
    number = engine_factory.some(40)
    for round_number in range(6):
        victim, survivor = Worker(database, f"v{round_number}", 4), Worker(database, f"s{round_number}", 4, number)
        with workers(victim, survivor):
            assert victim.process.stdout is not None
            for _ in range(1 + 17 * round_number):
                victim.process.stdout.readline()
            victim.process.kill()
            survivor.end()
            victim.end(-signal.SIGKILL)
    counts = stored(database)
    assert all(counts[f"/s{each}/{writer}"] == number for each in range(6) for writer in range(4))
    # Each transaction made a version of /hot and one of another: whole or not at all.
    assert counts.pop("/hot") == sum(counts.values())
