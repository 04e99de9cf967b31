"""Ways for several processes to take turns at one SQLite database: how long a durable write takes with each.

    python bench/writer_lock.py [--folder DIR] [--seconds 8] [--rounds 3]

Each process is an event loop with 16 writers on one engine. Each writes its next value up to 5 ms after the last was
durable, as clients do, so somebody is nearly always waiting. The ways are tried in turn, round after round, so that a
busy minute of the disk meets all of them. Prints Markdown.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import math
import multiprocessing
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import apsw

from parastore.storage import sqlite
from parastore.storage.protocol import StorageError, Transaction

WRITERS = 16
PAUSE = 0.005


class Turn(Protocol):
    """What the engine asks of `WriterLock`."""

    def try_acquire(self) -> bool: ...
    def acquire(self) -> None: ...
    def release(self) -> None: ...
    def close(self) -> None: ...


class SqliteAlone:
    """No lock of ours: BEGIN IMMEDIATE, again and again after SQLite's growing pauses."""

    def __init__(self, folder: Path) -> None:
        pass

    def try_acquire(self) -> bool:
        return True

    def acquire(self) -> None:
        pass

    def release(self) -> None:
        pass

    def close(self) -> None:
        pass


class TwoLocks(sqlite.WriterLock):
    """Fair by construction: who waits for the lock holds another, so nobody gets past."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._next = os.open(folder / "next.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_acquire(self) -> bool:
        try:
            fcntl.flock(self._next, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            return super().try_acquire()
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def acquire(self) -> None:
        fcntl.flock(self._next, fcntl.LOCK_EX)
        try:
            super().acquire()
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._next)
        super().close()


class Polled(sqlite.WriterLock):
    """The same lock, asked for again and again instead of waited for, which could be given up."""

    def acquire(self) -> None:
        pause = 0.0001
        while not self.try_acquire():
            time.sleep(pause)
            pause = min(pause * 1.2, 0.001)


WAYS: dict[str, Callable[[Path], Turn]] = {
    "SQLite's busy waiting": SqliteAlone,
    "lock file, asked again and again": Polled,
    "two lock files": TwoLocks,
    "lock file": sqlite.WriterLock,
}


def process(folder: Path, number: int, way: str, seconds: float, start: Any, results: Any) -> None:
    sqlite.WriterLock = WAYS[way]  # type: ignore[assignment,misc]
    results.put(asyncio.run(_writers(folder, number, seconds, start)))


async def _writers(folder: Path, number: int, seconds: float, start: Any) -> tuple[list[float], int]:
    engine = sqlite.SqliteEngine(folder / "parastore.db")
    took: list[float] = []
    failed = 0

    async def writer(key: int) -> None:
        nonlocal failed
        while time.monotonic() < end:
            began = time.perf_counter()
            try:
                await engine.write(lambda tx: _put(tx, key))
            except StorageError:
                failed += 1
            took.append(time.perf_counter() - began)
            await asyncio.sleep(random.uniform(0, PAUSE))

    start.wait()
    end = time.monotonic() + seconds
    await asyncio.gather(*(writer(number * WRITERS + each) for each in range(WRITERS)))
    await engine.close()
    return took, failed


async def _put(tx: Transaction, key: int) -> None:
    """What an overwrite of a parameter does: read it, keep it, replace it."""
    row = await tx.fetch_row("SELECT version FROM current WHERE id = $1", key)
    version = row[0] + 1 if row else 1
    await tx.execute("INSERT INTO kept SELECT id, version, value FROM current WHERE id = $1", key)
    await tx.execute("INSERT OR REPLACE INTO current VALUES ($1, $2, $3)", key, version, b"v" * 120)


def measure(base: Path, way: str, processes: int, seconds: float) -> tuple[list[list[float]], int]:
    """Seconds each write took, by process, and how many failed."""
    with tempfile.TemporaryDirectory(dir=base) as name:
        folder = Path(name)
        with contextlib.closing(sqlite.connect(folder / "parastore.db")) as connection:
            connection.execute("CREATE TABLE current (id INTEGER PRIMARY KEY, version INTEGER, value BLOB)")
            connection.execute("CREATE TABLE kept (id INTEGER, version INTEGER, value BLOB, PRIMARY KEY (id, version))")
        spawn = multiprocessing.get_context("spawn")
        start, results = spawn.Barrier(processes), spawn.SimpleQueue()
        children = [
            spawn.Process(target=process, args=(folder, number, way, seconds, start, results))
            for number in range(processes)
        ]
        for child in children:
            child.start()
        given = [results.get() for _ in children]
        for child in children:
            child.join()
    return [took for took, _ in given], sum(failed for _, failed in given)


def _percentile(sorted_values: list[float], share: float) -> float:
    return sorted_values[max(0, math.ceil(len(sorted_values) * share) - 1)]


def _commit_time(base: Path) -> float:
    with tempfile.TemporaryDirectory(dir=base) as name:
        connection = sqlite.connect(Path(name) / "x.db")
        connection.execute("CREATE TABLE t (x)")
        took = []
        for _ in range(200):
            began = time.perf_counter()
            connection.execute("INSERT INTO t VALUES (1)")
            took.append(time.perf_counter() - began)
        connection.close()
    return _percentile(sorted(took), 0.5)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="on the disk to measure")
    options.add_argument("--seconds", type=float, default=8)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    given = options.parse_args()
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, a commit"
        f" alone {_commit_time(given.folder) * 1000:.2f} ms, {given.rounds} rounds of {given.seconds:g} s\n"
    )
    print("| processes | way | writes/s | p50 ms | p99 ms | longest ms | least/most busy process | failed |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for processes in given.processes:
        took: dict[str, list[list[float]]] = {way: [[] for _ in range(processes)] for way in WAYS}
        failures = dict.fromkeys(WAYS, 0)
        for _ in range(given.rounds):
            for way in WAYS:
                lists, failed = measure(given.folder, way, processes, given.seconds)
                for collected, new in zip(took[way], sorted(lists, key=len), strict=True):
                    collected.extend(new)
                failures[way] += failed
        for way, lists in took.items():
            every = sorted(value for values in lists for value in values)
            rate = len(every) / (given.seconds * given.rounds)
            p50, p99, longest = (_percentile(every, share) * 1000 for share in (0.5, 0.99, 1.0))
            share = len(lists[0]) / len(lists[-1])
            print(
                f"| {processes} | {way} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {longest:,.0f} | {share:.2f}"
                f" | {failures[way]} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
