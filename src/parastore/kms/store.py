"""Keys, their material and their aliases in storage. Material is sealed to its key; it never leaves this room."""

from __future__ import annotations

from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.kms.rules import key_arn, new_key_id, new_material, read_key_part
from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Transaction


class Key(NamedTuple):
    """A key as stored; `material_id` names the material that encrypts now."""

    id: str
    account: str
    region: str
    state: str
    material_id: str


_KEY = "k.id, k.account, k.region, k.state, k.material_id"


async def find_key(tx: Transaction, account: str, region: str, key_id: str) -> Key | None:
    """A key of this account and region."""
    row = await tx.fetch_row(
        f"SELECT {_KEY} FROM kms_key k WHERE k.id = $1 AND k.account = $2 AND k.region = $3",
        key_id,
        account,
        region,
    )
    return Key(*row) if row else None


async def find_alias(tx: Transaction, account: str, region: str, alias: str) -> Key | None:
    """The key that an alias points to."""
    row = await tx.fetch_row(
        f"SELECT {_KEY} FROM kms_alias a JOIN kms_key k ON k.id = a.key_id"
        " WHERE a.account = $1 AND a.region = $2 AND a.name = $3",
        account,
        region,
        alias,
    )
    return Key(*row) if row else None


class Material(NamedTuple):
    """One material of a key, open: the key's state and ARN, and the cipher."""

    state: str
    arn: str
    cipher: AESGCM


async def material_of(tx: Transaction, ring: KeyRing, account: str, region: str, part: bytes) -> Material | None:
    """The material that a blob's `key_part` names; None when there is no such key."""
    key = ("kms_key_material", account, region, part)
    found: Material | None = tx.recall(key)
    return found or await tx.known(key, _material_of, tx, ring, account, region, part)


async def _material_of(tx: Transaction, ring: KeyRing, account: str, region: str, part: bytes) -> Material | None:
    return await open_material(tx, ring, account, region, *read_key_part(part))


async def open_material(
    tx: Transaction, ring: KeyRing, account: str, region: str, key_id: str, material_id: str
) -> Material | None:
    """One material of a key; None when there is no such key."""
    row = await tx.fetch_row(
        "SELECT k.state, m.material FROM kms_key k JOIN kms_key_material m ON m.key_id = k.id AND m.id = $4"
        " WHERE k.id = $1 AND k.account = $2 AND k.region = $3",
        key_id,
        account,
        region,
        material_id,
    )
    if row is None:
        return None
    cipher = AESGCM(ring.unseal(row[1], "kms_key_material", key_id, material_id))
    return Material(row[0], key_arn(account, region, key_id), cipher)


async def create_managed_key(tx: Transaction, ring: KeyRing, account: str, region: str, alias: str, now: int) -> Key:
    """Make the key AWS would manage behind `alias/aws/<service>`, on its first use."""
    key_id = new_key_id()
    material_id, material = new_material()
    await tx.execute(
        "INSERT INTO kms_key (id, account, region, manager, state, material_id, description, created_at)"
        " VALUES ($1, $2, $3, 'AWS', 'Enabled', $4, $5, $6)",
        key_id,
        account,
        region,
        material_id,
        f"Default key that protects my {alias.rpartition('/')[2].upper()} parameters when no other key is defined",
        now,
    )
    await tx.execute(
        "INSERT INTO kms_key_material (key_id, id, material, created_at) VALUES ($1, $2, $3, $4)",
        key_id,
        material_id,
        ring.seal(material, "kms_key_material", key_id, material_id),
        now,
    )
    await tx.execute(
        "INSERT INTO kms_alias (account, region, name, key_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
        account,
        region,
        alias,
        key_id,
        now,
    )
    return Key(key_id, account, region, "Enabled", material_id)
