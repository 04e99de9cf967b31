"""What only PostgreSQL can do to us: connections that break, turns that are not given back, a memory of many nodes."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.storage.engines import PostgresDatabase, executing, opened, postgres

from parastore.storage import postgres as engine_module
from parastore.storage import postgres_connect, postgres_pool
from parastore.storage.postgres import PostgresEngine
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.read_index import ReadIndex
from parastore.storage.snapshot import of_postgres
from parastore.testing.postgres import Postgres

ITEM = "CREATE TABLE item (id BIGINT PRIMARY KEY, text TEXT)"
OWN_PID = "SELECT pg_backend_pid()"


@pytest.fixture
def database(tmp_path: Path) -> PostgresDatabase:
    return PostgresDatabase(tmp_path)


def insert(key: int) -> Callable[[Transaction], Awaitable[int]]:
    return lambda tx: tx.execute("INSERT INTO item (id) VALUES ($1)", key)


async def ids(engine: PostgresEngine) -> list[int]:
    return [row[0] for row in await engine.read().fetch_all("SELECT id FROM item ORDER BY id")]


@contextlib.asynccontextmanager
async def with_items(database: PostgresDatabase) -> AsyncIterator[PostgresEngine]:
    async with opened(database, ITEM) as engine:
        assert isinstance(engine, PostgresEngine)
        yield engine


# Connections that break


@contextlib.asynccontextmanager
async def hanging() -> AsyncIterator[int]:
    """The port of a machine that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_a_host_that_hangs_is_passed_over(database: PostgresDatabase) -> None:
    """asyncpg alone would give the first host all the time there is, and never come to the second."""
    async with with_items(database), hanging() as port:
        several = database.url.replace("host=", "host=127.0.0.1,") + f"&port={port},5432"
        engine = PostgresEngine(several)
        try:
            await engine.write(insert(1))
            assert await ids(engine) == [1]
            began = asyncio.get_running_loop().time()
            await asyncio.gather(*(ids(engine) for _ in range(20)))
            await engine.write(insert(2))
            assert asyncio.get_running_loop().time() - began < 2  # it is remembered
        finally:
            await engine.close()
        await (await of_postgres(several)).close()


@pytest.mark.parametrize(
    ("url", "next_one"),
    [
        ("postgresql://u:p@a:1,b:2,c:3/db?sslmode=require", "postgresql://u:p@b:2,c:3,a:1/db?sslmode=require"),
        ("postgresql:///db?host=/run/a,b&port=1,2&user=u", "postgresql:///db?host=b,/run/a&port=2,1&user=u"),
        ("postgresql:///db?host=a,b&port=5432", "postgresql:///db?host=b,a&port=5432"),
        ("postgresql://u@a/db", "postgresql://u@a/db"),
    ],
)
def test_the_hosts_of_a_url_in_turn(url: str, next_one: str) -> None:
    hosts = postgres_connect.Hosts(url)
    hosts.failed(url)
    assert hosts.url == next_one
    hosts.failed("what another one found out before")
    assert hosts.url == next_one
    for _ in range(hosts.number - 1):
        hosts.failed(hosts.url)
    assert hosts.url == url


async def test_what_breaks_before_the_commit_is_done_again(database: PostgresDatabase) -> None:
    async with with_items(database) as engine:
        runs = 0

        async def work(tx: Transaction) -> int:
            nonlocal runs
            runs += 1
            await tx.execute("INSERT INTO item (id) VALUES (1)")
            if runs == 1:
                row = await tx.fetch_row(OWN_PID)
                assert row is not None
                await asyncio.to_thread(postgres().sql, f"SELECT pg_terminate_backend({row[0]})")
            await tx.execute("INSERT INTO item (id) VALUES (2)")
            return runs

        others = [engine.write(insert(key)) for key in (3, 4)]
        assert await asyncio.gather(engine.write(work), *others) == [2, 1, 1]
        assert await ids(engine) == [1, 2, 3, 4]


async def test_reads_go_on_over_another_connection(database: PostgresDatabase) -> None:
    async with with_items(database) as engine:
        await engine.write(insert(1))
        assert await ids(engine) == [1]
        postgres().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parastore'")
        assert await ids(engine) == [1]


