"""The PostgreSQL engine: many nodes on one database, one of them writing at a time, reads on a pool of connections.

Writers take turns by the row of `write_turn`, which the first statement of every transaction that writes updates and so
locks until COMMIT; all works that wait when a node has its turn are committed together, as by the SQLite engine. So
works never meet each other, version numbers have no gaps, and events are numbered in the order of their commits
(docs/adr/0012). The row's new stamp tells other nodes that what they remember is old.

What fails before COMMIT was sent is done again, on a new connection if need be, for as long as somebody waits. What
fails at COMMIT has an outcome that nobody knows, and is answered as a failure.

INVARIANT: only a server that takes writes is read, for another may be behind: `target_session_attrs` sees to it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Hashable
from itertools import takewhile
from typing import Any, TypeVar

import asyncpg

from parastore.storage import dialect
from parastore.storage.group import Outcome, Undone, Waiting, apart, attempt, refuse, settle
from parastore.storage.memory import Memory, Remembering, Writing
from parastore.storage.postgres_connect import PATIENCE, PAUSE, Hosts, connect, end
from parastore.storage.postgres_failures import FAILURES, passes, storage_error
from parastore.storage.postgres_pool import ReadPool
from parastore.storage.protocol import Row, StorageError, Transaction
from parastore.storage.read_index import ReadIndex

T = TypeVar("T")

CONNECTIONS = 10  # for reads of one process; one more writes
_GROUP = 64  # works in one transaction, and subtransactions, if need be: PostgreSQL keeps so many in shared memory
_MAKE_TURN = """
  BEGIN;
  SELECT pg_advisory_xact_lock(7306087915);
  CREATE TABLE IF NOT EXISTS write_turn (id BIGINT PRIMARY KEY, stamp BIGINT NOT NULL);
  INSERT INTO write_turn (id, stamp) VALUES (1, 0) ON CONFLICT (id) DO NOTHING;
  COMMIT
"""
# A commit is durable when the server says so; where there are standbys to wait for, the server's own choice stands.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
TABLES = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    " AND table_type = 'BASE TABLE' AND table_name <> 'write_turn'"
)
_NOTHING = Memory()


def given(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments as PostgreSQL takes them."""
    return tuple(dialect.to_text(each) if type(each) is str else each for each in args)


def row_of(record: Any) -> Row:
    """A record as everybody else knows it."""
    return tuple(dialect.from_text(each) if type(each) is str else each for each in record)


class PostgresTransaction(Writing):
    """The transaction of the turn. `failure` is what made it worthless, if anything did."""

    __slots__ = ("_connection", "failure")

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection
        self.failure: Exception | None = None

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        found = await self._run(self._connection.fetchrow, sql, args)
        return None if found is None else row_of(found)

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        return [row_of(each) for each in await self._run(self._connection.fetch, sql, args)]

    async def execute(self, sql: str, *args: Any) -> int:
        return _changed(await self._run(self._connection.execute, dialect.statement(sql), args))

    async def control(self, sql: str) -> None:
        """See `group.Open`."""
        await self._connection.execute(sql)

    def lost(self, error: BaseException) -> Exception | None:
        """See `group.Open`."""
        return self.failure

    async def tables(self) -> list[str]:
        return sorted(row[0] for row in await self.fetch_all(TABLES))

    async def _run(self, method: Callable[..., Awaitable[Any]], sql: str, args: tuple[Any, ...]) -> Any:
        if not sql.startswith("SELECT"):
            self.wrote = True
        try:
            return await method(sql, *given(args))
        except FAILURES as error:
            self.wrote = True  # PostgreSQL goes on only before the savepoint
            if passes(error):
                self.failure = error
            raise storage_error(error) from error


class PostgresReader(Remembering):
    """One request's reads, each a statement of its own. The memory is asked for when it is first wanted."""

    __slots__ = ("_engine", "_memory")

    def __init__(self, engine: PostgresEngine) -> None:
        self._engine = engine
        self._memory = _NOTHING

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        found = await self._engine.run("fetchrow", sql, args)
        return None if found is None else row_of(found)

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        return [row_of(each) for each in await self._engine.run("fetch", sql, args)]

    async def execute(self, sql: str, *args: Any) -> int:
        return _changed(await self._engine.run("execute", sql, args))

    async def tables(self) -> list[str]:
        return sorted(row[0] for row in await self.fetch_all(TABLES))

    async def known(
        self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any, small: Callable[[T], bool] | None = None
    ) -> T:
        if self._memory is _NOTHING:
            self._memory = await self._engine.memory()
        return await super().known(key, load, *args, small=small)


def _changed(tag: str) -> int:
    """How many rows a statement says it changed: `INSERT 0 3`, `UPDATE 2`, `CREATE TABLE`."""
    count = tag.rpartition(" ")[2]
    return int(count) if count.isdecimal() else 0


