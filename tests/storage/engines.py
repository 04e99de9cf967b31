"""The engines that the suites of this folder run on: a class for each, and its name in `KINDS`."""

from __future__ import annotations

import atexit
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from parastore.storage.migrations import migrate
from parastore.storage.postgres import PostgresEngine
from parastore.storage.protocol import Engine, Transaction
from parastore.storage.sqlite import SqliteEngine
from parastore.testing.postgres import Postgres

T = TypeVar("T")


class Database(Protocol):
    """One empty database; `open` may be called again and again, as by another process or another node.

    `opening` is an expression that opens it in another process, which has imported `tests.storage.engines`.
    """

    opening: str

    def open(self) -> Engine:
        """An engine on the database."""


class EngineFactory:
    """Makes empty databases of a kind, each from a new folder."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        self._made = 0

    def __call__(self) -> Database:
        self._made += 1
        folder = self._folder / f"database-{self._made}"
        folder.mkdir(mode=0o700)
        return KINDS[self.kind](folder)

    def some(self, number: int) -> int:
        """How often to try what is the same SQL for all: less often where every statement goes to another process."""
        return number if self.kind == "sqlite" else number // 5


class SqliteDatabase:
    """A file in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "parastore.db"
        self.opening = f"engines.SqliteEngine(pathlib.Path({str(self.path)!r}))"

    def open(self) -> SqliteEngine:
        return SqliteEngine(self.path)


@functools.cache
def postgres() -> Postgres:
    """The PostgreSQL of this process, which ends with it."""
    started = Postgres()
    atexit.register(started.__exit__, None, None, None)
    started.start()
    return started


class PostgresDatabase:
    """A database of its own in the process's PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.url = postgres().create_database()
        self.opening = f"engines.PostgresEngine({self.url!r})"

    def open(self) -> PostgresEngine:
        return PostgresEngine(self.url)


KINDS: dict[str, Callable[[Path], Database]] = {"sqlite": SqliteDatabase, "postgres": PostgresDatabase}


@contextlib.asynccontextmanager
async def opened(database: Database, *statements: str) -> AsyncIterator[Engine]:
    """An engine, closed afterwards; `statements` are executed in one transaction first."""
    engine = database.open()
    try:
        if statements:
            await engine.write(executing(*statements))
        yield engine
    finally:
        await engine.close()


@contextlib.asynccontextmanager
async def migrated(database: Database) -> AsyncIterator[Engine]:
    """An engine on a database with Parastore's own schema."""
    async with opened(database) as engine:
        await engine.write(lambda tx: migrate(tx, 0))
        yield engine


def executing(*statements: str, args: tuple[Any, ...] = ()) -> Callable[[Transaction], Awaitable[list[int]]]:
    """A work that executes statements, each with `args`; it returns how many rows each changed."""

    async def work(tx: Transaction) -> list[int]:
        return [await tx.execute(statement, *args) for statement in statements]

    return work
