"""All versions of SecureStrings, current and kept, for work on their encryption: one after the other, by place."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from parastore.seal.keyring import KeyRing
from parastore.ssm.rules import envelope
from parastore.ssm.rules.versions import Version
from parastore.ssm.store.records import COLUMNS, FixedPlace, opened
from parastore.storage.protocol import Transaction


class Where(NamedTuple):
    """The place of a version, by which versions are in order."""

    account: str
    region: str
    path: str
    version: int


START = Where("", "", "", 0)
_SELECT = (
    "SELECT account, region, {columns} FROM {table} WHERE type = 'SecureString' AND (account, region, path, version) >"
    " ($1, $2, $3, $4)"
)
_ALL = " UNION ALL ".join(
    _SELECT.format(columns=columns, table=table)
    for columns, table in ((COLUMNS, "parameter"), (COLUMNS.replace("name,", "'' AS name,"), "parameter_version"))
)


async def page(tx: Transaction, ring: KeyRing, after: Where, limit: int) -> list[tuple[Where, Version]]:
    """Versions of SecureStrings behind `after`, of all accounts and Regions, with their encrypted content."""
    rows = await tx.fetch_all(f"{_ALL} ORDER BY account, region, path, version LIMIT $5", *after, limit)
    found = []
    for account, region, *row in rows:
        version = opened(FixedPlace(tx, ring, account, region), tuple(row))
        found.append((Where(account, region, version.path, version.version), version))
    return found


def blob_of(version: Version) -> bytes:
    """The ciphertext blob that names the key of a version: its content, or the data key of its envelope."""
    content = version.content
    return envelope.read(content).data_key if envelope.is_message(content) else content


async def replace(tx: Transaction, ring: KeyRing, where: Where, version: Version) -> bool:
    """Give a version other content and another key, all else as it was; False when there is none any more."""
    sealed = ring.seal(version.content, "parameter", *msgspec.to_builtins(where[:3]), str(where.version))
    for table in ("parameter", "parameter_version"):
        changed = await tx.execute(
            f"UPDATE {table} SET value = $5, key_id = $6"
            " WHERE account = $1 AND region = $2 AND path = $3 AND version = $4 AND type = 'SecureString'",
            *where,
            sealed,
            version.key_id,
        )
        if changed:
            return True
    return False
