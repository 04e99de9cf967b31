"""The SQLite engine: WAL, every commit synced, reads on the event loop, one group-committing writer for each process.

A read is one prepared statement and takes microseconds, so it runs where it is asked for. Writes queue; all that wait
when the writer becomes free run one after another in one transaction (see `group`), and one COMMIT in a thread makes
them durable together. What waits for the disk or for another process does so in that thread.

Processes that share a data folder take turns by an advisory file lock, held from BEGIN to COMMIT; the kernel frees it
when a process dies. SQLite's own way to wait, pausing longer and longer, leaves one process out for a second and more
while another is busy (docs/adr/0002 has the figures).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from parastore.storage.group import Outcome, Undone, Waiting, apart, attempt, refuse, settle
from parastore.storage.memory import Memory, Remembering, Writing
from parastore.storage.protocol import Row, StorageError, Transaction
from parastore.storage.wal_index import WalIndex, is_next

T = TypeVar("T")

_LOCK = "write.lock"
_GROUP = 256  # works in one transaction: bounds how long the first of them waits
_STRETCH = 16  # works in a row before the event loop turns to reads
_SCRUBS = 3  # tries to empty the log, each as patient as any statement
_PATIENCE = 5.0  # seconds a write waits for its turn
# A reader meets a lock only while another process recovers the log after a crash, a matter of milliseconds.
_READER_BUSY_MS = 1_000
_LOCKED = "another program keeps the database locked: find it (lsof on the files of the data folder) and end it"
_ADVICE: dict[type[Exception], str] = {
    apsw.FullError: "the disk is full: free some space in the data folder's file system",
    apsw.ReadOnlyError: "the database is read-only: check the owner and mode of the data folder",
    apsw.CantOpenError: "the database cannot be opened: check that the data folder exists and is yours",
    apsw.BusyError: _LOCKED,
    apsw.LockedError: _LOCKED,
    apsw.CorruptError: "the database is damaged: stop, keep a copy of the data folder, and restore a backup",
    apsw.NotADBError: "the file is no database, or is damaged: keep a copy and restore a backup",
    apsw.IOError: "the disk failed to read or write: see the system log",
}

_FAILURES = (apsw.Error, UnicodeDecodeError)


def storage_error(error: Exception) -> StorageError:
    """What an operator is told about an engine's failure."""
    if isinstance(error, UnicodeDecodeError):
        return StorageError("the database is damaged, it holds text that is not UTF-8: restore a backup")
    return StorageError(f"{_ADVICE.get(type(error), 'the database failed')} ({type(error).__name__}: {error})")


