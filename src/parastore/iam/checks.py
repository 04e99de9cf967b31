"""Invariants of accounts, access keys, identities and policies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from parastore import arn
from parastore.iam import keys
from parastore.iam.directory import identities, policies
from parastore.iam.directory.identities import Identity
from parastore.iam.rules import is_access_key_id, is_account_id
from parastore.policy.document import Kind, parse
from parastore.policy.errors import DocumentError
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.storage.check import CLOSED, Finding, Page
from parastore.storage.protocol import Row, Transaction

TABLES = (
    "account",
    "access_key",
    "iam_identity",
    "iam_inline_policy",
    "iam_policy",
    "iam_policy_version",
    "iam_attachment",
)
_PREFIXES = {"user": "AIDA", "group": "AGPA", "role": "AROA"}
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
    async for page in _identities(tx):
        yield page
    async for page in _policies(tx):
        yield page


async def _identities(tx: Transaction) -> AsyncIterator[Page]:
    """Every identity is well-formed, its keys are its own, its inline policies can be read."""
    after = ""
    while rows := await tx.fetch_all(
        f"SELECT {identities.COLUMNS} FROM iam_identity WHERE id > $1 ORDER BY id LIMIT $2",  # noqa: S608
        after,
        _PAGE,
    ):
        after = rows[-1][0]
        found: list[Finding] = []
        for row in rows:
            each = Identity(*row)
            found += _identity(each)
            for key in await keys.of_user(tx, each.id):
                if (key.account, key.principal) != (each.account, each.arn):
                    found.append(Finding(f"access key {key.id}", f"its principal {key.principal} is not {each.arn}"))
        yield Page(len(rows), found)
    last = ("", "")
    while rows := await tx.fetch_all(
        "SELECT owner, name, document FROM iam_inline_policy WHERE (owner, name) > ($1, $2)"
        " ORDER BY owner, name LIMIT $3",
        *last,
        _PAGE,
    ):
        last = rows[-1][:2]
        yield Page(len(rows), [x for owner, name, text in rows for x in _document(f"policy {name} of {owner}", text)])


def _identity(each: Identity) -> Iterator[Finding]:
    where = f"{each.kind} {each.arn}"
    prefix = _PREFIXES.get(each.kind)
    if prefix is None or not each.id.startswith(prefix):
        yield Finding(where, f"its id {each.id} is none of a {each.kind}")
    if each.kind == "role":
        yield from _document(f"trust of {where}", each.trust or "", Kind.TRUST)
    elif each.trust is not None:
        yield Finding(where, "only a role can be trusted to be assumed")


async def _policies(tx: Transaction) -> AsyncIterator[Page]:
    """Every version can be read, every default is there, every attachment names a policy."""
    last = ("", 0)
    while rows := await tx.fetch_all(
        "SELECT policy_id, version, document FROM iam_policy_version WHERE (policy_id, version) > ($1, $2)"
        " ORDER BY policy_id, version LIMIT $3",
        *last,
        _PAGE,
    ):
        last = rows[-1][:2]
        yield Page(len(rows), [x for id_, number, text in rows for x in _document(f"policy {id_} v{number}", text)])
    without = await tx.fetch_all(
        "SELECT id FROM iam_policy WHERE NOT EXISTS (SELECT 1 FROM iam_policy_version"
        " WHERE policy_id = id AND version = default_version AND default_version <= latest_version) ORDER BY id"
    )
    yield Page(len(without), [Finding(f"policy {id_}", "its default version is not there") for (id_,) in without])
    after = ("", "")
    while rows := await tx.fetch_all(
        "SELECT owner, policy, account FROM iam_attachment JOIN iam_identity ON id = owner"
        " WHERE (owner, policy) > ($1, $2) ORDER BY owner, policy LIMIT $3",
        *after,
        _PAGE,
    ):
        after = rows[-1][:2]
        found = []
        for owner, policy, account in rows:
            if await policies.find(tx, account, policy) is None:
                found.append(Finding(f"identity {owner}", f"has the policy {policy}, which is not there"))
        yield Page(len(rows), found)


def _document(where: str, text: str, kind: Kind = Kind.IDENTITY) -> Iterator[Finding]:
    try:
        parse(text, kind)
    except DocumentError as error:
        yield Finding(where, f"its document cannot be read: {error}")


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
