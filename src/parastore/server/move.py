"""Move an installation's data from one database to another, as SQLite to PostgreSQL: resumable, verified, still sealed.

While a move is under way the target has a table that says so, and no server starts on it. Passes are made until one
finds nothing to do. Servers on the source are to be stopped: what they write after the last pass is left behind.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import NamedTuple

from parastore.audit import segments
from parastore.audit.keep import send_file
from parastore.server.audit import FOLDER
from parastore.server.direct import note
from parastore.server.location import Location
from parastore.storage import migrations
from parastore.storage.check import schema
from parastore.storage.moving import Pass, make_alike
from parastore.storage.protocol import Engine, Transaction
from parastore.storage.tables import Progress

MOVING = "moving"  # the table that is there while the data is not whole
_MOST_PASSES = 10


class MoveError(Exception):
    """The move did not end; what was done of it is kept, and doing it again goes on there. The text says why."""


class Moved(NamedTuple):
    """How a move ended: the rows there are, and which pass found nothing to do."""

    rows: int
    passes: int


def move(source: Location, target: Location, progress: Progress) -> Moved:
    """Make the target's data that of the source. Raises MoveError, StorageError, OSError.

    No server may run on the source meanwhile.
    """
    return asyncio.run(_move(source, target, progress))


async def _move(source: Location, target: Location, progress: Progress) -> Moved:
    if source.database is None and not (source.folder / "parastore.db").exists():
        raise MoveError(f"no database in {source.folder}")
    engine = target.open(create=True)
    try:
        await _begin(engine, target)
        for number in range(1, _MOST_PASSES + 1):
            done = await _pass(source, engine, progress)
            if not done.put and not done.deleted:
                await _send_files(source, engine)
                await engine.write(partial(_end, source, done.rows))
                return Moved(done.rows, number)
        raise MoveError("the source is written all the time: stop the servers on it, and do this again")
    finally:
        await engine.close()


async def _begin(engine: Engine, target: Location) -> None:
    async def work(tx: Transaction) -> None:
        there = await tx.tables()
        if there and MOVING not in there:
            raise MoveError(f"{target} has data of its own: move into an empty folder or database")
        await migrations.migrate(tx, time.time_ns() // 1_000_000)
        await tx.execute(f"CREATE TABLE IF NOT EXISTS {MOVING} (id BIGINT PRIMARY KEY)")

    await engine.write(work)


async def _send_files(source: Location, engine: Engine) -> None:
    """The trail of reads and refusals, which a folder keeps in files, goes with the data."""
    if source.database is None:
        for file in segments.files(source.folder / FOLDER):
            await send_file(engine, file, time.time_ns() // 1_000_000)


async def _end(source: Location, rows: int, tx: Transaction) -> None:
    await tx.execute(f"DROP TABLE {MOVING}")
    await note(tx, "MoveData", rows=rows, origin="PostgreSQL" if source.database else "SQLite")


async def _pass(source: Location, engine: Engine, progress: Progress) -> Pass:
    snapshot = await source.look()
    try:
        async with snapshot.moment() as tx:
            for finding in await schema(tx):
                raise MoveError(f"the data in {source} does not fit this Parastore: {finding}")
            return await make_alike(tx, engine, progress)
    finally:
        await snapshot.close()
