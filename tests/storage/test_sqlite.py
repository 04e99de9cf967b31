"""What only the SQLite engine has: its group commits, its turns between processes, its files."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.storage.engines import SqliteDatabase, executing, opened

from parastore.storage import sqlite
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.sqlite import SqliteEngine, WriterLock, connect, open_sqlite

ITEM = "CREATE TABLE item (id BIGINT PRIMARY KEY)"


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return SqliteDatabase(folder)


def insert(key: int) -> Callable[[Transaction], Awaitable[list[int]]]:
    return executing("INSERT INTO item VALUES ($1)", args=(key,))


async def ids(engine: SqliteEngine) -> list[int]:
    return [row[0] for row in await engine.read().fetch_all("SELECT id FROM item ORDER BY id")]


class Commits:
    """Counts an engine's commits."""

    def __init__(self, engine: SqliteEngine) -> None:
        self.count = 0
        engine._write_connection.set_commit_hook(self._committed)

    def _committed(self) -> bool:
        self.count += 1
        return False


# Settings


async def test_every_connection_has_the_settings_that_durability_needs(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        for connection in (engine._write_connection, engine._read_connection):

            def pragma(name: str, connection: apsw.Connection = connection) -> Any:
                ((value,),) = connection.execute(f"PRAGMA {name}")
                return value

            assert pragma("journal_mode") == "wal"
            assert pragma("synchronous") == 2  # FULL
            assert pragma("foreign_keys") == 1
            assert pragma("trusted_schema") == 0
            assert pragma("locking_mode") == "normal"


async def test_files_are_private_whatever_the_umask(database: SqliteDatabase) -> None:
    before = os.umask(0)
    try:
        async with opened(database, ITEM):
            files = {each.name: stat.S_IMODE(each.stat().st_mode) for each in database.folder.iterdir()}
    finally:
        os.umask(before)
    assert files == dict.fromkeys(("parastore.db", "parastore.db-wal", "parastore.db-shm", "write.lock"), 0o600)


# Groups


async def test_works_that_wait_share_a_commit(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        commits = Commits(engine)
        await asyncio.gather(*(engine.write(insert(key)) for key in range(200)))
        assert commits.count == 1
        await asyncio.gather(*(engine.write(insert(key)) for key in range(200, 200 + 3 * sqlite._GROUP)))
        assert commits.count == 1 + 3


async def test_works_that_come_during_a_commit_share_the_next(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        commits = Commits(engine)
        later: list[asyncio.Task[Any]] = []

        async def first(tx: Transaction) -> None:
            later.extend(asyncio.create_task(engine.write(insert(key))) for key in range(30))

        await engine.write(first)
        await asyncio.gather(*later)
        assert commits.count == 2  # the first wrote nothing, which is a commit too


async def test_whoever_comes_while_another_process_writes_goes_along(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        commits = Commits(engine)
        with held(database):
            tasks = []
            for key in range(20):
                tasks.append(asyncio.create_task(engine.write(insert(key))))
                await asyncio.sleep(0.002)
        await asyncio.gather(*tasks)
        assert commits.count == 1


async def test_reads_have_their_turn_within_a_large_group(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        done = 0

        async def work(tx: Transaction, key: int) -> None:
            nonlocal done
            await tx.execute("INSERT INTO item VALUES ($1)", key)
            done += 1

        works = [functools.partial(work, key=key) for key in range(sqlite._GROUP)]
        writes = asyncio.gather(*(engine.write(each) for each in works))
        between = set()
        while not writes.done():
            await asyncio.sleep(0)
            assert await ids(engine) in ([], list(range(sqlite._GROUP)))  # type: ignore[arg-type]
            between.add(done)
        assert len(between - {0, sqlite._GROUP}) >= sqlite._GROUP / sqlite._STRETCH - 2


# Turns


@contextlib.contextmanager
def held(database: SqliteDatabase) -> Iterator[WriterLock]:
    """The turn, had by another process."""
    lock = WriterLock(database.folder)
    lock.acquire()
    try:
        yield lock
    finally:
        lock.release()
        lock.close()


# Holds what its argument names (the turn with a transaction open, or the database alone) and tells so.
HOLDER = """
import pathlib, sys, time
from parastore.storage.sqlite import WriterLock, connect
path, kind = pathlib.Path(sys.argv[1]), sys.argv[2]
connection = connect(path)
if kind == "turn":
    WriterLock(path.parent).acquire()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO item VALUES (-1)")
else:
    connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


@contextlib.contextmanager
def holder(database: SqliteDatabase, kind: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database.path), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


async def test_a_killed_process_frees_its_turn_and_leaves_nothing(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        with holder(database, "turn") as process:
            task = asyncio.create_task(engine.write(insert(1)))
            await asyncio.sleep(0.05)
            assert not task.done()
            assert await ids(engine) == []
            process.kill()
            await task
        assert await ids(engine) == [1]


async def test_a_commit_that_fails_gives_up_the_turn(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine, opened(database) as other:
        assert isinstance(engine, SqliteEngine)
        engine._write_connection.set_commit_hook(lambda: True)
        outcomes = await asyncio.gather(*(engine.write(insert(key)) for key in range(3)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StorageError] * 3
        await other.write(insert(10))
        engine._write_connection.set_commit_hook(None)
        await engine.write(insert(11))
        assert await ids(engine) == [10, 11]


@pytest.mark.parametrize("kind", ["turn", "database"])
async def test_who_waits_too_long_is_refused_and_later_writes_work(
    database: SqliteDatabase, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held by a process of ours that hangs, or by a foreign program that knows nothing of turns."""
    monkeypatch.setattr(sqlite, "_PATIENCE", 0.3)
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        with holder(database, kind) as process:
            if kind == "turn":
                process.send_signal(signal.SIGSTOP)
            for _ in range(2):
                tasks = [asyncio.create_task(engine.write(insert(100 + key))) for key in range(5)]
                await asyncio.sleep(0.1)
                tasks += [asyncio.create_task(engine.write(insert(200 + key))) for key in range(5)]
                outcomes = await asyncio.gather(*tasks, return_exceptions=True)
                assert [type(outcome) for outcome in outcomes] == [StorageError] * 10
                assert all("another program" in str(outcome) for outcome in outcomes)
                assert len({id(outcome) for outcome in outcomes}) == 10
                assert await ids(engine) == []
        await engine.write(insert(1))
        assert await ids(engine) == [1]


async def test_waiting_does_not_add_up(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes while others wait does not wait for them to give up and then as long again."""
    monkeypatch.setattr(sqlite, "_PATIENCE", 1.0)
    async with opened(database, ITEM) as engine:
        with holder(database, "database"):
            waited = []

            async def write(key: int) -> None:
                began = time.monotonic()
                with pytest.raises(StorageError):
                    await engine.write(insert(key))
                waited.append(time.monotonic() - began)

            tasks = []
            for key in range(6):
                tasks.append(asyncio.create_task(write(key)))
                await asyncio.sleep(0.15)
            await asyncio.gather(*tasks)
            assert max(waited) < 1.7 * waited[0]  # one after the other it would be nearly twice as long


async def test_a_foreign_programs_write_among_quiet_ones_is_noticed(database: SqliteDatabase) -> None:
    """A program that knows nothing of our lock writes when SQLite lets it, in the middle of our commits' ends too."""
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        foreign, stop = connect(database.path), asyncio.Event()
        foreign.set_busy_timeout(5000)

        async def be_quiet() -> None:
            key = 1000
            while not stop.is_set():
                key += 1
                await engine.write(insert(key), quiet=True)
                await asyncio.sleep(0.001)

        async def foreign_keys() -> int:
            ((count,),) = await engine.read().fetch_all("SELECT count(*) FROM item WHERE id < 1000")
            return int(count)

        beside = asyncio.create_task(be_quiet())
        for key in range(100):
            await asyncio.to_thread(foreign.execute, "INSERT INTO item VALUES (?)", (key,))
            while engine._reader._held:  # noqa: ASYNC110 - the commit tells nobody
                await asyncio.sleep(0)
            assert await engine.read().known("keys", foreign_keys) == key + 1
        stop.set()
        await beside
        assert await engine.read().known("keys", foreign_keys) == 100
        foreign.close()


async def test_the_event_loop_goes_on_while_a_write_waits(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        with held(database):
            task = asyncio.create_task(engine.write(insert(1)))
            for _ in range(50):
                await asyncio.sleep(0.001)
                assert await ids(engine) == []  # type: ignore[arg-type]
            assert not task.done()
        await task


# Files


async def test_a_moved_database_is_not_written_past(database: SqliteDatabase) -> None:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, SqliteEngine)
        await engine.write(insert(1))
        away = database.folder / "away"
        for name in ("parastore.db", "parastore.db-wal"):
            path = database.folder / name
            path.rename(away)
            with pytest.raises(StorageError, match="moved, deleted or replaced"):
                await engine.write(insert(2))
            path.touch(mode=0o600)  # another file in its place
            with pytest.raises(StorageError, match="moved, deleted or replaced"):
                await engine.write(insert(3))
            away.rename(path)
            await engine.write(insert(10 if name == "parastore.db" else 11))
        assert await ids(engine) == [1, 10, 11]
    async with opened(database) as engine:
        assert await ids(engine) == [1, 10, 11]  # type: ignore[arg-type]


def test_there_must_be_a_database_to_open(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no database in .*start the server once"):
        open_sqlite(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        connect(tmp_path / "parastore.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(range(256)) * 20])
def test_what_is_no_database_is_refused_and_untouched(database: SqliteDatabase, content: bytes) -> None:
    database.path.write_bytes(content)
    with pytest.raises(StorageError, match=r"damaged|no database"):
        open_sqlite(database.folder)
    assert database.path.read_bytes() == content


def test_a_file_system_without_shared_memory_is_refused(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plain(apsw.Connection):
        """Answers as SQLite does where a write-ahead log cannot be had."""

        def execute(self, statements: str, *args: Any, **more: Any) -> Any:
            return super().execute(statements.replace("journal_mode=WAL", "journal_mode=DELETE"), *args, **more)

    monkeypatch.setattr(apsw, "Connection", Plain)
    with pytest.raises(StorageError, match="use a local one"):
        database.open()