class Cutting:
    """A proxy of the server's socket which cuts a connection off once it has passed on a COMMIT, or just before."""

    def __init__(self, folder: Path, passing_it_on: bool) -> None:
        self._folder = folder
        self._passing_it_on = passing_it_on
        self.cuts = 1

    async def __aenter__(self) -> Cutting:
        self._serving: list[asyncio.Task[Any]] = []
        self._server = await asyncio.start_unix_server(self._serve, self._folder / ".s.PGSQL.5432")
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.append(task)
        back, forth = await asyncio.open_unix_connection(postgres().folder / ".s.PGSQL.5432")
        answers = asyncio.create_task(self._copy(back, writer))
        while data := await reader.read(65536):
            if b"COMMIT\0" in data and self.cuts:
                self.cuts -= 1
                answers.cancel()
                await asyncio.wait([answers])
                if self._passing_it_on:
                    forth.write(data)
                    await back.read(1)  # it is done
                break
            forth.write(data)
        answers.cancel()
        for each in (forth, writer):
            each.close()
            with contextlib.suppress(OSError):
                await each.wait_closed()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()


@pytest.mark.parametrize("stored", [True, False])
async def test_a_commit_without_an_answer_is_no_success_and_not_done_again(
    database: PostgresDatabase, tmp_path: Path, stored: bool
) -> None:
    async with with_items(database), Cutting(tmp_path, stored) as proxy:
        engine = PostgresEngine(database.url.replace(str(postgres().folder), str(tmp_path)))
        with pytest.raises(StorageError, match="nobody knows whether the change was stored"):
            await engine.write(insert(1))
        assert proxy.cuts == 0
        await engine.write(insert(2))
        assert await ids(engine) == ([1, 2] if stored else [2])
        await engine.close()


async def test_a_commit_that_its_standby_does_not_have_is_no_success() -> None:
    """Who cancels the wait for a standby makes PostgreSQL answer COMMIT with success, and a warning."""
    alone = Postgres(synchronous_standby_names="nobody")
    with alone:
        made = f"SET synchronous_commit = local; {ITEM}; CREATE TABLE write_turn (id BIGINT PRIMARY KEY, stamp BIGINT);"
        alone.sql(f"{made} INSERT INTO write_turn VALUES (1, 1)")
        engine = PostgresEngine(f"postgresql:///postgres?host={alone.folder}&user=postgres")
        writing = asyncio.create_task(engine.write(insert(1)))
        cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        while await asyncio.to_thread(alone.sql, cancel) != "t":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        with pytest.raises(StorageError, match="gave up waiting for its standby"):
            await writing
        await engine.close()


async def test_a_restart_of_the_server_is_waited_for() -> None:
    with Postgres() as own:
        engine = PostgresEngine(own.create_database())
        await engine.write(executing(ITEM))
        stored = []

        async def writer(first: int) -> None:
            for key in range(first, first + 60):
                with contextlib.suppress(StorageError):
                    await engine.write(insert(key))
                    stored.append(key)
                await asyncio.sleep(0.02)

        async def restart() -> None:
            await asyncio.sleep(0.3)
            await asyncio.to_thread(own.stop, signal.SIGQUIT)
            await asyncio.to_thread(own.start)

        await asyncio.gather(*(writer(1000 * number) for number in range(4)), restart())
        found = await ids(engine)
        assert set(stored) <= set(found)
        assert len(found) - len(stored) <= 1  # at most one group had an answer that never came
        assert len(stored) >= 200
        await engine.close()


# Turns


HOLDER = """
import asyncio
from tests.storage import engines

async def main():
    engine = OPENING
    async def work(tx):
        await tx.execute("INSERT INTO item (id) VALUES (1)")
        print("mine", flush=True)
        if HANGS:
            import time
            time.sleep(60)
        await asyncio.sleep(60)
    await engine.write(work)

asyncio.run(main())
"""


