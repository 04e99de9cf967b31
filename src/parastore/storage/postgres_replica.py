"""A standby that answers those who accept what was true some seconds ago (docs/adr/0016).

It is used while it is in step, which is looked at every second: either it has the last write that the primary has, or
the last write that it has is no older than `BEHIND`. What it cannot answer, the primary answers.

INVARIANT: nothing that a replica said is remembered: a memory must be of the primary (`Transaction.known`).
"""

from __future__ import annotations

from typing import Any, TypeVar

from parastore.storage.memory import Forgetful
from parastore.storage.postgres import TABLES, PostgresEngine, given, row_of
from parastore.storage.postgres_pool import ReadPool
from parastore.storage.protocol import Row, StorageError, Transaction

T = TypeVar("T")

BEHIND = 5.0  # seconds
_STEP = """
  SELECT stamp, COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp())::FLOAT8, 0)
  FROM write_turn
"""


class Replica:
    """A database's standby at `url`, for the reads of one process. Use `look` again and again."""

    def __init__(self, engine: PostgresEngine, url: str, connections: int) -> None:
        self._engine = engine
        self._pool = ReadPool(url, connections, _forget, target="any")
        self.in_step = False

    def read(self) -> Transaction:
        """A reader for one request: on the replica if that is in step, else on the primary."""
        return _ReplicaReader(self, self._engine.read()) if self.in_step else self._engine.read()

    async def look(self) -> bool:
        """See whether it is in step. Always False: there is no more to do."""
        try:
            # The primary is asked first: what is written between the two questions makes the replica newer, not older.
            stamp = await self._engine.stamp()
            said = await self._pool.run("fetchrow", _STEP, (), patience=0)
            self.in_step = said is not None and (said[0] == stamp or said[1] < BEHIND)
        except StorageError:
            self.in_step = False
        return False

    async def run(self, method: str, sql: str, args: tuple[Any, ...]) -> Any:
        """Run one statement that reads. Raises StorageError; then nobody is sent here until the next look."""
        try:
            return await self._pool.run(method, sql, given(args), patience=0)
        except StorageError:
            self.in_step = False
            raise

    async def close(self) -> None:
        """Close its connections."""
        await self._pool.close()


class _ReplicaReader(Forgetful):
    """One request's reads on a replica, or on the primary when the replica fails."""

    __slots__ = ("_primary", "_replica")

    def __init__(self, replica: Replica, primary: Transaction) -> None:
        self._replica = replica
        self._primary = primary

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        try:
            found = await self._replica.run("fetchrow", sql, args)
        except StorageError:
            return await self._primary.fetch_row(sql, *args)
        return None if found is None else row_of(found)

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        try:
            return [row_of(each) for each in await self._replica.run("fetch", sql, args)]
        except StorageError:
            return await self._primary.fetch_all(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        return await self._primary.execute(sql, *args)  # which refuses it

    async def tables(self) -> list[str]:
        return sorted(row[0] for row in await self.fetch_all(TABLES))


def _forget() -> None:
    """Nothing is remembered of it."""