class PostgresEngine:
    """One process's engine on a database. Use it from one event loop. It connects when it is first used."""

    def __init__(self, url: str, connections: int = CONNECTIONS) -> None:
        self._hosts = Hosts(url)
        self._index = ReadIndex(self.stamp)
        self._reads = ReadPool(url, connections, self._index.forget)
        self._writing: Any = None
        self._warned = False
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def read(self) -> Transaction:
        if self._closed:
            raise StorageError("the engine is closed")
        return PostgresReader(self)

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, quiet: bool = False) -> T:
        """See `Engine.write`. Works of one process are committed in the order they came."""
        if self._closed:
            raise StorageError("the engine is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append(Waiting(work, done, loop.time(), quiet))
        if self._writer is None:
            self._writer = loop.create_task(self._drain())
        return await done

    async def scrub(self) -> bool:
        """See `Engine.scrub`. Its files, log, standbys and archives are PostgreSQL's, and its operator's."""
        return False

    async def close(self) -> None:
        self._closed = True
        self._reads.give_up()
        if self._writer is not None:
            await self._writer
        await self._index.close()
        if self._writing is not None:
            await end(self._writing)
        await self._reads.close()

    def pool(self) -> dict[str, int]:
        """See `Pooled`."""
        return self._reads.size()

    async def memory(self) -> Memory:
        """What is remembered and holds."""
        return await self._index.memory()

    async def run(self, method: str, sql: str, args: tuple[Any, ...]) -> Any:
        """Run one statement that reads. Raises StorageError."""
        return await self._reads.run(method, sql, given(args))

    async def stamp(self) -> int | None:
        """The stamp of the last write, None when there was none. Raises StorageError."""
        try:
            row = await self.run("fetchrow", "SELECT stamp FROM write_turn", ())
        except StorageError as error:
            if isinstance(error.__cause__, asyncpg.UndefinedTableError):
                return None  # nobody has written yet
            raise
        return row[0] if row else None

    async def _drain(self) -> None:
        """Commit what waits, group by group, until nothing does."""
        try:
            while self._waiting:
                quiet = all(each.quiet for each in self._waiting)
                try:
                    await self._begin(quiet)
                except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
                    await self._give_up(error, self._waiting)
                    continue
                # Taken only now: whoever came while we waited for the turn comes along.
                group = self._waiting[:_GROUP]
                if quiet:
                    group = list(takewhile(lambda each: each.quiet, group))
                self._waiting = self._waiting[len(group) :]
                try:
                    outcomes = await self._commit_together(group)
                except Undone:
                    self._waiting = apart(group) + self._waiting
                    continue
                except Exception as error:  # noqa: BLE001 - whatever it was, nothing of the group is told as stored
                    self._waiting = group + self._waiting
                    await self._give_up(error, group)
                    continue
                for each, outcome in zip(group, outcomes, strict=True):
                    settle(each.done, outcome)
        finally:
            self._writer = None

    async def _give_up(self, error: Exception, on: list[Waiting]) -> None:
        """After a failure: refuse whom it concerns, or only who has waited too long when it may pass."""
        if self._writing is not None:
            self._writing.terminate()
            self._writing = None
        may_pass = passes(error)
        if may_pass:
            too_long = asyncio.get_running_loop().time() - PATIENCE
            on = [each for each in on if each.since < too_long]
        refused = {id(each) for each in on}
        self._waiting = [each for each in self._waiting if id(each) not in refused]
        refuse(on, error if isinstance(error, StorageError) else storage_error(error))
        if may_pass and self._waiting:
            await asyncio.sleep(PAUSE)

    async def _begin(self, quiet: bool) -> None:
        """Take the turn. The stamp stays in a quiet one."""
        if self._writing is None or self._writing.is_closed():
            self._writing = await connect(self._hosts, {})
            self._writing.add_log_listener(self._hear)
            await self._writing.execute(_DURABLE)
        stamp = "stamp" if quiet else secrets.randbits(62)
        take = f"BEGIN ISOLATION LEVEL READ COMMITTED; UPDATE write_turn SET stamp = {stamp}"  # noqa: S608
        try:
            taken = await self._writing.execute(take)
        except asyncpg.UndefinedTableError:
            taken = ""
        if taken != "UPDATE 1":
            await self._writing.execute(f"ROLLBACK; {_MAKE_TURN}")
            await self._writing.execute(take)

    async def _commit_together(self, group: list[Waiting]) -> list[Outcome]:
        """Run the works in the open transaction and end it. What raises here and passes has stored nothing.

        Raises Undone.
        """
        tx = PostgresTransaction(self._writing)
        outcomes = [await attempt(each, tx, alone=len(group) == 1) for each in group]
        if self._writing.is_in_transaction():
            await self._commit()
        return outcomes

    async def _commit(self) -> None:
        self._warned = False
        try:
            ended = await self._writing.execute("COMMIT")
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            raise
        except FAILURES as error:
            raise StorageError(f"nobody knows whether the change was stored: {storage_error(error)}") from error
        if self._warned:
            # "The transaction has already committed locally, but might not have been replicated to the standby."
            raise StorageError("nobody knows whether the change will last: PostgreSQL gave up waiting for its standby")
        if ended != "COMMIT":
            raise StorageError("the transaction was lost")

    def _hear(self, connection: Any, message: Any) -> None:
        self._warned = self._warned or message.sqlstate.startswith("01")