@pytest.mark.parametrize("end", ["killed", "hanging"])
async def test_a_turn_that_is_not_given_back_is_taken(database: PostgresDatabase, end: str) -> None:
    async with with_items(database) as engine:
        script = HOLDER.replace("OPENING", database.opening).replace("HANGS", str(end == "hanging"))
        holder = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"mine\n"
        if end == "killed":
            holder.kill()
        started = asyncio.get_running_loop().time()
        await engine.write(insert(2))
        assert asyncio.get_running_loop().time() - started < (1 if end == "killed" else 5)
        assert await ids(engine) == [2]
        with contextlib.suppress(ProcessLookupError):
            holder.kill()
        await holder.wait()


async def test_who_waits_too_long_is_refused(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "PATIENCE", 0.3)
    monkeypatch.setitem(postgres_connect.SESSION, "lock_timeout", "100")
    async with with_items(database) as engine, opened(database) as other:
        held, free = asyncio.Event(), asyncio.Event()

        async def hold(tx: Transaction) -> None:
            held.set()
            await free.wait()

        holding = asyncio.create_task(other.write(hold))
        await held.wait()
        with pytest.raises(StorageError, match="another node keeps its turn"):
            await engine.write(insert(1))
        free.set()
        await holding
        await engine.write(insert(2))
        assert await ids(engine) == [2]


async def test_works_that_wait_share_a_transaction(database: PostgresDatabase) -> None:
    async with with_items(database) as engine:

        async def transaction(tx: Transaction) -> Any:
            await tx.execute("SELECT 1")
            return await tx.fetch_row("SELECT stamp FROM write_turn")

        stamps = await asyncio.gather(*(engine.write(transaction) for _ in range(100)))
        assert len(set(stamps)) == 2  # the first goes alone or with those of the same moment; 64 go together


# What is wrong, said to an operator


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("/db", "/nodb"), "there is no such database: make it"),
        (("user=postgres", "user=nobody"), "refuses the user"),
        (("parastore-pg-", "parastore-nowhere-"), "cannot be reached"),
    ],
)
async def test_what_is_wrong_is_said(
    database: PostgresDatabase, change: tuple[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engine_module, postgres_connect, postgres_pool):
        monkeypatch.setattr(module, "PATIENCE", 0.2)
    engine = PostgresEngine(re.sub(*change, database.url))
    for attempt in (engine.write(insert(1)), engine.read().fetch_row("SELECT 1"), engine.read().known("a", ids)):
        with pytest.raises(StorageError, match=said):
            await attempt
    await engine.close()


# Text


async def test_nul_is_kept_and_sorts_first(database: PostgresDatabase) -> None:
    texts = ["", "\0", "\0\0", "\0\1", "\1", "\1\0", "\2", "a", "a\0", "a\0b", "a\1", "b", "B", "é", "z", "가", "🙂"]
    async with with_items(database) as engine:
        for key, text in enumerate(texts):
            await engine.write(executing("INSERT INTO item VALUES ($1, $2)", args=(key, text)))
        rows = await engine.read().fetch_all("SELECT text FROM item ORDER BY text")
        assert [row[0] for row in rows] == sorted(texts)
        for text in texts:
            assert await engine.read().fetch_all("SELECT text FROM item WHERE text = $1", text) == [(text,)]


# The memory


async def test_no_question_serves_who_came_after_it() -> None:
    asked: list[asyncio.Future[int]] = []

    def ask() -> asyncio.Future[int]:
        asked.append(asyncio.get_running_loop().create_future())
        return asked[-1]

    index = ReadIndex(ask)
    first = asyncio.create_task(index.memory())
    while not asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    later = [asyncio.create_task(index.memory()) for _ in range(50)]
    await asyncio.sleep(0)
    later[7].cancel()
    asked[0].set_result(1)
    memory = await first
    memory["key"] = "as of the first question"
    await asyncio.sleep(0)
    assert not any(each.done() for each in later if each is not later[7])
    assert len(asked) == 2  # one for all of them
    asked[1].set_result(2)
    found = [await each for each in later if each is not later[7]]
    assert all(each is found[0] for each in found)
    assert found[0] == {}
    await index.close()
