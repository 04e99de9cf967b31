"""Invariants of accounts and access keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from parastore import arn
from parastore.iam.rules import is_access_key_id, is_account_id
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.storage.check import CLOSED, Finding, Page
from parastore.storage.protocol import Row, Transaction

TABLES = ("account", "access_key")
_STATES = ("Active", "Inactive")
_PAGE = 1000


async def check(tx: Transaction, ring: KeyRing) -> AsyncIterator[Page]:
    """Accounts are well-formed, the installation's own exists, and every secret opens."""
    yield Page(0, await _installation(tx))
    after = ""
    while rows := await tx.fetch_all("SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT $2", after, _PAGE):
        after = rows[-1][0]
        wrong = [Finding(f"account {name}", "is not 12 digits") for (name,) in rows if not is_account_id(name)]
        yield Page(len(rows), wrong)
    after = ""
    while rows := await tx.fetch_all(
        "SELECT id, account, principal, secret, status FROM access_key WHERE id > $1 ORDER BY id LIMIT $2", after, _PAGE
    ):
        after = rows[-1][0]
        yield Page(len(rows), [finding for row in rows for finding in _access_key(row, ring)])


async def _installation(tx: Transaction) -> list[Finding]:
    facts: dict[str, str] = dict(await tx.fetch_all("SELECT name, value FROM installation"))
    findings = [Finding("installation", f"has no {name}") for name in ("account", "region") if name not in facts]
    account = facts.get("account")
    if account is not None and await tx.fetch_row("SELECT 1 FROM account WHERE id = $1", account) is None:
        findings.append(Finding("installation", f"its account {account} does not exist"))
    return findings


def _access_key(row: Row, ring: KeyRing) -> Iterator[Finding]:
    key_id, account, principal, sealed, status = row
    where = f"access key {key_id}"
    if not is_access_key_id(key_id):
        yield Finding(where, "is not a well-formed access key id")
    if status not in _STATES:
        yield Finding(where, f"status {status} is unknown")
    named = arn.parse(principal)
    if named is None or named.account != account:
        yield Finding(where, f"its principal {principal} is not of account {account}")
    try:
        ring.unseal(sealed, "access_key", key_id, account, principal).decode("ascii")
    except IntegrityError:
        yield Finding(where, f"its secret {CLOSED}")
    except UnicodeDecodeError:
        yield Finding(where, "its secret is not text")
