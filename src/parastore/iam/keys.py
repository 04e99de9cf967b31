"""Access keys of users as stored, and when they were last used. Secrets stay sealed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Transaction


class KeyRow(NamedTuple):
    """An access key without its secret. `user_id` is the user's unique id, or the account for a root."""

    id: str
    account: str
    principal: str
    user_id: str
    status: str
    created_at: int


class LastUse(NamedTuple):
    """When and for what a key, or a role, was last used; milliseconds since the epoch."""

    used_at: int
    region: str
    service: str


_COLUMNS = "id, account, principal, user_id, status, created_at"


async def of_user(tx: Transaction, user_id: str) -> list[KeyRow]:
    """The access keys of a user (or a root), oldest first."""
    rows = await tx.fetch_all(
        f"SELECT {_COLUMNS} FROM access_key WHERE user_id = $1 ORDER BY created_at, id",  # noqa: S608
        user_id,
    )
    return [KeyRow(*row) for row in rows]


async def find(tx: Transaction, key_id: str) -> KeyRow | None:
    """A key by its id, active or not."""
    row = await tx.fetch_row(f"SELECT {_COLUMNS} FROM access_key WHERE id = $1", key_id)  # noqa: S608
    return None if row is None else KeyRow(*row)


async def set_status(tx: Transaction, key_id: str, status: str) -> None:
    """Activate or deactivate a key."""
    await tx.execute("UPDATE access_key SET status = $2 WHERE id = $1", key_id, status)


async def delete(tx: Transaction, key_id: str) -> None:
    """Remove a key."""
    await tx.execute("DELETE FROM iam_last_use WHERE id = $1", key_id)
    await tx.execute("DELETE FROM access_key WHERE id = $1", key_id)


async def rename(tx: Transaction, ring: KeyRing, user_id: str, principal: str) -> None:
    """Give a user's keys the user's new ARN, to which their secrets are sealed."""
    for key in await of_user(tx, user_id):
        row = await tx.fetch_row("SELECT secret FROM access_key WHERE id = $1", key.id)
        assert row is not None
        secret = ring.unseal(row[0], "access_key", key.id, key.account, key.principal)
        await tx.execute(
            "UPDATE access_key SET principal = $2, secret = $3 WHERE id = $1",
            key.id,
            principal,
            ring.seal(secret, "access_key", key.id, key.account, principal),
        )


async def last_use(tx: Transaction, id_: str) -> LastUse | None:
    """When a key (or a role) was last used; None when never."""
    row = await tx.fetch_row("SELECT used_at, region, service FROM iam_last_use WHERE id = $1", id_)
    return None if row is None else LastUse(*row)


async def note_uses(tx: Transaction, uses: Mapping[str, LastUse]) -> None:
    """Store uses, unless a later one is stored."""
    for id_, use in uses.items():
        await tx.execute(
            "INSERT INTO iam_last_use (id, used_at, region, service) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at, region = excluded.region,"
            " service = excluded.service WHERE excluded.used_at > iam_last_use.used_at",
            id_,
            *use,
        )
