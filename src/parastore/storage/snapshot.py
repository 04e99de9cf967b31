"""One moment of a database, for whoever reads much of it: a check, a backup, a move. Nobody waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parastore.storage.protocol import Transaction


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A connection of its own that only reads. What `tx` reads inside `moment` is of one moment."""

    tx: Transaction
    _run: Callable[[str], Awaitable[Any]]
    _begin: str
    close: Callable[[], Awaitable[None]]

    @asynccontextmanager
    async def moment(self) -> AsyncIterator[Transaction]:
        """Hold on to the database as it is with the first read."""
        await self._run(self._begin)
        try:
            yield self.tx
        finally:
            await self._run("COMMIT")


def of_sqlite(path: Path) -> Snapshot:
    """Of a database file. What it does never waits. Raises StorageError."""
    from parastore.storage.sqlite import SqliteTransaction, connect  # noqa: PLC0415 (an engine is loaded where it is used)

    connection = connect(path, read_only=True)

    async def run(statement: str) -> None:
        connection.execute(statement)

    async def close() -> None:
        connection.close()

    return Snapshot(SqliteTransaction(connection), run, "BEGIN", close)


async def of_postgres(url: str) -> Snapshot:
    """Of a PostgreSQL database. Raises StorageError."""
    from parastore.storage.postgres import PostgresTransaction  # noqa: PLC0415 (as above)
    from parastore.storage.postgres_connect import connect_patiently  # noqa: PLC0415

    # A moment may be held for long between two statements.
    connection = await connect_patiently(
        url, {"default_transaction_read_only": "on", "idle_in_transaction_session_timeout": "0"}
    )
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    return Snapshot(PostgresTransaction(connection), connection.execute, begin, connection.close)
