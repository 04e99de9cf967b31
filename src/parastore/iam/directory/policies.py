"""Policies as stored: managed ones with their versions, who has them, and inline ones.

AWS's own managed policies are not stored; `managed.py` has them.
"""

from __future__ import annotations

from typing import NamedTuple

from parastore.iam import managed
from parastore.storage.protocol import Transaction

_COLUMNS = "id, account, name, path, description, default_version, latest_version, created_at, updated_at"


class ManagedPolicy(NamedTuple):
    """A managed policy without its documents; times are milliseconds since the epoch. AWS's account is `aws`."""

    id: str
    account: str
    name: str
    path: str
    description: str | None
    default_version: int
    latest_version: int
    created_at: int
    updated_at: int

    @property
    def arn(self) -> str:
        """Its ARN, which holds the path."""
        return f"arn:aws:iam::{self.account}:policy{self.path}{self.name}"


class PolicyVersion(NamedTuple):
    """A version of a managed policy."""

    version: int
    document: str
    created_at: int


async def find(tx: Transaction, account: str, arn: str) -> ManagedPolicy | None:
    """The policy an ARN names, of this account or of AWS."""
    ready = managed.BY_ARN.get(arn)
    if ready is not None:
        return _of_aws(ready)
    prefix = f"arn:aws:iam::{account}:policy/"
    if not arn.startswith(prefix):
        return None
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM iam_policy WHERE account = $1 AND key = $2", account, arn.rpartition("/")[2].lower()
    )
    found = None if row is None else ManagedPolicy(*row)
    return found if found is not None and found.arn == arn else None


def _of_aws(ready: managed.Ready) -> ManagedPolicy:
    return ManagedPolicy(ready.id, "aws", ready.name, ready.path, ready.description, 1, 1, *[ready.created_at] * 2)


async def list_all(tx: Transaction, account: str) -> list[ManagedPolicy]:
    """The account's own, by name."""
    rows = await tx.fetch_all(f"SELECT {_COLUMNS} FROM iam_policy WHERE account = $1 ORDER BY key", account)
    return [ManagedPolicy(*row) for row in rows]


def list_ready() -> list[ManagedPolicy]:
    """AWS's, by name."""
    return [_of_aws(each) for each in managed.BY_ARN.values()]


async def create(tx: Transaction, policy: ManagedPolicy, document: str) -> bool:
    """Store a new policy with its first version; False when the name is taken."""
    id_, account, name, *rest = policy
    made = await tx.execute(
        "INSERT INTO iam_policy (id, account, key, name, path, description, default_version, latest_version,"
        " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (account, key) DO NOTHING",
        id_, account, name.lower(), name, *rest,
    )  # fmt: skip
    if made:
        await _add_version(tx, id_, PolicyVersion(1, document, policy.created_at))
    return bool(made)


async def add_version(
    tx: Transaction, policy: ManagedPolicy, document: str, now: int, *, default: bool
) -> PolicyVersion:
    """Add the next version. Numbers are never used twice."""
    version = PolicyVersion(policy.latest_version + 1, document, now)
    await _add_version(tx, policy.id, version)
    await tx.execute(
        "UPDATE iam_policy SET latest_version = $2, default_version = $3, updated_at = $4 WHERE id = $1",
        policy.id, version.version, version.version if default else policy.default_version, now,
    )  # fmt: skip
    return version


async def _add_version(tx: Transaction, policy_id: str, version: PolicyVersion) -> None:
    await tx.execute(
        "INSERT INTO iam_policy_version (policy_id, version, document, created_at) VALUES ($1, $2, $3, $4)",
        policy_id,
        *version,
    )


async def set_default(tx: Transaction, policy: ManagedPolicy, version: int, now: int) -> None:
    """Choose the version in force."""
    await tx.execute(
        "UPDATE iam_policy SET default_version = $2, updated_at = $3 WHERE id = $1", policy.id, version, now
    )


