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
    return await tx.known(("access_key", key_id), lambda: _load_access_key(tx, ring, key_id))


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
    principal = root_arn(account)
    sealed = ring.seal(secret.reveal().encode(), "access_key", key_id, account, principal)
    await tx.execute(
        "INSERT INTO access_key (id, account, principal, user_id, secret, status, created_at)"
        " VALUES ($1, $2, $3, $4, $5, 'Active', $6)",
        key_id,
        account,
        principal,
        account,
        sealed,
        now,
    )
