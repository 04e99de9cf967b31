"""Back up an installation's data into one encrypted file, and restore it into a new folder or database.

A backup is of one moment, taken while servers go on. Its header holds the key ring as storage does, wrapped by the root
key, and the file's own key sealed by that ring: whoever has the root key can restore it, nobody else can read even the
names. The root key itself is never in it.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import parastore
from parastore.audit.event import written
from parastore.audit.keep import signer_of
from parastore.audit.store import leave_behind
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.seal.secret import Secrets
from parastore.seal.store import Stored, read_ring
from parastore.seal.stream import LARGEST, DamagedFile, FrameWriter, frames
from parastore.server.direct import note
from parastore.server.location import Location
from parastore.server.unlock import load_ring, open_terms
from parastore.storage import migrations, tables
from parastore.storage.check import schema
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.tables import Progress

_MAGIC = b"parastore backup 1\n"
_MOST_HEADER = 1 << 20


class BackupError(Exception):
    """Nothing was written or restored. The text says why, and what to do."""


class Taken(NamedTuple):
    """A backup: when it was taken (milliseconds since the epoch), its schema step, and its rows by table."""

    created_at: int
    schema: int
    rows: dict[str, int]


def back_up(where: Location, file: BinaryIO, secrets: Secrets, progress: Progress) -> Taken:
    """Write a backup of this moment. Raises BackupError, StorageError, RootKeyError, OSError."""
    return asyncio.run(_back_up(where, file, secrets, progress))


async def _back_up(where: Location, file: BinaryIO, secrets: Secrets, progress: Progress) -> Taken:
    _require_database(where)
    snapshot = await where.look()
    try:
        async with snapshot.moment() as tx:
            for finding in await schema(tx):
                raise BackupError(f"the data in {where} does not fit this Parastore: {finding}")
            stored, ring = await read_ring(tx), await load_ring(tx, where.folder, secrets)
            key, now = AESGCM.generate_key(256), time.time_ns() // 1_000_000
            number = migrations.load()[-1].number
            header = _header(stored, ring.seal(key, "backup", str(now)), now, number)
            file.write(_MAGIC + len(header).to_bytes(4, "big") + header)
            writer = FrameWriter(file, key, header)
            rows = await _write_rows(tx, writer, progress)
            writer.write(msgspec.msgpack.encode(rows), last=True)
            return Taken(now, number, rows)
    finally:
        await snapshot.close()


async def _write_rows(tx: Transaction, writer: FrameWriter, progress: Progress) -> dict[str, int]:
    everything = tables.of_schema()
    total, done = await tables.count(tx, everything), 0
    rows: dict[str, int] = {}
    for table in everything:
        rows[table.name] = 0
        async for page in tables.pages(tx, table):
            writer.write(msgspec.msgpack.encode((table.name, page)))
            rows[table.name] += len(page)
            done += len(page)
            progress(done, total)
    return rows


def _header(stored: Stored, key: bytes, now: int, number: int) -> bytes:
    terms = [[term, b64encode(wrapped).decode(), made] for term, (wrapped, made) in stored.terms.items()]
    keeps = None if stored.keeps is None else b64encode(stored.keeps).decode()
    ring = {"root_key": stored.root_key, "provider": stored.provider, "keeps": keeps, "since": stored.since}
    header = {"parastore": parastore.__version__, "created_at": now, "schema": number, "key": b64encode(key).decode()}
    return json.dumps(header | {"ring": ring | {"terms": terms}}).encode()


class Backup:
    """A backup file, open. Raises BackupError when it is none, RootKeyError when the root key does not fit."""

    def __init__(self, file: BinaryIO, folder: Path, secrets: Secrets) -> None:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise BackupError("this is no backup of Parastore")
        length = int.from_bytes(file.read(4), "big")
        self._header = file.read(min(length, _MOST_HEADER))
        self._file = file
        try:
            if len(self._header) < length:
                raise ValueError
            said = json.loads(self._header)
            self.created_at, self.schema = int(said["created_at"]), int(said["schema"])
            ring, key = said["ring"], b64decode(said["key"])
            keeps = None if ring["keeps"] is None else b64decode(ring["keeps"])
            terms = {int(term): (b64decode(wrapped), int(made)) for term, wrapped, made in ring["terms"]}
            stored = Stored(ring["root_key"], ring["provider"], keeps, ring["since"], terms)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupError("the backup is damaged in its header, at byte 19: use another") from None
        if self.schema > migrations.load()[-1].number:
            raise BackupError("the backup was written by a newer Parastore: upgrade this one")
        self.ring = KeyRing(open_terms(stored, folder, secrets))
        try:
            self._key = self.ring.unseal(key, "backup", str(self.created_at))
        except IntegrityError:
            raise BackupError("the backup is damaged in its header, at byte 19: use another") from None

    def pages(self) -> Iterator[tuple[str, list[Any]]]:
        """Tables and rows, in an order that references allow. Raises BackupError at the first bad place."""
        counted: dict[str, int] = {}
        try:
            content = None
            for following in frames(self._file, self._key, self._header):
                if content is not None:
                    name, rows = msgspec.msgpack.decode(content, type=tuple[str, list[list[Any]]])
                    counted[name] = counted.get(name, 0) + len(rows)
                    yield name, rows
                content = following
        except DamagedFile as error:
            raise BackupError(f"the backup is damaged: {error}: use another") from None
        said = msgspec.msgpack.decode(content or b"", type=dict[str, int])
        if {name: number for name, number in said.items() if number} != counted:
            raise BackupError("the backup does not hold what it says: use another")


def restore(where: Location, file: BinaryIO, secrets: Secrets, progress: Progress) -> Taken:
    """Restore a backup into an empty database: all of it in one transaction, or nothing. `where.folder` has root.key.

    Raises BackupError, StorageError, RootKeyError, OSError.
    """
    return asyncio.run(_restore(where, file, secrets, progress))


async def _restore(where: Location, file: BinaryIO, secrets: Secrets, progress: Progress) -> Taken:
    backup = Backup(file, where.folder, secrets)
    start, size = file.tell(), os.fstat(file.fileno()).st_size
    # All of it is looked at before anything is written.
    for _ in backup.pages():
        progress(file.tell(), 2 * size)
    engine = where.open(create=True)
    try:
        if await engine.read().tables():
            raise BackupError(f"{where} is not empty: restore into a new folder or database")
        rows: dict[str, int] = {}

        async def work(tx: Transaction) -> None:
            file.seek(start)
            rows.clear()
            now = time.time_ns() // 1_000_000
            await migrations.migrate(tx, now, to=backup.schema)
            known = {table.name: table for table in tables.of_schema(backup.schema)}
            for name, page in backup.pages():
                await tables.put(tx, known[name], [tuple(row) for row in page])
                rows[name] = rows.get(name, 0) + len(page)
                progress(size + file.tell(), 2 * size)
            await migrations.migrate(tx, now)
            await leave_behind(tx, signer_of(backup.ring))
            await note(tx, "RestoreBackup", takenAt=written(backup.created_at // 1000).decode())

        await engine.write(work)
        return Taken(backup.created_at, backup.schema, rows)
    finally:
        await engine.close()


def _require_database(where: Location) -> None:
    if where.database is None and not (where.folder / "parastore.db").exists():
        raise StorageError(f"no database in {where.folder}: name the server's data folder with --data-dir")


assert LARGEST > tables.PAGE * (64 << 10)  # a page of the largest rows is one frame
