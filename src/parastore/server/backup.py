"""Back up an installation's data into one encrypted file, and restore it into a new folder or database.

A backup is of one moment, taken while servers go on. Its header holds the key ring as storage does, wrapped by the root
key, and the file's own key sealed by that ring: whoever has the root key can restore it, nobody else can read even the
names. The root key itself is never in it. Where recipients are named, the header holds the ring for them too, in age's
format; what is restored by an identity has a new root key.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import parastore
from parastore.audit.event import written
from parastore.audit.keep import signer_of
from parastore.audit.store import leave_behind
from parastore.seal.age import decrypt, encrypt
from parastore.seal.key_file import KeyFile
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.seal.secret import Secrets
from parastore.seal.store import Stored, read_ring, write_ring
from parastore.seal.stream import LARGEST, DamagedFile, FrameWriter, frames
from parastore.server.direct import note
from parastore.server.location import Location
from parastore.server.root_key import Made, make_root_key, wrap_terms
from parastore.server.settings import Settings
from parastore.server.unlock import open_terms
from parastore.storage import migrations, tables
from parastore.storage.check import schema
from parastore.storage.protocol import StorageError, Transaction
from parastore.storage.tables import Progress

_MAGIC = b"parastore backup 1\n"
_MOST_HEADER = 1 << 20


class BackupError(Exception):
    """Nothing was written or restored. The text says why, and what to do."""


class ByIdentity(NamedTuple):
    """Restoring without the root key: a file of age's identities, and the settings that say who holds the new one."""

    identities: Path
    settings: Settings


class Taken(NamedTuple):
    """A backup: when it was taken (milliseconds since the epoch), its schema step, and its rows by table."""

    created_at: int
    schema: int
    rows: dict[str, int]


def back_up(
    where: Location, file: BinaryIO, secrets: Secrets, progress: Progress, recipients: Sequence[str] = ()
) -> Taken:
    """Write a backup of this moment. Raises BackupError, StorageError, RootKeyError, AgeError, OSError."""
    return asyncio.run(_back_up(where, file, secrets, progress, recipients))


async def _back_up(
    where: Location, file: BinaryIO, secrets: Secrets, progress: Progress, recipients: Sequence[str]
) -> Taken:
    _require_database(where)
    snapshot = await where.look()
    try:
        async with snapshot.moment() as tx:
            for finding in await schema(tx):
                raise BackupError(f"the data in {where} does not fit this Parastore: {finding}")
            stored = await read_ring(tx)
            terms = open_terms(stored, where.folder, secrets)
            ring = KeyRing(terms)
            key, now = AESGCM.generate_key(256), time.time_ns() // 1_000_000
            number = migrations.load()[-1].number
            escrow = encrypt(_packed(stored, terms), recipients) if recipients else None
            header = _header(stored, ring.seal(key, "backup", str(now)), now, number, escrow)
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


def _packed(stored: Stored, terms: dict[int, bytes]) -> bytes:
    """The ring as recipients get it: each term's number, key and time."""
    return msgspec.msgpack.encode([(term, key, stored.terms[term][1]) for term, key in terms.items()])


def _header(stored: Stored, key: bytes, now: int, number: int, escrow: bytes | None) -> bytes:
    terms = [[term, b64encode(wrapped).decode(), made] for term, (wrapped, made) in stored.terms.items()]
    keeps = None if stored.keeps is None else b64encode(stored.keeps).decode()
    ring = {"root_key": stored.root_key, "provider": stored.provider, "keeps": keeps, "since": stored.since}
    header = {"parastore": parastore.__version__, "created_at": now, "schema": number, "key": b64encode(key).decode()}
    others = {} if escrow is None else {"age": b64encode(escrow).decode()}
    return json.dumps(header | {"ring": ring | {"terms": terms}} | others).encode()


class Backup:
    """A backup file, open. Raises BackupError when it is none, RootKeyError when the root key does not fit.

    With `identities`, a file of age's, it is opened by one of them, and `terms` are the keys and times of its ring;
    otherwise by the root key of `folder`. Raises AgeError.
    """

    def __init__(self, file: BinaryIO, folder: Path, secrets: Secrets, identities: Path | None = None) -> None:
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
            escrow = b64decode(said["age"]) if "age" in said else None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupError("the backup is damaged in its header, at byte 19: use another") from None
        if self.schema > migrations.load()[-1].number:
            raise BackupError("the backup was written by a newer Parastore: upgrade this one")
        self.terms: dict[int, tuple[bytes, int]] = {}
        if identities is None:
            self.ring = KeyRing(open_terms(stored, folder, secrets))
        else:
            self.terms = _terms_for(escrow, identities)
            self.ring = KeyRing({term: key for term, (key, _) in self.terms.items()})
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


def _terms_for(escrow: bytes | None, identities: Path) -> dict[int, tuple[bytes, int]]:
    if escrow is None:
        raise BackupError("the backup was made for no recipient: only its root key opens it")
    try:
        packed = msgspec.msgpack.decode(decrypt(escrow, identities), type=list[tuple[int, bytes, int]])
    except msgspec.DecodeError:
        raise BackupError("what the backup holds for its recipients is no key ring: use another") from None
    return {term: (key, made) for term, key, made in packed}


def restore(
    where: Location, file: BinaryIO, secrets: Secrets, progress: Progress, by_identity: ByIdentity | None = None
) -> Taken:
    """Restore a backup into an empty database: all of it in one transaction, or nothing. `where.folder` has root.key.

    By an identity, it gets a new one. Raises BackupError, StorageError, RootKeyError, AgeError, OSError.
    """
    root_key = KeyFile(where.folder)
    if by_identity is None:
        return asyncio.run(_restore(where, Backup(file, where.folder, secrets), file, progress, None))
    if root_key.read():
        raise BackupError(f"{root_key.path} is there: an identity makes a new one, so name a new folder")
    backup = Backup(file, where.folder, secrets, by_identity.identities)
    made = make_root_key(by_identity.settings, secrets)
    root_key.replace([made.entry])
    try:
        return asyncio.run(_restore(where, backup, file, progress, made))
    except BaseException:
        root_key.path.unlink()
        raise


async def _restore(where: Location, backup: Backup, file: BinaryIO, progress: Progress, made: Made | None) -> Taken:
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
            if made is not None:
                await write_ring(tx, wrap_terms(made, backup.terms, now))
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
