"""Keys in storage, and what hangs on a key: its deletion takes all of it along."""

from __future__ import annotations

from parastore.kms.rules.keys import Key
from parastore.storage.protocol import Transaction

_KEY = (
    "k.id, k.account, k.region, k.manager, k.state, k.spec, k.usage, k.origin, k.material_id, k.description, k.policy,"
    " k.created_at, k.deletion_at, k.rotation_days, k.rotates_at"
)


async def find(tx: Transaction, region: str, key_id: str) -> Key | None:
    """A key of this Region, of whatever account."""
    key = await tx.known(("kms_key", key_id), by_id, tx, key_id)
    return key if key is not None and key.region == region else None


async def by_id(tx: Transaction, key_id: str) -> Key | None:
    """A key of whatever Region, read now."""
    row = await tx.fetch_row(f"SELECT {_KEY} FROM kms_key k WHERE k.id = $1", key_id)
    return Key(*row) if row else None


async def find_alias(tx: Transaction, account: str, region: str, alias: str) -> Key | None:
    """The key that an alias points to."""
    return await tx.known(("kms_alias", account, region, alias), _find_alias, tx, account, region, alias)


async def _find_alias(tx: Transaction, account: str, region: str, alias: str) -> Key | None:
    row = await tx.fetch_row(
        f"SELECT {_KEY} FROM kms_alias a JOIN kms_key k ON k.id = a.key_id"
        " WHERE a.account = $1 AND a.region = $2 AND a.name = $3",
        account,
        region,
        alias,
    )
    return Key(*row) if row else None


async def insert(tx: Transaction, key: Key) -> None:
    """A new key."""
    await tx.execute(
        "INSERT INTO kms_key (id, account, region, manager, state, spec, usage, origin, material_id, description,"
        " policy, created_at, deletion_at, rotation_days, rotates_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        *key,
    )


async def update(tx: Transaction, key: Key) -> None:
    """A key as it is to be from now on."""
    await tx.execute(
        "UPDATE kms_key SET state = $2, material_id = $3, description = $4, policy = $5, deletion_at = $6,"
        " rotation_days = $7, rotates_at = $8 WHERE id = $1",
        key.id,
        key.state,
        key.material_id,
        key.description,
        key.policy,
        key.deletion_at,
        key.rotation_days,
        key.rotates_at,
    )


async def page(tx: Transaction, account: str, region: str, after: str, limit: int) -> list[str]:
    """Ids of an account's keys behind `after`, in order."""
    rows = await tx.fetch_all(
        "SELECT id FROM kms_key WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4",
        account,
        region,
        after,
        limit,
    )
    return [row[0] for row in rows]


async def due_for_deletion(tx: Transaction, now: int, limit: int) -> list[Key]:
    """Keys whose waiting time is over."""
    rows = await tx.fetch_all(
        f"SELECT {_KEY} FROM kms_key k WHERE k.deletion_at <= $1 ORDER BY k.deletion_at LIMIT $2", now, limit
    )
    return [Key(*row) for row in rows]


async def due_for_rotation(tx: Transaction, now: int, limit: int) -> list[Key]:
    """Enabled keys whose material is to be replaced by now."""
    rows = await tx.fetch_all(
        f"SELECT {_KEY} FROM kms_key k WHERE k.rotates_at <= $1 AND k.state = 'Enabled' ORDER BY k.rotates_at LIMIT $2",
        now,
        limit,
    )
    return [Key(*row) for row in rows]


async def delete(tx: Transaction, key_id: str) -> None:
    """Take a key away with all that is its own. Storage overwrites what it held (`secure_delete`)."""
    for table in ("kms_grant", "kms_tag", "kms_alias", "kms_key_material"):
        await tx.execute(f"DELETE FROM {table} WHERE key_id = $1", key_id)
    await tx.execute("DELETE FROM kms_key WHERE id = $1", key_id)


async def everyone(tx: Transaction) -> list[Key]:
    """All keys of all accounts, in order of their place and age."""
    rows = await tx.fetch_all(f"SELECT {_KEY} FROM kms_key k ORDER BY k.account, k.region, k.created_at, k.id")
    return [Key(*row) for row in rows]