async def versions(tx: Transaction, policy: ManagedPolicy) -> list[PolicyVersion]:
    """All versions, newest first."""
    if policy.account == "aws":
        ready = managed.BY_ARN[policy.arn]
        return [PolicyVersion(1, ready.document, ready.created_at)]
    rows = await tx.fetch_all(
        "SELECT version, document, created_at FROM iam_policy_version WHERE policy_id = $1 ORDER BY version DESC",
        policy.id,
    )
    return [PolicyVersion(*row) for row in rows]


async def delete_version(tx: Transaction, policy: ManagedPolicy, version: int) -> None:
    """Remove a version."""
    await tx.execute("DELETE FROM iam_policy_version WHERE policy_id = $1 AND version = $2", policy.id, version)


async def delete(tx: Transaction, policy: ManagedPolicy) -> None:
    """Remove a policy with its versions and tags."""
    await tx.execute("DELETE FROM iam_tag WHERE owner = $1", policy.id)
    await tx.execute("DELETE FROM iam_policy WHERE id = $1", policy.id)


async def attach(tx: Transaction, owner: str, arn: str) -> None:
    """Attach a managed policy to an identity, if it is not."""
    await tx.execute(
        "INSERT INTO iam_attachment (owner, policy) VALUES ($1, $2) ON CONFLICT (owner, policy) DO NOTHING", owner, arn
    )


async def detach(tx: Transaction, owner: str, arn: str) -> bool:
    """Detach it; False when it was not attached."""
    return bool(await tx.execute("DELETE FROM iam_attachment WHERE owner = $1 AND policy = $2", owner, arn))


async def attached_to(tx: Transaction, owner: str) -> list[str]:
    """The ARNs of an identity's managed policies."""
    rows = await tx.fetch_all("SELECT policy FROM iam_attachment WHERE owner = $1 ORDER BY policy", owner)
    return [arn for (arn,) in rows]


async def holders(tx: Transaction, account: str, arn: str) -> list[tuple[str, str, str]]:
    """Who has a policy attached: kind, name and id, by name."""
    rows = await tx.fetch_all(
        "SELECT kind, name, id FROM iam_identity JOIN iam_attachment ON owner = id"
        " WHERE account = $1 AND policy = $2 ORDER BY key",
        account,
        arn,
    )
    return [(kind, name, id_) for kind, name, id_ in rows]


async def bounded_by(tx: Transaction, account: str, arn: str) -> list[tuple[str, str, str]]:
    """Whom a policy bounds: kind, name and id, by name."""
    rows = await tx.fetch_all(
        "SELECT kind, name, id FROM iam_identity WHERE account = $1 AND boundary = $2 ORDER BY key", account, arn
    )
    return [(kind, name, id_) for kind, name, id_ in rows]


async def inline_of(tx: Transaction, owner: str) -> dict[str, str]:
    """An identity's inline policies: documents by name."""
    rows = await tx.fetch_all("SELECT name, document FROM iam_inline_policy WHERE owner = $1 ORDER BY name", owner)
    return dict(rows)


async def put_inline(tx: Transaction, owner: str, name: str, document: str) -> None:
    """Write an inline policy."""
    await tx.execute(
        "INSERT INTO iam_inline_policy (owner, name, document) VALUES ($1, $2, $3)"
        " ON CONFLICT (owner, name) DO UPDATE SET document = excluded.document",
        owner,
        name,
        document,
    )


async def delete_inline(tx: Transaction, owner: str, name: str) -> bool:
    """Remove an inline policy; False when there is none."""
    return bool(await tx.execute("DELETE FROM iam_inline_policy WHERE owner = $1 AND name = $2", owner, name))


async def default_document(tx: Transaction, account: str, arn: str) -> str | None:
    """The document in force of a managed policy; None when there is no such policy."""
    ready = managed.BY_ARN.get(arn)
    if ready is not None:
        return ready.document
    row = await tx.fetch_row(
        "SELECT document FROM iam_policy_version JOIN iam_policy ON policy_id = id AND version = default_version"
        " WHERE account = $1 AND key = $2",
        account,
        arn.rpartition("/")[2].lower(),
    )
    return None if row is None else row[0]
