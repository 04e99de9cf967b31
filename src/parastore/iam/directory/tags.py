"""Tags of users, roles and policies; `owner` is the unique id of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parastore.storage.protocol import Transaction


async def of(tx: Transaction, owner: str) -> dict[str, str]:
    """The tags, by key."""
    return dict(await tx.fetch_all("SELECT name, value FROM iam_tag WHERE owner = $1 ORDER BY key", owner))


async def put(tx: Transaction, owner: str, tags: Mapping[str, str]) -> None:
    """Add tags; a key that is there in any case is replaced."""
    for name, value in tags.items():
        await tx.execute(
            "INSERT INTO iam_tag (owner, key, name, value) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (owner, key) DO UPDATE SET name = excluded.name, value = excluded.value",
            owner, name.lower(), name, value,
        )  # fmt: skip


async def remove(tx: Transaction, owner: str, names: Sequence[str]) -> None:
    """Take tags off; those that are not there do not matter."""
    for name in names:
        await tx.execute("DELETE FROM iam_tag WHERE owner = $1 AND key = $2", owner, name.lower())
