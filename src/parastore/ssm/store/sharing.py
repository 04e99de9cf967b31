"""Resource policies of parameters, in storage."""

from __future__ import annotations

from typing import NamedTuple

from parastore.ssm.store.records import Place
from parastore.storage.protocol import Transaction

_WHERE = "WHERE account = $1 AND region = $2 AND path = $3"


class ResourcePolicy(NamedTuple):
    """A policy as stored: its id, its JSON text, and the hash that changes with every update."""

    id: str
    policy: str
    hash: str


class Share(NamedTuple):
    """A policy of somebody's parameter."""

    account: str
    path: str
    policy: str


async def of_parameter(place: Place, path: str) -> list[ResourcePolicy]:
    """The policies of a parameter, oldest first."""
    rows = await place.tx.fetch_all(
        f"SELECT id, policy, hash FROM resource_policy {_WHERE} ORDER BY created_at, id",
        place.account,
        place.region,
        path,
    )
    return [ResourcePolicy(*row) for row in rows]


async def save(place: Place, path: str, policy: ResourcePolicy, now: int) -> None:
    """Add a policy, or replace the one with its id."""
    await place.tx.execute(
        "INSERT INTO resource_policy (account, region, path, id, policy, hash, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, region, path, id) DO UPDATE"
        " SET policy = excluded.policy, hash = excluded.hash",
        place.account,
        place.region,
        path,
        *policy,
        now,
    )


async def delete(place: Place, path: str, policy_id: str) -> None:
    """Remove a policy."""
    await place.tx.execute(
        f"DELETE FROM resource_policy {_WHERE} AND id = $4", place.account, place.region, path, policy_id
    )


async def with_others(tx: Transaction, region: str, account: str, after: tuple[str, str], limit: int) -> list[Share]:
    """Policies of other accounts' parameters in a Region behind `after` (account, path), in that order."""
    rows = await tx.fetch_all(
        "SELECT account, path, policy FROM resource_policy WHERE region = $1 AND account <> $2"
        " AND (account, path) > ($3, $4) ORDER BY account, path, id LIMIT $5",
        region,
        account,
        *after,
        limit,
    )
    return [Share(*row) for row in rows]
