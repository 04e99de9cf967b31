"""Versions that wait for validation, one of a parameter at the most. Sealed to account, Region and path."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from parastore.ssm.rules.versions import Version
from parastore.ssm.store.records import Place
from parastore.storage.protocol import Transaction

_WHERE = "WHERE account = $1 AND region = $2 AND path = $3"
_IS_THERE = f"SELECT 1 FROM pending_parameter {_WHERE}"
_ANY_WAITS = "whether any version waits for validation"  # as `is_there` notes it: few do, and every PutParameter asks


class Made(NamedTuple):
    """What a PutParameter has made: a version, tags to add, and whether its policies are new."""

    version: Version
    tags: dict[str, str]
    new_policies: bool


async def is_there(place: Place, path: str) -> bool:
    """Whether a version of this parameter waits."""
    if not await place.tx.noted(_ANY_WAITS, _does_any_wait, place.tx):
        return False
    return await place.tx.fetch_row(_IS_THERE, place.account, place.region, path) is not None


async def _does_any_wait(tx: Transaction) -> bool:
    return await tx.fetch_row("SELECT 1 FROM pending_parameter LIMIT 1") is not None


async def save(place: Place, made: Made) -> None:
    """Let a version wait."""
    scope = (place.account, place.region, made.version.path)
    sealed = place.ring.seal(msgspec.msgpack.encode(made), "pending_parameter", *scope)
    place.tx.note(_ANY_WAITS, True)
    await place.tx.execute(
        "INSERT INTO pending_parameter (account, region, path, put_at, content) VALUES ($1, $2, $3, $4, $5)",
        *scope,
        made.version.modified_at,
        sealed,
    )


async def waiting(tx: Transaction, limit: int) -> list[tuple[str, str, str]]:
    """Account, Region and path of what waits in all accounts, the oldest first."""
    rows = await tx.fetch_all(
        "SELECT account, region, path FROM pending_parameter ORDER BY put_at, account, region, path LIMIT $1", limit
    )
    return [(account, region, path) for account, region, path in rows]


async def take(place: Place, path: str) -> Made:
    """Remove and open what waits there. Raises IntegrityError."""
    row = await place.tx.fetch_row(
        f"DELETE FROM pending_parameter {_WHERE} RETURNING content", place.account, place.region, path
    )
    assert row is not None
    opened = place.ring.unseal(row[0], "pending_parameter", place.account, place.region, path)
    return msgspec.msgpack.decode(opened, type=Made)


async def drop(place: Place, path: str) -> bool:
    """Forget what waits; False when nothing does."""
    row = await place.tx.fetch_row(
        f"DELETE FROM pending_parameter {_WHERE} RETURNING 1", place.account, place.region, path
    )
    return row is not None