def connect(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """A connection with our settings, made if it may be (not read_only). Raises StorageError."""
    flags = apsw.SQLITE_OPEN_READWRITE if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    try:
        if not read_only:
            _make_private(path)
        connection = apsw.Connection(str(path), flags=flags | apsw.SQLITE_OPEN_NOMUTEX)
        connection.set_busy_timeout(int(_PATIENCE * 1000))
        ((mode,),) = connection.execute("PRAGMA journal_mode=WAL")
        if mode != "wal":
            raise StorageError(f"the file system of {path.parent} cannot hold a shared database: use a local one")
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            "cache_size=-8192",
            "temp_store=MEMORY",
            "secure_delete=ON",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        elif connection.readonly("main"):
            # SQLite opens so what it may not write, and lets even BEGIN IMMEDIATE pass.
            raise storage_error(apsw.ReadOnlyError(str(path)))
        # Only a statement that looks into the database opens the log.
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
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


class SqliteTransaction(Writing):
    """The statements of one connection. Never suspends: every await on it completes at once."""

    __slots__ = ("_connection", "_cursor", "_sql")

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._cursor = connection.cursor()  # one for all statements: making one takes as long as a short statement
        self._sql: dict[str, str] = {}

    def _translate(self, sql: str) -> str:
        # SQLite counts ?1, ?2 by number as PostgreSQL counts $1, $2; its own $1 would count by first appearance.
        if len(self._sql) > 500:
            self._sql.clear()
        translated = self._sql[sql] = re.sub(r"\$(\d)", r"?\1", sql)
        return translated

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        if not sql.startswith("SELECT"):
            self.wrote = True
        try:
            # All of them: a statement that is not finished keeps its snapshot, and later reads would see no newer one.
            rows = self._cursor.execute(self._sql.get(sql) or self._translate(sql), args).fetchall()
            return rows[0] if rows else None
        except _FAILURES as error:
            raise storage_error(error) from error

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        if not sql.startswith("SELECT"):
            self.wrote = True
        try:
            return self._cursor.execute(self._sql.get(sql) or self._translate(sql), args).fetchall()
        except _FAILURES as error:
            raise storage_error(error) from error

    async def execute(self, sql: str, *args: Any) -> int:
        self.wrote = True
        try:
            self._cursor.execute(self._sql.get(sql) or self._translate(sql), args)
            return self._connection.changes()
        except apsw.Error as error:
            raise storage_error(error) from error

    async def control(self, sql: str) -> None:
        """See `group.Open`."""
        self._connection.execute(sql)

    def lost(self, error: BaseException) -> Exception | None:
        """See `group.Open`. A full disk or a failing one ends the whole transaction: nobody's work is stored."""
        if self._connection.in_transaction:
            return None
        return error if isinstance(error, StorageError) else StorageError("the transaction was lost")

    async def tables(self) -> list[str]:
        return [
            row[0] for row in await self.fetch_all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
        ]


class SqliteReader(Remembering, SqliteTransaction):
    """Reads outside transactions, with a memory that lasts until anyone writes to the database.

    INVARIANT: while it is held, this process has SQLite's write lock, or has just given it up and not looked yet.
    """

    __slots__ = ("_held", "_index", "_memory", "_stamp")

    def __init__(self, connection: apsw.Connection, index: WalIndex) -> None:
        super().__init__(connection)
        self._index = index
        self._stamp = b""
        self._memory = Memory()
        self._held = False

    def refresh(self) -> None:
        """Forget what was remembered if another connection, of any process, has written since."""
        if self._held:
            return
        stamp = self._index.stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self._memory = Memory()

    def hold(self) -> None:
        """Remember on while a quiet transaction is committed. It has begun, so nobody else writes."""
        self.refresh()
        self._held = True

    def let_go(self) -> None:
        """The end of it, at once: what is remembered holds if that transaction is all that was committed."""
        if self._held:
            stamp = self._index.stamp()
            if is_next(self._stamp, stamp):
                self._stamp = stamp
            self._held = False  # last: this is the commit's thread, and the event loop may look in between


class WriterLock:
    """The turn to write, among all processes of a data folder."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_acquire(self) -> bool:
        """Take the turn if nobody has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self) -> None:
        """Wait for the turn; blocks the thread."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let others write. Does nothing without the turn."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)


class SqliteEngine:
    """One process's engine on `<folder>/parastore.db`. Use it from one event loop."""

    def __init__(self, path: Path) -> None:
        self._write_connection = connect(path)
        self._read_connection = connect(path, read_only=True)
        # Statements on the event loop do not wait: what has to is done again in the thread.
        self._write_connection.set_busy_timeout(0)
        self._read_connection.set_busy_timeout(_READER_BUSY_MS)
        self._index = WalIndex.of(path)
        self._reader = SqliteReader(self._read_connection, self._index)
        self._transaction = SqliteTransaction(self._write_connection)
        self._lock = WriterLock(path.parent)
        self._files = (path, path.with_name(path.name + "-wal"))
        self._opened = _identities(self._files)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def read(self) -> Transaction:
        if self._closed:
            raise StorageError("the engine is closed")
        self._reader.refresh()
        return self._reader

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
        """See `Engine.scrub`. Freed pages are overwritten as they are freed; what is left is the log of older ones."""
        return await asyncio.get_running_loop().run_in_executor(None, _empty_log, self._files[0])

    async def close(self) -> None:
        self._closed = True
        if self._writer is not None:
            await self._writer
        self._thread.shutdown()
        self._read_connection.close()
        self._write_connection.close()
        self._index.close()
        self._lock.close()

    async def _drain(self) -> None:
        """Commit what waits, group by group, until nothing does."""
        try:
            while self._waiting:
                try:
                    if not await self._begin():
                        continue
                except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
                    refuse(self._take(len(self._waiting)), error)
                    continue
                # Taken only now: whoever came while we waited for the turn comes along.
                group = self._take(_GROUP)
                try:
                    outcomes = await self._commit_together(group)
                except Undone:
                    self._waiting = apart(group) + self._waiting
                    continue
                except Exception as error:  # noqa: BLE001 - whatever it was, nothing of the group is stored
                    refuse(group, error)
                    continue
                for each, outcome in zip(group, outcomes, strict=True):
                    settle(each.done, outcome)
        finally:
            self._writer = None

    async def _begin(self) -> bool:
        """Take the turn and open a transaction; False if that is to be tried again. Refuses who has waited too long."""
        if self._lock.try_acquire():
            try:
                self._write_connection.execute("BEGIN IMMEDIATE")
                return True
            except apsw.Error:
                self._lock.release()
        loop = asyncio.get_running_loop()
        begun = loop.run_in_executor(self._thread, self._begin_patiently)
        while not (await asyncio.wait([begun], timeout=_PATIENCE / 20))[0]:
            too_long = loop.time() - _PATIENCE
            refuse(self._take(sum(each.since < too_long for each in self._waiting)), StorageError(_LOCKED))
        return await begun

    def _begin_patiently(self) -> bool:
        self._lock.acquire()
        # Not for long: what is waited for is not wanted any more when nobody waits.
        self._write_connection.set_busy_timeout(int(_PATIENCE * 100))
        try:
            self._write_connection.execute("BEGIN IMMEDIATE")
            return True
        except apsw.Error as error:
            self._lock.release()
            if isinstance(error, apsw.BusyError):
                return False
            raise storage_error(error) from error
        finally:
            self._write_connection.set_busy_timeout(0)

    async def _commit_together(self, group: list[Waiting]) -> list[Outcome]:
        """Run the works in the open transaction and end it: for each what it raised, or its result in a tuple.

        Raises Undone.
        """
        self._transaction.forget()
        if all(each.quiet for each in group):
            self._reader.hold()
        try:
            outcomes = []
            for number, each in enumerate(group, 1):
                outcomes.append(await attempt(each, self._transaction, alone=len(group) == 1))
                if number % _STRETCH == 0:
                    await asyncio.sleep(0)
            if self._write_connection.in_transaction:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._commit)
            return outcomes
        except apsw.Error as error:
            raise storage_error(error) from error
        finally:
            self._end()

    def _commit(self) -> None:
        if _identities(self._files) != self._opened:
            raise StorageError(
                f"{self._files[0]} or its -wal was moved, deleted or replaced: put it back, or restart the server to"
                " go on with what is there"
            )
        self._write_connection.execute("COMMIT")
        self._reader.let_go()
        # Here already: until the event loop hears of it, others can write.
        self._lock.release()

    def _end(self) -> None:
        try:
            if self._write_connection.in_transaction:
                self._write_connection.execute("ROLLBACK")
        finally:
            self._reader.let_go()
            self._lock.release()

    def _take(self, count: int) -> list[Waiting]:
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken


