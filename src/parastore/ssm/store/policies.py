"""Policies of current versions, as work to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from parastore.ssm.store.records import Place
from parastore.storage.protocol import Transaction

_WHERE = "WHERE account = $1 AND region = $2 AND path = $3"


class Task(NamedTuple):
    """A policy of a parameter. `status` is Pending or Finished; `due_at` is None when nothing is left to do."""

    type: str
    text: str
    status: str
    due_at: int | None


class Due(NamedTuple):
    """A policy that has fallen due."""

    account: str
    region: str
    path: str
    position: int
    type: str
    text: str


async def of_parameter(place: Place, path: str) -> list[Task]:
    """The policies of a parameter, in their order."""
    rows = await place.tx.fetch_all(
        f"SELECT type, text, status, due_at FROM parameter_policy {_WHERE} ORDER BY position",
        place.account,
        place.region,
        path,
    )
    return [Task(*row) for row in rows]


async def replace(place: Place, path: str, tasks: Sequence[Task]) -> None:
    """Give a parameter these policies and no others."""
    await place.tx.execute(f"DELETE FROM parameter_policy {_WHERE}", place.account, place.region, path)
    for position, task in enumerate(tasks):
        await place.tx.execute(
            "INSERT INTO parameter_policy (account, region, path, position, type, text, status, due_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            place.account,
            place.region,
            path,
            position,
            *task,
        )


async def due(tx: Transaction, now: int, limit: int) -> list[Due]:
    """What has fallen due in all accounts, the oldest first."""
    rows = await tx.fetch_all(
        "SELECT account, region, path, position, type, text FROM parameter_policy WHERE due_at <= $1"
        " ORDER BY due_at, account, region, path, position LIMIT $2",
        now,
        limit,
    )
    return [Due(*row) for row in rows]


async def finish(tx: Transaction, task: Due) -> None:
    """Mark a policy as carried out."""
    await tx.execute(
        f"UPDATE parameter_policy SET status = 'Finished', due_at = NULL {_WHERE} AND position = $4", *task[:4]
    )
