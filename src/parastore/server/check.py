"""Check an installation's data: everything that must hold of it, whether or not a server runs on it.

One room after the other, page by page: memory is bounded by a page, and a page is read in one short transaction, so a
check neither holds up the server's checkpoints nor sees half of a change.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from parastore.events import checks as events
from parastore.iam import checks as iam
from parastore.kms import checks as kms
from parastore.seal.provider import RootKeyError
from parastore.seal.secret import Secrets
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.ssm.store import checks as ssm
from parastore.storage import check as storage
from parastore.storage.check import Finding, Page
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.snapshot import Snapshot
from parastore.storage.sqlite import storage_error

T = TypeVar("T")
Progress = Callable[[int, int], None]  # rows seen, of how many there were when the check began
Finish = Callable[[Coroutine[Any, Any, Any]], Any]  # runs a coroutine to its end


class CannotCheck(Exception):
    """Nothing more can be said of the data. The text says why, and what to do."""


def check_folder(folder: Path) -> list[Finding]:
    """All broken invariants of a data folder. Raises CannotCheck."""
    return list(findings(Location(folder)))


def findings(where: Location, progress: Progress = lambda seen, total: None) -> Iterator[Finding]:
    """All broken invariants one by one, telling `progress` after each page. Raises CannotCheck.

    Needs no event loop, and may be called while one runs. Does not wait for the server, nor make it wait.
    """
    try:
        if where.database is None and not (where.folder / "parastore.db").exists():
            raise CannotCheck(f"no database in {where.folder}: name the server's data folder with --data-dir")
        yield from storage.files(where.folder)
        with _finishing(where) as finish:
            snapshot = finish(where.look())
            try:
                yield from _database(snapshot, where, finish, progress)
            finally:
                finish(snapshot.close())
    except OSError as error:
        raise CannotCheck(f"cannot read the data folder {where.folder}: {error.strerror}") from error
    except (RootKeyError, StorageError) as error:
        raise CannotCheck(str(error)) from error
    except apsw.Error as error:
        raise CannotCheck(str(storage_error(error))) from error
    except UnicodeDecodeError as error:
        raise CannotCheck("the database is damaged, it holds text that is not UTF-8: restore a backup") from error


def _database(snapshot: Snapshot, where: Location, finish: Finish, progress: Progress) -> Iterator[Finding]:
    tx = snapshot.tx
    unusable = finish(storage.schema(tx))
    yield from unusable
    if unusable:
        return
    if where.database is None:  # PostgreSQL sees to these itself
        yield from finish(storage.database(tx))
        unusable = finish(storage.types(tx))
        yield from unusable
        if unusable:
            return
    if finish(tx.fetch_row("SELECT 1 FROM key_ring")) is None:
        raise CannotCheck("the key ring is gone, and with it every value: restore a backup")
    ring = finish(load_ring(tx, where.folder, Secrets.at_terminal()))
    seen, total = 0, finish(_count(tx))
    for room in (
        iam.check(tx, ring),
        kms.check(tx, ring),
        ssm.check(tx, ring, kms.Blobs(ring).decrypt),
        events.check(tx),
    ):
        while (page := finish(_next_page(snapshot, room))) is not None:
            yield from page.findings
            seen += page.rows
            progress(seen, max(seen, total))


async def _next_page(snapshot: Snapshot, room: AsyncIterator[Page]) -> Page | None:
    async with snapshot.moment():
        return await anext(room, None)


@contextlib.contextmanager
def _finishing(where: Location) -> Iterator[Finish]:
    if where.database is None:
        yield _finish
        return
    # In a thread of its own, for the caller may have a loop that runs.
    with ThreadPoolExecutor(1) as thread, asyncio.Runner() as runner:
        yield lambda work: thread.submit(runner.run, work).result()


async def _count(tx: Transaction) -> int:
    tables = (*iam.TABLES, *kms.TABLES, *ssm.TABLES, *events.TABLES)
    row = await tx.fetch_row("SELECT " + " + ".join(f"(SELECT count(*) FROM {table})" for table in tables))  # noqa: S608
    assert row is not None
    total: int = row[0]
    return total


def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end what never waits, as no statement of SqliteTransaction does."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("a check waited")
