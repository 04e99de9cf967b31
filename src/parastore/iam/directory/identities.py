"""Users, groups and roles as stored, and who is in which group. What belongs to an identity goes with it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from parastore.storage.protocol import Transaction

Kind = Literal["user", "group", "role"]
COLUMNS = "id, account, kind, name, path, boundary, trust, description, longest_session, created_at"


class Identity(NamedTuple):
    """A user, group or role. `boundary` is a managed policy's ARN; times are milliseconds since the epoch.

    `trust` (a policy document), `description` and `longest_session` (seconds) are a role's.
    """

    id: str
    account: str
    kind: Kind
    name: str
    path: str
    boundary: str | None
    trust: str | None
    description: str | None
    longest_session: int | None
    created_at: int

    @property
    def arn(self) -> str:
        """Its ARN, which holds the path."""
        return f"arn:aws:iam::{self.account}:{self.kind}{self.path}{self.name}"


async def find(tx: Transaction, account: str, kind: Kind, name: str) -> Identity | None:
    """By name, whose case does not matter."""
    row = await tx.fetch_row(
        f"SELECT {COLUMNS} FROM iam_identity WHERE account = $1 AND kind = $2 AND key = $3",
        account,
        kind,
        name.lower(),
    )
    return None if row is None else Identity(*row)


async def find_by_id(tx: Transaction, identity_id: str) -> Identity | None:
    """By unique id (`AIDA...`, `AROA...`)."""
    row = await tx.fetch_row(f"SELECT {COLUMNS} FROM iam_identity WHERE id = $1", identity_id)
    return None if row is None else Identity(*row)


async def list_all(tx: Transaction, account: str, kind: Kind, prefix: str = "/") -> list[Identity]:
    """Those whose path begins with `prefix`, by name."""
    rows = await tx.fetch_all(
        f"SELECT {COLUMNS} FROM iam_identity WHERE account = $1 AND kind = $2 ORDER BY key", account, kind
    )
    return [each for each in map(Identity._make, rows) if each.path.startswith(prefix)]


async def count(tx: Transaction, account: str) -> dict[str, int]:
    """How many of each kind an account has."""
    rows = await tx.fetch_all("SELECT kind, count(*) FROM iam_identity WHERE account = $1 GROUP BY kind", account)
    return dict(rows)


async def create(tx: Transaction, identity: Identity) -> bool:
    """Store a new one; False when the name is taken."""
    id_, account, kind, name, *rest = identity
    return bool(
        await tx.execute(
            "INSERT INTO iam_identity (id, account, kind, key, name, path, boundary, trust, description,"
            " longest_session, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " ON CONFLICT (account, kind, key) DO NOTHING",
            id_, account, kind, name.lower(), name, *rest,
        )
    )  # fmt: skip


async def update(tx: Transaction, identity: Identity) -> None:
    """Store what can change: name, path, boundary, trust, description, longest session."""
    await tx.execute(
        "UPDATE iam_identity SET key = $2, name = $3, path = $4, boundary = $5, trust = $6, description = $7,"
        " longest_session = $8 WHERE id = $1",
        identity.id, identity.name.lower(), identity.name, identity.path, identity.boundary, identity.trust,
        identity.description, identity.longest_session,
    )  # fmt: skip


async def delete(tx: Transaction, identity: Identity) -> None:
    """Remove one, with its tags."""
    await tx.execute("DELETE FROM iam_tag WHERE owner = $1", identity.id)
    await tx.execute("DELETE FROM iam_last_use WHERE id = $1", identity.id)
    await tx.execute("DELETE FROM iam_identity WHERE id = $1", identity.id)


async def groups_of(tx: Transaction, user_id: str) -> list[Identity]:
    """The groups a user is in, by name."""
    rows = await tx.fetch_all(
        f"SELECT {COLUMNS} FROM iam_identity WHERE id IN"
        " (SELECT group_id FROM iam_membership WHERE user_id = $1) ORDER BY key",
        user_id,
    )
    return [Identity(*row) for row in rows]


async def users_in(tx: Transaction, group_id: str) -> list[Identity]:
    """The users in a group, by name."""
    rows = await tx.fetch_all(
        f"SELECT {COLUMNS} FROM iam_identity WHERE id IN"
        " (SELECT user_id FROM iam_membership WHERE group_id = $1) ORDER BY key",
        group_id,
    )
    return [Identity(*row) for row in rows]


async def join(tx: Transaction, group_id: str, user_id: str) -> None:
    """Put a user into a group, if it is not there."""
    await tx.execute(
        "INSERT INTO iam_membership (group_id, user_id) VALUES ($1, $2) ON CONFLICT (user_id, group_id) DO NOTHING",
        group_id,
        user_id,
    )


async def leave(tx: Transaction, group_id: str, user_id: str) -> bool:
    """Take a user out of a group; False when it was not in it."""
    return bool(await tx.execute("DELETE FROM iam_membership WHERE group_id = $1 AND user_id = $2", group_id, user_id))
