"""Accounts and their root access keys, managed on the data by whoever owns it.

Works while a server runs on the folder: changes are ordinary transactions, and every worker sees them with its next
request. A secret is shown when its key is made; the owner of the folder can also read it back for `configure`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from parastore.context import SecretValue
from parastore.iam import rules, store
from parastore.iam.store import Account, RootKey
from parastore.seal.keyring import KeyRing
from parastore.seal.store import confirm
from parastore.server.direct import DirectError, note, on_data
from parastore.server.location import Location
from parastore.storage.protocol import Transaction

T = TypeVar("T")
_SOURCE = "iam.amazonaws.com"


class AccountError(DirectError):
    """Nothing was changed. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The account and the region of the first start, which commands take when none is named."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """A root access key with its secret."""

    account: str
    access_key_id: str
    secret: SecretValue


def create_account(where: Location, account: str | None = None) -> Credentials:
    """Make an account with a root access key. Raises AccountError."""

    async def work(tx: Transaction, ring: KeyRing) -> Credentials:
        name = rules.new_account_id() if account is None else account
        if not rules.is_account_id(name):
            raise AccountError(f"an account id is 12 digits, not {name!r}")
        if not await store.create_account(tx, name, _now()):
            raise AccountError(
                f"account {name} exists already: `parastore account key --account {name}` makes another key for it"
            )
        await note(tx, "CreateAccount", source=_SOURCE, account=name)
        return await _give_key(tx, ring, name)

    return _write(where, work)


def create_root_key(where: Location, account: str | None = None) -> Credentials:
    """Make another root access key, by default for the installation's account. Raises AccountError."""

    async def work(tx: Transaction, ring: KeyRing) -> Credentials:
        return await _give_key(tx, ring, await _existing(tx, account))

    return _write(where, work)


def disable_root_key(where: Location, key_id: str) -> tuple[RootKey, bool]:
    """Let a root access key sign no more. The key, and whether its account has one left. Raises AccountError."""

    async def work(tx: Transaction, ring: KeyRing) -> tuple[RootKey, bool]:
        key = await store.disable_root_key(tx, key_id)
        if key is None:
            raise AccountError(f"no account has the root access key {key_id}: see `parastore account key-list`")
        await note(tx, "UpdateAccessKey", source=_SOURCE, account=key.account, accessKeyId=key_id, status="Inactive")
        keys = await store.list_root_keys(tx, key.account)
        return key, any(each.status == "Active" for each in keys)

    return _write(where, work)


def list_accounts(where: Location) -> tuple[list[Account], Installation]:
    """All accounts, and which is the installation's. Raises AccountError."""

    async def work(tx: Transaction, ring: KeyRing) -> tuple[list[Account], Installation]:
        return await store.list_accounts(tx), await _installation(tx)

    return _read(where, work)


def list_root_keys(where: Location, account: str | None = None) -> list[RootKey]:
    """An account's root access keys, newest first. Raises AccountError."""

    async def work(tx: Transaction, ring: KeyRing) -> list[RootKey]:
        return await store.list_root_keys(tx, await _existing(tx, account))

    return _read(where, work)


def read_credentials(where: Location, account: str | None = None) -> tuple[Credentials, Installation]:
    """The account's newest active root access key with its secret. Raises AccountError."""

    async def work(tx: Transaction, ring: KeyRing) -> tuple[Credentials, Installation]:
        name = await _existing(tx, account)
        active = [key.id for key in await store.list_root_keys(tx, name) if key.status == "Active"]
        key = await store.find_access_key(tx, ring, active[0]) if active else None
        if key is None:
            raise AccountError(
                f"account {name} has no active root access key: `parastore account key --account {name}` makes one"
            )
        return Credentials(name, active[0], key.secret), await _installation(tx)

    return _read(where, work)


Work = Callable[[Transaction, KeyRing], Awaitable[T]]


def _write(where: Location, work: Work[T]) -> T:
    async def confirmed(tx: Transaction, ring: KeyRing) -> T:
        await confirm(tx, ring)
        return await work(tx, ring)

    return on_data(where, lambda engine, ring: engine.write(lambda tx: confirmed(tx, ring)))


def _read(where: Location, work: Work[T]) -> T:
    return on_data(where, lambda engine, ring: work(engine.read(), ring))


async def _give_key(tx: Transaction, ring: KeyRing, account: str) -> Credentials:
    made = Credentials(account, rules.new_access_key_id(), SecretValue(rules.new_secret()))
    await store.put_root_key(tx, ring, account, made.access_key_id, made.secret, _now())
    await note(tx, "CreateAccessKey", source=_SOURCE, account=account, accessKeyId=made.access_key_id)
    return made


async def _existing(tx: Transaction, account: str | None) -> str:
    name = account or (await _installation(tx)).account
    if await tx.fetch_row("SELECT 1 FROM account WHERE id = $1", name) is None:
        raise AccountError(f"there is no account {name}: see `parastore account list`")
    return name


async def _installation(tx: Transaction) -> Installation:
    facts: dict[str, str] = dict(await tx.fetch_all("SELECT name, value FROM installation"))
    try:
        return Installation(facts["account"], facts["region"])
    except KeyError as error:
        raise AccountError(f"the data folder is damaged, see `parastore check`: it has no {error}") from error


def _now() -> int:
    return time.time_ns() // 1_000_000
