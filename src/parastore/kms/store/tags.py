"""Tags of keys in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parastore.storage.protocol import Transaction


async def of_key(tx: Transaction, key_id: str) -> dict[str, str]:
    """A key's tags, by tag key."""
    rows = await tx.fetch_all("SELECT tag_key, tag_value FROM kms_tag WHERE key_id = $1 ORDER BY tag_key", key_id)
    return dict(rows)


async def put(tx: Transaction, key_id: str, tags: Mapping[str, str]) -> None:
    """Add tags, or give those a key has other values."""
    for name, value in tags.items():
        await tx.execute(
            "INSERT INTO kms_tag (key_id, tag_key, tag_value) VALUES ($1, $2, $3)"
            " ON CONFLICT (key_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
            key_id,
            name,
            value,
        )


async def remove(tx: Transaction, key_id: str, names: Sequence[str]) -> None:
    """Take tags away; those a key does not have are not missed."""
    for name in names:
        await tx.execute("DELETE FROM kms_tag WHERE key_id = $1 AND tag_key = $2", key_id, name)