def _empty_log(path: Path) -> bool:
    """Copy the log into the database and cut it to nothing, if readers let go of it in time."""
    with contextlib.closing(connect(path)) as connection:
        try:
            for _ in range(_SCRUBS):
                ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if not busy:
                    return True
        except apsw.Error as error:
            raise storage_error(error) from error
    return False


def _identities(files: Iterable[Path]) -> list[tuple[int, int] | None]:
    """What tells a file from another of its name; None for one that is not there."""
    found: list[tuple[int, int] | None] = []
    for file in files:
        try:
            status = os.stat(file)
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((status.st_dev, status.st_ino))
    return found


def open_sqlite(folder: Path, *, create: bool = False) -> SqliteEngine:
    """The engine on a data folder, with `create` made if there never was one. Raises StorageError saying what to do."""
    path = folder / "parastore.db"
    try:
        if not path.exists() or not path.stat().st_size:
            # The lock is made after the database, so where it is there was one: to make another would hide the loss.
            if (folder / _LOCK).exists():
                raise StorageError(
                    f"{path} is gone or empty: put it back, or a backup. To begin anew, use an empty folder"
                )
            if not create:
                raise StorageError(f"no database in {folder}: start the server once (parastore serve) to make one")
        return SqliteEngine(path)
    except OSError as error:
        raise StorageError(f"cannot use {folder}: {os.strerror(error.errno or errno.EIO)}") from error
