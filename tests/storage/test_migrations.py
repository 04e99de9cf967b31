"""The schema's steps: from nothing, again, interrupted, and from a newer version."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.storage.engines import Database, opened

from parastore.storage import migrations
from parastore.storage.migrations import Migration, migrate
from parastore.storage.protocol import Engine, StorageError

APPLIED = "SELECT number, name, applied_at FROM schema_migration ORDER BY number"
TABLES = {"installation", "account", "access_key", "key_ring", "kms_key", "parameter", "parameter_version"}


async def tables(engine: Engine) -> set[str]:
    return set(await engine.read().tables())


def with_steps(monkeypatch: pytest.MonkeyPatch, *more: Migration) -> tuple[Migration, ...]:
    steps = (*migrations.load(), *more)
    monkeypatch.setattr(migrations, "load", lambda: steps)
    return steps


def step(*statements: str, number: int = 9001) -> Migration:
    return Migration(number, "later", statements)


def test_steps_are_numbered_without_gaps() -> None:
    assert [each.number for each in migrations.load()] == list(range(1, len(migrations.load()) + 1))
    assert all(each.statements for each in migrations.load())


async def test_from_nothing(database: Database) -> None:
    async with opened(database) as engine:
        ran = await engine.write(lambda tx: migrate(tx, 1234))
        assert tuple(ran) == migrations.load()
        assert await tables(engine) >= TABLES
        assert await engine.read().fetch_all(APPLIED) == [(each.number, each.name, 1234) for each in ran]


async def test_again_does_nothing(database: Database) -> None:
    async with opened(database) as engine:
        await engine.write(lambda tx: migrate(tx, 1))
        assert await engine.write(lambda tx: migrate(tx, 2)) == []
        assert {row[2] for row in await engine.read().fetch_all(APPLIED)} == {1}


async def test_only_what_is_missing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(database) as engine:
        await engine.write(lambda tx: migrate(tx, 1))
        later = step("CREATE TABLE later (id BIGINT)", "INSERT INTO later VALUES (1)")
        with_steps(monkeypatch, later)
        assert await engine.write(lambda tx: migrate(tx, 2)) == [later]
        assert await engine.read().fetch_all("SELECT id FROM later") == [(1,)]


async def test_two_nodes_at_once(database: Database) -> None:
    async with opened(database) as one, opened(database) as other:
        ran = await asyncio.gather(*(engine.write(lambda tx: migrate(tx, 1)) for engine in (one, other)))
        assert sorted(len(each) for each in ran) == [0, len(migrations.load())]


async def test_a_failing_step_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        with_steps(patch, step("CREATE TABLE later (id BIGINT)"), step("INSERT INTO nowhere VALUES (1)", number=9002))
        async with opened(database) as engine:
            with pytest.raises(StorageError):
                await engine.write(lambda tx: migrate(tx, 1))
            assert await tables(engine) == set()
    async with opened(database) as engine:
        assert len(await engine.write(lambda tx: migrate(tx, 2))) == len(migrations.load())


# Dies in the middle of its last step, its statements before that done.
INTERRUPTED = """
import asyncio, os, pathlib, signal
from parastore.storage import migrations
from tests.storage import engines

async def main():
    engine = OPENING
    async def work(tx):
        await migrations.migrate(tx, 1)
        os.kill(os.getpid(), signal.SIGKILL)
    await engine.write(work)

asyncio.run(main())
"""


async def test_an_interrupted_migration_leaves_nothing(database: Database) -> None:
    script = INTERRUPTED.replace("OPENING", database.opening)
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2]
    )
    assert ended.returncode == -signal.SIGKILL
    async with opened(database) as engine:
        assert await tables(engine) == set()
        assert len(await engine.write(lambda tx: migrate(tx, 2))) == len(migrations.load())


async def test_a_newer_schema_is_refused_and_untouched(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(database) as engine:
        with monkeypatch.context() as patch:
            with_steps(patch, step("CREATE TABLE later (id BIGINT)"))
            await engine.write(lambda tx: migrate(tx, 1))
        before = await tables(engine), await engine.read().fetch_all(APPLIED)
        with pytest.raises(StorageError, match=r"newer Parastore .*schema 9001.* upgrade"):
            await engine.write(lambda tx: migrate(tx, 2))
        assert (await tables(engine), await engine.read().fetch_all(APPLIED)) == before
