"""The SQLite engine: WAL, every commit synced, reads on the event loop, one group-committing writer for each process.

A read is one prepared statement and takes microseconds, so it runs where it is asked for. Writes queue; all that wait
when the writer becomes free run one after another in one transaction, each behind a savepoint, and one COMMIT in a
thread makes them durable together. Only the COMMIT, which waits for the disk, leaves the event loop.

Processes that share a data folder take turns by two advisory file locks, `turn` and `write`. Whoever waits for `write`
holds `turn`, so a busy process cannot take the next transaction past one that waits (docs/adr/0002 has the figures).
The kernel frees both when a process dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from parastore.storage.protocol import Row, StorageError, Transaction

T = TypeVar("T")

_BATCH = 256  # works in one transaction: bounds how long the first of them waits
_REMEMBERED = 10_000  # entries; hostile look-ups cannot grow it further
_BUSY_MS = 5_000  # patience with a foreign program that holds the database
_ADVICE: dict[type[apsw.Error], str] = {
    apsw.FullError: "the disk is full: free some space in the data folder's file system",
    apsw.ReadOnlyError: "the database is read-only: check the owner and mode of the data folder",
    apsw.CantOpenError: "the database cannot be opened: check that the data folder exists and is yours",
    apsw.BusyError: "another program holds the database locked: find it (lsof) and end it",
    apsw.LockedError: "another program holds the database locked: find it (lsof) and end it",
    apsw.CorruptError: "the database is damaged: stop, keep a copy of the data folder, and restore a backup",
    apsw.NotADBError: "the file is no database, or is damaged: keep a copy and restore a backup",
    apsw.IOError: "the disk failed to read or write: see the system log",
}


def storage_error(error: apsw.Error) -> StorageError:
    """What an operator is told about an engine's failure."""
    return StorageError(f"{_ADVICE.get(type(error), 'the database failed')} ({type(error).__name__}: {error})")


