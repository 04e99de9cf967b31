"""Accounts and access keys in storage. A key's secret is sealed to its id."""

from __future__ import annotations

from typing import NamedTuple

from parastore.context import Caller, SecretValue
from parastore.iam.rules import root_arn
from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Transaction


class AccessKey(NamedTuple):
    """A key that may sign: whose it is, and its secret."""

    caller: Caller
    secret: SecretValue


async def find_access_key(tx: Transaction, ring: KeyRing, key_id: str) -> AccessKey | None:
    """The active key with this id, or None."""
    return await tx.known(("access_key", key_id), _load_access_key, tx, ring, key_id)


def recall_access_key(tx: Transaction, key_id: str) -> AccessKey | None:
    """The same if it is remembered; None says nothing."""
    found: AccessKey | None = tx.recall(("access_key", key_id))
    return found


async def _load_access_key(tx: Transaction, ring: KeyRing, key_id: str) -> AccessKey | None:
    row = await tx.fetch_row(
        "SELECT account, principal, user_id, secret FROM access_key WHERE id = $1 AND status = 'Active'", key_id
    )
    if row is None:
        return None
    account, principal, user_id, sealed = row
    secret = ring.unseal(sealed, "access_key", key_id, account, principal)
    return AccessKey(Caller(account, principal, user_id, key_id), SecretValue(secret.decode()))


async def create_account(tx: Transaction, account: str, now: int) -> bool:
    """Make an account; False when it exists."""
    return bool(await tx.execute("INSERT INTO account VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", account, now))


async def put_root_key(
    tx: Transaction, ring: KeyRing, account: str, key_id: str, secret: SecretValue, now: int
) -> None:
    """Give the account's root principal an access key."""
    await put_access_key(tx, ring, Caller(account, root_arn(account), account, key_id), secret, now)


async def put_access_key(tx: Transaction, ring: KeyRing, owner: Caller, secret: SecretValue, now: int) -> None:
    """Store a new access key of a root or a user; `owner` is who will sign with it."""
    sealed = ring.seal(secret.reveal().encode(), "access_key", owner.access_key_id, owner.account, owner.arn)
    await tx.execute(
        "INSERT INTO access_key (id, account, principal, user_id, secret, status, created_at)"
        " VALUES ($1, $2, $3, $4, $5, 'Active', $6)",
        owner.access_key_id,
        owner.account,
        owner.arn,
        owner.user_id,
        sealed,
        now,
    )


class Account(NamedTuple):
    """An account as stored; times are milliseconds since the epoch."""

    id: str
    created_at: int


class RootKey(NamedTuple):
    """An access key of an account's root, without its secret. `status` is `Active` or `Inactive`."""

    id: str
    account: str
    status: str
    created_at: int


async def list_accounts(tx: Transaction) -> list[Account]:
    """All accounts, oldest first."""
    return [Account(*row) for row in await tx.fetch_all("SELECT id, created_at FROM account ORDER BY created_at, id")]


async def list_root_keys(tx: Transaction, account: str) -> list[RootKey]:
    """The access keys of the account's root, newest first."""
    rows = await tx.fetch_all(
        "SELECT id, account, status, created_at FROM access_key WHERE account = $1 AND principal = $2"
        " ORDER BY created_at DESC, id",
        account,
        root_arn(account),
    )
    return [RootKey(*row) for row in rows]


async def disable_root_key(tx: Transaction, key_id: str) -> RootKey | None:
    """Let a root's access key sign no more. The key as it is now, or None when no root has it."""
    row = await tx.fetch_row("SELECT account FROM access_key WHERE id = $1", key_id)
    if row is None:
        return None
    await tx.execute(
        "UPDATE access_key SET status = 'Inactive' WHERE id = $1 AND principal = $2", key_id, root_arn(row[0])
    )
    return next((key for key in await list_root_keys(tx, row[0]) if key.id == key_id), None)
