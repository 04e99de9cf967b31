"""Tags in storage: on the parameter as a whole, in the order they were added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parastore.ssm.store.records import Place

_WHERE = "WHERE account = $1 AND region = $2 AND path = $3"


async def of_parameter(place: Place, path: str) -> dict[str, str] | None:
    """The tags of a parameter, oldest first; None when there is no such parameter."""
    rows = await place.tx.fetch_all(
        f"SELECT key, value FROM parameter_tag {_WHERE} ORDER BY position", place.account, place.region, path
    )
    if not rows:
        exists = await place.tx.fetch_row(f"SELECT 1 FROM parameter {_WHERE}", place.account, place.region, path)
        if exists is None:
            return None
    return dict(rows)


async def put(place: Place, path: str, tags: Mapping[str, str]) -> None:
    """Add tags behind those there are; a key that is there keeps its place and gets the value."""
    for key, value in tags.items():
        await place.tx.execute(
            "INSERT INTO parameter_tag (account, region, path, key, value, position)"
            f" SELECT $1, $2, $3, $4, $5, coalesce(max(position), -1) + 1 FROM parameter_tag {_WHERE}"
            " ON CONFLICT (account, region, path, key) DO UPDATE SET value = excluded.value",
            place.account,
            place.region,
            path,
            key,
            value,
        )


async def remove(place: Place, path: str, keys: Iterable[str]) -> None:
    """Remove tags; keys that are not there are ignored."""
    for key in keys:
        await place.tx.execute(
            f"DELETE FROM parameter_tag {_WHERE} AND key = $4", place.account, place.region, path, key
        )
