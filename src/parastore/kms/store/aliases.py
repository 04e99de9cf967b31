"""Aliases in storage."""

from __future__ import annotations

from typing import NamedTuple

from parastore.storage.protocol import Transaction


class Alias(NamedTuple):
    """An alias (`alias/...`) and its key; times are milliseconds since the epoch."""

    name: str
    key_id: str
    created_at: int
    updated_at: int


async def insert(tx: Transaction, account: str, region: str, alias: Alias) -> bool:
    """A new alias; False when there is one of this name."""
    return bool(
        await tx.execute(
            "INSERT INTO kms_alias (account, region, name, key_id, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, region, name) DO NOTHING",
            account,
            region,
            *alias,
        )
    )


async def point(tx: Transaction, account: str, region: str, name: str, key_id: str, now: int) -> None:
    """Let an alias name another key."""
    await tx.execute(
        "UPDATE kms_alias SET key_id = $4, updated_at = $5 WHERE account = $1 AND region = $2 AND name = $3",
        account,
        region,
        name,
        key_id,
        now,
    )


async def delete(tx: Transaction, account: str, region: str, name: str) -> None:
    """Take an alias away."""
    await tx.execute("DELETE FROM kms_alias WHERE account = $1 AND region = $2 AND name = $3", account, region, name)


async def count_of(tx: Transaction, key_id: str) -> int:
    """How many aliases a key has."""
    row = await tx.fetch_row("SELECT count(*) FROM kms_alias WHERE key_id = $1", key_id)
    assert row is not None
    return int(row[0])


async def page(tx: Transaction, account: str, region: str, key_id: str | None, after: str, limit: int) -> list[Alias]:
    """An account's aliases behind `after` by name, of one key if it is given."""
    rows = await tx.fetch_all(
        "SELECT name, key_id, created_at, updated_at FROM kms_alias WHERE account = $1 AND region = $2 AND name > $3"
        + (" AND key_id = $5" if key_id is not None else "")
        + " ORDER BY name LIMIT $4",
        account,
        region,
        after,
        limit,
        *(() if key_id is None else (key_id,)),
    )
    return [Alias(*row) for row in rows]
