"""Labels in storage: each on one version of its parameter."""

from __future__ import annotations

from parastore.ssm.store.records import Place

_WHERE = "WHERE account = $1 AND region = $2 AND path = $3"


async def versions(place: Place, path: str) -> dict[str, int]:
    """The version each label of a parameter is on."""
    rows = await place.tx.fetch_all(
        f"SELECT label, version FROM parameter_label {_WHERE} ORDER BY label", place.account, place.region, path
    )
    return dict(rows)


async def find(place: Place, path: str, label: str) -> int | None:
    """The version that carries a label."""
    row = await place.tx.fetch_row(
        f"SELECT version FROM parameter_label {_WHERE} AND label = $4", place.account, place.region, path, label
    )
    return row[0] if row else None


async def are_on(place: Place, path: str, version: int) -> bool:
    """Whether a version carries any label."""
    row = await place.tx.fetch_row(
        f"SELECT 1 FROM parameter_label {_WHERE} AND version = $4", place.account, place.region, path, version
    )
    return row is not None


async def attach(place: Place, path: str, label: str, version: int) -> None:
    """Put a label on a version, from wherever it was."""
    await place.tx.execute(
        "INSERT INTO parameter_label (account, region, path, label, version) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (account, region, path, label) DO UPDATE SET version = excluded.version",
        place.account,
        place.region,
        path,
        label,
        version,
    )


async def detach(place: Place, path: str, label: str) -> None:
    """Take a label off."""
    await place.tx.execute(
        f"DELETE FROM parameter_label {_WHERE} AND label = $4", place.account, place.region, path, label
    )
