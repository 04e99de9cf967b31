"""Check a data folder: everything that must hold of it, whether or not a server runs on it.

One room after the other, page by page: memory is bounded by a page, and a page is read in one short transaction, so a
check neither holds up the server's checkpoints nor sees half of a change.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import apsw

from parastore.events import checks as events
from parastore.iam import checks as iam
from parastore.kms import checks as kms
from parastore.seal.provider import RootKeyError
from parastore.seal.secret import Secrets
from parastore.server.unlock import load_ring
from parastore.ssm.store import checks as ssm
from parastore.storage import check as storage
from parastore.storage.check import Finding, Page
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.sqlite import SqliteTransaction, connect, storage_error

T = TypeVar("T")
Progress = Callable[[int, int], None]  # rows seen, of how many there were when the check began


class CannotCheck(Exception):
    """Nothing more can be said of the folder. The text says why, and what to do."""


def check_folder(folder: Path) -> list[Finding]:
    """All broken invariants of a data folder. Raises CannotCheck.

    Needs no event loop, and may be called while one runs. Does not wait for the server, nor make it wait.
    """
    return list(findings(folder))


def findings(folder: Path, progress: Progress = lambda seen, total: None) -> Iterator[Finding]:
    """The same one by one, telling `progress` after each page."""
    database = folder / "parastore.db"
    try:
        if not database.exists():
            raise CannotCheck(f"no database in {folder}: name the server's data folder with --data-dir")
        yield from storage.files(folder)
        with contextlib.closing(connect(database, read_only=True)) as connection:
            yield from _database(connection, folder, progress)
    except OSError as error:
        raise CannotCheck(f"cannot read the data folder {folder}: {error.strerror}") from error
    except (RootKeyError, StorageError) as error:
        raise CannotCheck(str(error)) from error
    except apsw.Error as error:
        raise CannotCheck(str(storage_error(error))) from error
    except UnicodeDecodeError as error:
        raise CannotCheck("the database is damaged, it holds text that is not UTF-8: restore a backup") from error


def _database(connection: apsw.Connection, folder: Path, progress: Progress) -> Iterator[Finding]:
    tx = SqliteTransaction(connection)
    unusable = _finish(storage.schema(tx))
    yield from unusable
    if unusable:
        return
    yield from _finish(storage.database(tx))
    unusable = _finish(storage.types(tx))
    yield from unusable
    if unusable:
        return
    if _finish(tx.fetch_row("SELECT 1 FROM key_ring")) is None:
        raise CannotCheck("the key ring is gone, and with it every value: restore a backup")
    ring = _finish(load_ring(tx, folder, Secrets(ask=sys.stdin.isatty())))
    seen, total = 0, _finish(_count(tx))
    for room in (
        iam.check(tx, ring),
        kms.check(tx, ring),
        ssm.check(tx, ring, kms.Blobs(ring).decrypt),
        events.check(tx),
    ):
        while (page := _next_page(connection, room)) is not None:
            yield from page.findings
            seen += page.rows
            progress(seen, max(seen, total))


async def _count(tx: Transaction) -> int:
    tables = (*iam.TABLES, *kms.TABLES, *ssm.TABLES, *events.TABLES)
    row = await tx.fetch_row("SELECT " + " + ".join(f"(SELECT count(*) FROM {table})" for table in tables))  # noqa: S608
    assert row is not None
    total: int = row[0]
    return total


def _next_page(connection: apsw.Connection, room: AsyncIterator[Page]) -> Page | None:
    connection.execute("BEGIN")
    try:
        return _finish(_anext(room))
    finally:
        connection.execute("COMMIT")


async def _anext(room: AsyncIterator[Page]) -> Page | None:
    return await anext(room, None)


def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end what never waits, as no statement of SqliteTransaction does."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("a check waited")
