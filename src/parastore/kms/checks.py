"""Invariants of keys, their material and their aliases; and whether a stored blob decrypts, for those who hold one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

from parastore.kms.errors import InvalidCiphertextException
from parastore.kms.rules import blobs
from parastore.kms.rules.keys import MATERIAL_SIZES
from parastore.kms.rules.names import alias_arn, key_arn
from parastore.kms.store import materials
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.storage.check import CLOSED, Finding, Page
from parastore.storage.protocol import Row, Transaction

TABLES = ("kms_key", "kms_key_material", "kms_alias", "kms_grant", "kms_tag")
_STATES = ("Enabled", "Disabled", "PendingDeletion", "PendingImport")
_MANAGERS = ("AWS", "CUSTOMER")
_MATERIAL_ID = re.compile(r"[0-9a-f]{64}\Z")
_PAGE = 1000
_REMEMBERED = 1000  # open materials; a folder has a few for each account and Region


async def check(tx: Transaction, ring: KeyRing) -> AsyncIterator[Page]:
    """Every key has its current material, every material opens, every alias names a key of its account and Region."""
    after = ""
    while rows := await tx.fetch_all(
        "SELECT k.id, k.account, k.region, k.manager, k.state, k.material_id, m.id FROM kms_key k"
        " LEFT JOIN kms_key_material m ON m.key_id = k.id AND m.id = k.material_id"
        " WHERE k.id > $1 ORDER BY k.id LIMIT $2",
        after,
        _PAGE,
    ):
        after = rows[-1][0]
        yield Page(len(rows), [finding for row in rows for finding in _key(row)])
    behind = ("", "")
    while rows := await tx.fetch_all(
        "SELECT m.key_id, m.id, m.material, k.account, k.region, k.spec, k.origin FROM kms_key_material m"
        " JOIN kms_key k ON k.id = m.key_id WHERE (m.key_id, m.id) > ($1, $2) ORDER BY m.key_id, m.id LIMIT $3",
        *behind,
        _PAGE,
    ):
        behind = rows[-1][:2]
        yield Page(len(rows), [finding for row in rows for finding in _material(row, ring)])
    last = ("", "", "")
    while rows := await tx.fetch_all(
        "SELECT a.account, a.region, a.name, k.account, k.region FROM kms_alias a JOIN kms_key k ON k.id = a.key_id"
        " WHERE (a.account, a.region, a.name) > ($1, $2, $3) ORDER BY a.account, a.region, a.name LIMIT $4",
        *last,
        _PAGE,
    ):
        last = rows[-1][:3]
        yield Page(len(rows), [finding for row in rows for finding in _alias(row)])


class Blobs:
    """Opens the blobs that other services store. Remembers open keys, so that many blobs take one look-up."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._materials: dict[tuple[str, bytes], bytes] = {}

    async def decrypt(self, tx: Transaction, account: str, region: str, blob: bytes, context: dict[str, str]) -> bytes:
        """The plaintext, whatever state the key is in. Raises IntegrityError saying why there is none."""
        try:
            part = blobs.key_part(blob)
        except InvalidCiphertextException as error:
            raise IntegrityError("is not a KMS ciphertext") from error
        material = self._materials.get((region, part)) or await self._open(tx, region, part)
        try:
            return blobs.decrypt(material, blob, context)
        except InvalidCiphertextException as error:
            shown = ", ".join(f"{name}={value}" for name, value in context.items())
            raise IntegrityError(f"does not decrypt under {shown}") from error

    async def _open(self, tx: Transaction, region: str, part: bytes) -> bytes:
        key_id, _ = blobs.read_key_part(part)
        try:
            opened = await materials.open_named(tx, self._ring, part)
        except IntegrityError as error:
            raise IntegrityError(f"is encrypted by key {key_id}, whose material {CLOSED}") from error
        if opened is None or opened.key.region != region:
            raise IntegrityError(f"is encrypted by key {key_id}, which there is not in {region}")
        if not opened.material:
            raise IntegrityError(f"is encrypted by key {key_id}, whose imported material is not there")
        if len(self._materials) >= _REMEMBERED:
            self._materials.clear()
        self._materials[region, part] = opened.material
        return opened.material


def _key(row: Row) -> Iterator[Finding]:
    key_id, account, region, manager, state, material_id, present = row
    where = key_arn(account, region, key_id)
    if state not in _STATES:
        yield Finding(where, f"state {state} is unknown")
    if manager not in _MANAGERS:
        yield Finding(where, f"manager {manager} is unknown")
    if present is None and (material_id or state not in ("PendingImport", "PendingDeletion")):
        yield Finding(where, f"its current material {material_id} does not exist")


def _material(row: Row, ring: KeyRing) -> Iterator[Finding]:
    key_id, material_id, sealed, account, region, spec, origin = row
    where = f"{key_arn(account, region, key_id)} material {material_id}"
    if not _MATERIAL_ID.match(material_id):
        yield Finding(where, "its id is not 64 hexadecimal digits")
    if not sealed and origin == "EXTERNAL":
        return
    try:
        material = ring.unseal(sealed, "kms_key_material", key_id, material_id)
    except IntegrityError:
        yield Finding(where, CLOSED)
    else:
        if len(material) != MATERIAL_SIZES.get(spec):
            yield Finding(where, f"has {len(material)} bytes, which does not fit {spec}")


def _alias(row: Row) -> Iterator[Finding]:
    account, region, name, owner, home = row
    where = alias_arn(account, region, name)
    if not name.startswith("alias/"):
        yield Finding(where, "its name does not begin with alias/")
    if (account, region) != (owner, home):
        yield Finding(where, f"points to a key of {owner} in {home}")
