"""Key material in storage, sealed to its key and id. It leaves this room only in use."""

from __future__ import annotations

from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.kms.rules import blobs
from parastore.kms.rules.keys import Key
from parastore.kms.store import keys
from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Transaction


class Opened(NamedTuple):
    """A key and one of its materials in the clear, empty when it has been deleted. Masked when printed."""

    key: Key
    id: str
    material: bytes
    arn: str

    def __repr__(self) -> str:
        return f"Opened({self.key.id}, {self.id}, ******)"


class Entry(NamedTuple):
    """What is known of a material: how the key came to it (None for its first) and when, if it is present."""

    id: str
    created_at: int
    rotation: str | None
    expires_at: int | None
    description: str | None
    present: bool


async def open_of(tx: Transaction, ring: KeyRing, key: Key) -> Opened:
    """The material that encrypts now. The key must have one."""
    opened = await tx.known(("kms_current", key.id), _open, tx, ring, key.id, key.material_id)
    assert opened is not None
    return opened


def recall_named(tx: Transaction, part: bytes) -> Opened | None:
    """What `open_named` gives if it is remembered; None says nothing."""
    found: Opened | None = tx.recall(("kms_material", part))
    return found


async def open_named(tx: Transaction, ring: KeyRing, part: bytes) -> Opened | None:
    """The material that a blob's `key_part` names; None when there is no such key."""
    return await tx.known(("kms_material", part), _open, tx, ring, *blobs.read_key_part(part))


async def _open(tx: Transaction, ring: KeyRing, key_id: str, material_id: str) -> Opened | None:
    row = await tx.fetch_row(
        "SELECT k.region, m.material FROM kms_key_material m JOIN kms_key k ON k.id = m.key_id"
        " WHERE m.key_id = $1 AND m.id = $2",
        key_id,
        material_id,
    )
    if row is None:
        return None
    key = await keys.find(tx, row[0], key_id)
    assert key is not None
    if not row[1] and key.origin == "EXTERNAL" and key.state in ("PendingImport", "PendingDeletion"):
        return Opened(key, material_id, b"", key.arn)
    material = ring.unseal(row[1], "kms_key_material", key_id, material_id)
    return Opened(key, material_id, material, key.arn)


async def cipher_of(tx: Transaction, opened: Opened, head: bytes) -> AESGCM:
    """What opens blobs with this head. A blob is read more often than it is written: its key is remembered."""
    return await tx.known(("kms_blob", head), _cipher_of, opened, head)


async def _cipher_of(opened: Opened, head: bytes) -> AESGCM:
    return blobs.cipher_of(opened.material, head)


async def add(
    tx: Transaction,
    ring: KeyRing,
    key_id: str,
    material_id: str,
    material: bytes,
    now: int,
    *,
    rotation: str | None = None,
    expires_at: int | None = None,
    description: str | None = None,
) -> None:
    """Give a key material, or a material that it had its content back."""
    await tx.execute(
        "INSERT INTO kms_key_material (key_id, id, material, created_at, rotation, expires_at, description)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key_id, id)"
        " DO UPDATE SET material = excluded.material, expires_at = excluded.expires_at,"
        " description = excluded.description",
        key_id,
        material_id,
        ring.seal(material, "kms_key_material", key_id, material_id),
        now,
        rotation,
        expires_at,
        description,
    )


async def empty(tx: Transaction, key_id: str, material_id: str) -> None:
    """Take a material's content away; its id stays, and only the same material may come back."""
    await tx.execute(
        "UPDATE kms_key_material SET material = $3, expires_at = NULL WHERE key_id = $1 AND id = $2",
        key_id,
        material_id,
        b"",
    )


async def entries(tx: Transaction, key_id: str) -> list[Entry]:
    """All materials of a key, newest first. There are few: automatic rotation needs 90 days, and 25 are on demand."""
    rows = await tx.fetch_all(
        "SELECT id, created_at, rotation, expires_at, description, length(material) > 0 FROM kms_key_material"
        " WHERE key_id = $1 ORDER BY created_at DESC, id",
        key_id,
    )
    return [
        Entry(material_id, created_at, rotation, expires_at, description, bool(present))
        for material_id, created_at, rotation, expires_at, description, present in rows
    ]


async def expired(tx: Transaction, now: int, limit: int) -> list[tuple[str, str]]:
    """Key ids and material ids of imports whose time is over."""
    rows = await tx.fetch_all(
        "SELECT key_id, id FROM kms_key_material WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2", now, limit
    )
    return [(key_id, material_id) for key_id, material_id in rows]
