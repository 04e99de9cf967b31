"""Settings of Systems Manager that an account has changed, in storage."""

from __future__ import annotations

from typing import NamedTuple

from parastore.ssm.store.records import Place
from parastore.storage.protocol import Transaction

_WHERE = "WHERE account = $1 AND region = $2 AND id = $3"


class Changed(NamedTuple):
    """A setting's value, when it was set (milliseconds since the epoch), and the ARN of who set it."""

    value: str
    modified_at: int
    modified_by: str


async def find(place: Place, setting: str) -> Changed | None:
    """A setting, None as long as it has its default."""
    row = await place.tx.fetch_row(
        f"SELECT value, modified_at, modified_by FROM service_setting {_WHERE}", place.account, place.region, setting
    )
    return Changed(*row) if row else None


async def save(place: Place, setting: str, changed: Changed) -> None:
    """Set a setting."""
    await place.tx.execute(
        "INSERT INTO service_setting (account, region, id, value, modified_at, modified_by)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, region, id) DO UPDATE"
        " SET value = excluded.value, modified_at = excluded.modified_at, modified_by = excluded.modified_by",
        place.account,
        place.region,
        setting,
        *changed,
    )


async def reset(place: Place, setting: str) -> None:
    """Give a setting its default."""
    await place.tx.execute(f"DELETE FROM service_setting {_WHERE}", place.account, place.region, setting)


async def where(tx: Transaction, setting: str, value: str) -> set[tuple[str, str]]:
    """The accounts and Regions that gave a setting this value."""
    rows = await tx.fetch_all(
        "SELECT account, region FROM service_setting WHERE id = $1 AND value = $2", setting, value
    )
    return {(account, region) for account, region in rows}
