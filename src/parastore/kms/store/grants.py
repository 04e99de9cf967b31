"""Grants in storage."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from parastore.kms.rules.grants import Grant
from parastore.storage.protocol import Row, Transaction

_GRANT = "g.id, g.key_id, g.issuer, g.grantee, g.retiree, g.name, g.operations, g.constraints, g.created_at"


async def insert(tx: Transaction, grant: Grant) -> None:
    """A new grant."""
    await tx.execute(
        "INSERT INTO kms_grant (id, key_id, issuer, grantee, retiree, name, operations, constraints, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        grant.id,
        grant.key_id,
        grant.issuer,
        grant.grantee,
        grant.retiree,
        grant.name,
        msgspec.json.encode(grant.operations).decode(),
        None if grant.constraints is None else msgspec.json.encode(grant.constraints).decode(),
        grant.created_at,
    )


async def find(tx: Transaction, grant_id: str) -> Grant | None:
    """One grant."""
    row = await tx.fetch_row(f"SELECT {_GRANT} FROM kms_grant g WHERE g.id = $1", grant_id)
    return _read(row) if row else None


async def of_key(tx: Transaction, key_id: str) -> list[Grant]:
    """All grants of a key, oldest first; remembered until anyone writes."""
    return await tx.known(("kms_grant", key_id), _of_key, tx, key_id, small=_few)


def _few(grants: list[Grant]) -> bool:
    return len(grants) <= 100


async def _of_key(tx: Transaction, key_id: str) -> list[Grant]:
    rows = await tx.fetch_all(
        f"SELECT {_GRANT} FROM kms_grant g WHERE g.key_id = $1 ORDER BY g.created_at, g.id", key_id
    )
    return _read_all(rows)


async def page(tx: Transaction, key_id: str, grantee: str | None, after: tuple[int, str], limit: int) -> list[Grant]:
    """A key's grants behind `after` (moment of creation, id), to one grantee if it is given."""
    rows = await tx.fetch_all(
        f"SELECT {_GRANT} FROM kms_grant g WHERE g.key_id = $1 AND (g.created_at, g.id) > ($2, $3)"
        + (" AND g.grantee = $5" if grantee is not None else "")
        + " ORDER BY g.created_at, g.id LIMIT $4",
        key_id,
        *after,
        limit,
        *(() if grantee is None else (grantee,)),
    )
    return _read_all(rows)


async def retirable(tx: Transaction, account: str, region: str, retiree: str, after: str, limit: int) -> list[Grant]:
    """Grants of an account's keys that `retiree` may retire, behind `after` by id."""
    rows = await tx.fetch_all(
        f"SELECT {_GRANT} FROM kms_grant g JOIN kms_key k ON k.id = g.key_id"
        " WHERE g.retiree = $1 AND g.id > $2 AND k.account = $3 AND k.region = $4 ORDER BY g.id LIMIT $5",
        retiree,
        after,
        account,
        region,
        limit,
    )
    return _read_all(rows)


async def count_of(tx: Transaction, key_id: str) -> int:
    """How many grants a key has."""
    row = await tx.fetch_row("SELECT count(*) FROM kms_grant WHERE key_id = $1", key_id)
    assert row is not None
    return int(row[0])


async def delete(tx: Transaction, grant_id: str) -> None:
    """Take a grant away."""
    await tx.execute("DELETE FROM kms_grant WHERE id = $1", grant_id)


def _read_all(rows: Iterable[Row]) -> list[Grant]:
    return [_read(row) for row in rows]


def _read(row: Row) -> Grant:
    operations = tuple(msgspec.json.decode(row[6], type=list[str]))
    constraints = None if row[7] is None else msgspec.json.decode(row[7], type=dict[str, dict[str, str]])
    grant_id, key_id, issuer, grantee, retiree, name = row[:6]
    return Grant(grant_id, key_id, issuer, grantee, retiree, name, operations, constraints, row[8])
