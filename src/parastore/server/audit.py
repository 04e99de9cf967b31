"""The trail of an installation, whether or not a server runs on it: verify it, export it, read it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from parastore.audit import exported, history, segments, store, suggest
from parastore.audit.event import written
from parastore.audit.examine import Report, examine, examine_stored, known_of
from parastore.audit.history import Facts
from parastore.audit.keep import public_keys, signer_of
from parastore.audit.store import Stored
from parastore.seal.keyring import KeyRing
from parastore.seal.secret import Secrets
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.storage.protocol import Transaction

FOLDER = "audit"


class Keys(NamedTuple):
    """The public keys of the ring's terms, and the term that signs now."""

    public: dict[int, str]
    newest: int


def keys(where: Location) -> Keys:
    """The keys that verify this installation's trail. Raises RootKeyError, StorageError."""

    async def work() -> Keys:
        async with _open(where) as (_, ring):
            return Keys(public_keys(ring), ring.newest)

    return asyncio.run(work())


def verify(where: Location) -> Report:
    """Check the whole trail. Does not wait for the server, nor make it wait. Raises RootKeyError, StorageError."""

    async def work() -> Report:
        async with _open(where) as (tx, ring):
            return (await _verify(where, tx, ring))[0]

    return asyncio.run(work())


def export(where: Location, into: Path) -> Report:
    """Write a trail that was found whole to a folder, as `exported` describes. Raises as `verify` does."""

    async def work() -> Report:
        async with _open(where) as (tx, ring):
            report, stored = await _verify(where, tx, ring)
            if not report.broken:
                at = written(int(time.time())).decode()
                files = segments.files(where.folder / FOLDER) if where.database is None else []
                exported.write(files, into, stored, report, public_keys(ring), signer_of(ring), at)
            return report

    return asyncio.run(work())


def facts_of(where: Location, principal: str, since: int) -> Iterator[Facts]:
    """The records of a principal (see `suggest.is_of`) since a moment, in no order. Raises as `verify` does."""
    begin = written(since // 1000).decode()
    for body in _bodies(where, since):
        facts = history.read(body) if principal.encode() in body else None
        if facts is not None and facts.event_time >= begin and suggest.is_of(facts, principal):
            yield facts


def _bodies(where: Location, since: int) -> Iterator[bytes]:
    for file in segments.files(where.folder / FOLDER) if where.database is None else ():
        if file.path.stat().st_mtime * 1000 >= since:
            yield from segments.forwards(file.path)

    async def stored() -> list[bytes]:
        snapshot = await where.look()
        try:
            numbers = {store.CHANGES, *(row.number for row in await store.trails(snapshot.tx))}
            return [each.body.encode() for number in numbers async for each in store.lines(snapshot.tx, number)]
        finally:
            await snapshot.close()

    yield from asyncio.run(stored())


async def _verify(where: Location, tx: Transaction, ring: KeyRing) -> tuple[Report, dict[int, list[Stored]]]:
    # In this order: a file may speak of changes that were made after storage was first looked at.
    rows, public = await store.trails(tx), public_keys(ring)
    known, broken = known_of(rows, public)
    stored: dict[int, list[Stored]] = {}
    # What nodes wrote to files is in storage as well; and so is what came with data that was moved into a folder.
    folder = where.folder / FOLDER
    in_files = {file.trail for file in segments.files(folder)} if where.database is None else set()
    for number in {each.trail for each in known} - in_files - {store.CHANGES}:
        lines = [line async for line in store.lines(tx, number)]
        if lines or where.database is not None:
            stored[number] = lines
    report = Report(0, [], [], {}, set(), [])
    if where.database is None:
        report = examine(folder, [each for each in known if each.trail not in stored], public)
    for each in known:
        if each.trail in stored:
            report = examine_stored(report, each.trail, each, stored[each.trail], public)
    report.broken[:0] = broken
    stored[store.CHANGES] = [line async for line in store.lines(tx, store.CHANGES)]
    about = next((each for each in known if each.trail == store.CHANGES), None)
    return examine_stored(report, store.CHANGES, about, stored[store.CHANGES], public), stored


@asynccontextmanager
async def _open(where: Location) -> AsyncIterator[tuple[Transaction, KeyRing]]:
    snapshot = await where.look()
    try:
        yield snapshot.tx, await load_ring(snapshot.tx, where.folder, Secrets(ask=sys.stdin.isatty()))
    finally:
        await snapshot.close()
