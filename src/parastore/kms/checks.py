"""Invariants of keys, their material and their aliases; and whether a stored blob decrypts, for those who hold one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.kms import rules, store
from parastore.kms.errors import InvalidCiphertextException
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.storage.check import CLOSED, Finding, Page
from parastore.storage.protocol import Row, Transaction

TABLES = ("kms_key", "kms_key_material", "kms_alias")
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
        "SELECT m.key_id, m.id, m.material, k.account, k.region FROM kms_key_material m"
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
        self._ciphers: dict[tuple[str, str, str, str], AESGCM] = {}

    async def decrypt(self, tx: Transaction, account: str, region: str, blob: bytes, context: dict[str, str]) -> bytes:
        """The plaintext, whatever state the key is in. Raises IntegrityError saying why there is none."""
        try:
            key_id, material_id = rules.read_key_part(rules.key_part(blob))
        except InvalidCiphertextException as error:
            raise IntegrityError("is not a KMS ciphertext") from error
        cipher = self._ciphers.get(named := (account, region, key_id, material_id))
        if cipher is None:
            try:
                opened = await store.open_material(tx, self._ring, *named)
            except IntegrityError as error:
                raise IntegrityError(f"is encrypted by key {key_id}, whose material {CLOSED}") from error
            if opened is None:
                raise IntegrityError(f"is encrypted by key {key_id}, which {account} does not have in {region}")
            if len(self._ciphers) >= _REMEMBERED:
                self._ciphers.clear()
            cipher = self._ciphers[named] = opened.cipher
        try:
            return rules.decrypt(cipher, blob, context)
        except InvalidCiphertextException as error:
            shown = ", ".join(f"{name}={value}" for name, value in context.items())
            raise IntegrityError(f"does not decrypt under {shown}") from error


def _key(row: Row) -> Iterator[Finding]:
    key_id, account, region, manager, state, material_id, present = row
    where = rules.key_arn(account, region, key_id)
    if state not in _STATES:
        yield Finding(where, f"state {state} is unknown")
    if manager not in _MANAGERS:
        yield Finding(where, f"manager {manager} is unknown")
    if present is None:
        yield Finding(where, f"its current material {material_id} does not exist")


def _material(row: Row, ring: KeyRing) -> Iterator[Finding]:
    key_id, material_id, sealed, account, region = row
    where = f"{rules.key_arn(account, region, key_id)} material {material_id}"
    if not _MATERIAL_ID.match(material_id):
        yield Finding(where, "its id is not 64 hexadecimal digits")
    try:
        material = ring.unseal(sealed, "kms_key_material", key_id, material_id)
    except IntegrityError:
        yield Finding(where, CLOSED)
    else:
        if len(material) != 32:
            yield Finding(where, f"has {len(material)} bytes, must be 32")


def _alias(row: Row) -> Iterator[Finding]:
    account, region, name, owner, home = row
    where = rules.alias_arn(account, region, name)
    if not name.startswith("alias/"):
        yield Finding(where, "its name does not begin with alias/")
    if (account, region) != (owner, home):
        yield Finding(where, f"points to a key of {owner} in {home}")
