"""The engines that the suites of this folder run on. PostgreSQL joins by one more class and its name in `KINDS`."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from parastore.storage.migrations import migrate
from parastore.storage.protocol import Engine, Transaction
from parastore.storage.sqlite import SqliteEngine

T = TypeVar("T")


class Database(Protocol):
    """One empty database; `open` may be called again and again, as by another process or another node."""

    def open(self) -> Engine:
        """An engine on the database."""


EngineFactory = Callable[[], Database]


class SqliteDatabase:
    """A file in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "parastore.db"

    def open(self) -> SqliteEngine:
        return SqliteEngine(self.path)


KINDS = {"sqlite": SqliteDatabase}


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