def connect(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """A connection with our settings, made if it may be (not read_only). Raises StorageError."""
    flags = apsw.SQLITE_OPEN_READWRITE if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    try:
        if not read_only:
            _make_private(path)
        connection = apsw.Connection(str(path), flags=flags | apsw.SQLITE_OPEN_NOMUTEX)
        connection.set_busy_timeout(_BUSY_MS)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "cache_size=-8192",
            "temp_store=MEMORY",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        if read_only:
            connection.execute("PRAGMA query_only=ON")
    except apsw.Error as error:
        raise storage_error(error) from error
    except OSError as error:
        raise StorageError(f"cannot open {path}: {error.strerror}") from error
    return connection


def _make_private(path: Path) -> None:
    # SQLite would make the file with the umask's mode; its log and shared memory take the mode of the database. A file
    # that exists must not be opened here: closing it would drop the locks this process holds on it (POSIX, not ours).
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


class SqliteTransaction:
    """The statements of one connection. Never suspends: every await on it completes at once."""

    __slots__ = ("_connection", "_sql")

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._sql: dict[str, str] = {}

    def _translate(self, sql: str) -> str:
        # SQLite counts ?1, ?2 by number as PostgreSQL counts $1, $2; its own $1 would count by first appearance.
        translated = self._sql.get(sql)
        if translated is None:
            if len(self._sql) > 500:
                self._sql.clear()
            translated = self._sql[sql] = sql.replace("$", "?")
        return translated

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        try:
            return self._connection.execute(self._translate(sql), args).fetchone()
        except apsw.Error as error:
            raise storage_error(error) from error

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        try:
            return self._connection.execute(self._translate(sql), args).fetchall()
        except apsw.Error as error:
            raise storage_error(error) from error

    async def execute(self, sql: str, *args: Any) -> int:
        try:
            self._connection.execute(self._translate(sql), args)
            return self._connection.changes()
        except apsw.Error as error:
            raise storage_error(error) from error

    async def known(self, key: Hashable, load: Callable[[], Awaitable[T]]) -> T:
        return await load()


class SqliteReader(SqliteTransaction):
    """Reads outside transactions, with a memory that lasts until anyone writes to the database."""

    __slots__ = ("_data_version", "_remembered")

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self._data_version = -1
        self._remembered: dict[Hashable, Any] = {}

    def refresh(self) -> None:
        """Forget what was remembered if another connection, of any process, has written since."""
        try:
            # 1.8 microseconds; Connection.data_version() would not see other connections' writes until the next read.
            ((version,),) = self._connection.execute("PRAGMA data_version")
        except apsw.Error as error:
            raise storage_error(error) from error
        if version != self._data_version or len(self._remembered) > _REMEMBERED:
            self._data_version = version
            self._remembered = {}

    async def known(self, key: Hashable, load: Callable[[], Awaitable[T]]) -> T:
        remembered = self._remembered
        try:
            found: T = remembered[key]
        except KeyError:
            found = remembered[key] = await load()
        return found


class WriterLock:
    """The turn to write, among all processes of a data folder. Fair: whoever waits is next."""

    def __init__(self, folder: Path) -> None:
        self._turn = os.open(folder / "turn.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._write = os.open(folder / "write.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_acquire(self) -> bool:
        """Take the turn if nobody has or wants it."""
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            fcntl.flock(self._write, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)
        return True

    def acquire(self) -> None:
        """Wait for the turn; blocks the thread."""
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._write, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._write, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._turn)
        os.close(self._write)


class SqliteEngine:
    """One process's engine on `<folder>/parastore.db`. Use it from one event loop."""

    def __init__(self, path: Path) -> None:
        self._write_connection = connect(path)
        self._read_connection = connect(path, read_only=True)
        # Statements on the event loop never wait; what may wait (a foreign lock) is done again in the thread.
        self._write_connection.set_busy_timeout(0)
        self._reader = SqliteReader(self._read_connection)
        self._transaction = SqliteTransaction(self._write_connection)
        self._lock = WriterLock(path.parent)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._waiting: list[tuple[Callable[[Transaction], Awaitable[Any]], asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    def read(self) -> Transaction:
        self._reader.refresh()
        return self._reader

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """See `Engine.write`. Works of one process are committed in the order they came."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, done))
        if self._writer is None:
            self._writer = loop.create_task(self._drain())
        return await done

    async def close(self) -> None:
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()
        self._read_connection.close()
        self._write_connection.close()
        self._lock.close()

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                try:
                    outcomes = await self._commit_together([work for work, _ in batch])
                except Exception as error:  # noqa: BLE001 - whatever it was, nothing of the batch is stored
                    outcomes = [error] * len(batch)
                for (_, done), outcome in zip(batch, outcomes, strict=True):
                    if done.cancelled():
                        continue
                    if isinstance(outcome, Exception):
                        done.set_exception(outcome)
                    else:
                        done.set_result(outcome[0])
        finally:
            self._writer = None

    async def _commit_together(
        self, works: list[Callable[[Transaction], Awaitable[Any]]]
    ) -> list[Exception | tuple[Any]]:
        """Run the works in one durable transaction: for each what it raised, or its result in a tuple."""
        loop = asyncio.get_running_loop()
        connection = self._write_connection
        if not self._lock.try_acquire():
            await loop.run_in_executor(self._thread, self._lock.acquire)
        try:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except apsw.BusyError:
                await loop.run_in_executor(self._thread, self._begin_patiently)
            outcomes = [await self._behind_savepoint(work) for work in works]
            await loop.run_in_executor(self._thread, connection.execute, "COMMIT")
            return outcomes
        except apsw.Error as error:
            raise storage_error(error) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._lock.release()

    def _begin_patiently(self) -> None:
        self._write_connection.set_busy_timeout(_BUSY_MS)
        try:
            self._write_connection.execute("BEGIN IMMEDIATE")
        finally:
            self._write_connection.set_busy_timeout(0)

    async def _behind_savepoint(self, work: Callable[[Transaction], Awaitable[Any]]) -> Exception | tuple[Any]:
        connection = self._write_connection
        connection.execute("SAVEPOINT work")
        try:
            result = (await work(self._transaction),)
        except Exception as error:
            if not connection.in_transaction:
                # A full disk or a failing one ends the whole transaction: nobody's work is stored.
                raise error if isinstance(error, StorageError) else StorageError("the transaction was lost") from error
            connection.execute("ROLLBACK TO work")
            connection.execute("RELEASE work")
            return error
        connection.execute("RELEASE work")
        return result


def open_sqlite(folder: Path) -> SqliteEngine:
    """The engine on an existing data folder; raises StorageError saying what to do."""
    path = folder / "parastore.db"
    if not path.exists():
        raise StorageError(f"no database in {folder}: start the server once (parastore serve) to make one")
    try:
        return SqliteEngine(path)
    except OSError as error:
        raise StorageError(f"cannot use {folder}: {os.strerror(error.errno or errno.EIO)}") from error
