"""One parameter at a time: find it, save its next version, delete it.

The current version stands in `parameter`, replaced ones in `parameter_version`. Content is sealed to account, region,
path and version, so a row that was copied or altered does not open (IntegrityError).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from parastore.seal.keyring import KeyRing
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Reading, Version
from parastore.storage.protocol import Row, Transaction

COLUMNS = (
    "path, name, version, type, value, key_id, description, allowed_pattern, tier, data_type, modified_at, modified_by,"
    " policies"
)
_REPLACED = COLUMNS.replace("name,", "'' AS name,")
_SCOPE = "account = $1 AND region = $2 AND path = $3"
# Everything of a version but its content: what decides about it needs no content, and to unseal one takes longer.
_FIND = f"SELECT {COLUMNS.replace('value', 'NULL')} FROM parameter WHERE {_SCOPE}"
# Most requests read; every column less is a tenth of a microsecond for each row.
READ_COLUMNS = "path, name, version, type, value, data_type, modified_at"
_READ = f"SELECT {READ_COLUMNS} FROM parameter WHERE {_SCOPE}"
# Statements are written once: one that is put together for every call is also hashed for every call.
_CREATE = (
    f"INSERT INTO parameter (account, region, depth, {COLUMNS})"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
)
_UNNAMED = COLUMNS.replace("name, ", "")
_REPLACE = (
    f"INSERT INTO parameter_version (account, region, {_UNNAMED}) SELECT account, region, {_UNNAMED}"
    f" FROM parameter WHERE {_SCOPE}"
)
_UPDATE = (
    "UPDATE parameter SET version = $4, type = $5, value = $6, key_id = $7, description = $8, allowed_pattern = $9,"
    f" tier = $10, data_type = $11, modified_at = $12, modified_by = $13, policies = $14 WHERE {_SCOPE}"
)
# Bytes of content that may be remembered: ten thousand of them are 10 MB.
SMALL = 1024


class Place(Protocol):
    """Where to look: a transaction, the ring that opens, and the account and Region of the rows. A `Call` is one."""

    @property
    def tx(self) -> Transaction: ...
    @property
    def ring(self) -> KeyRing: ...
    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...


class FixedPlace(NamedTuple):
    """A place without a call."""

    tx: Transaction
    ring: KeyRing
    account: str
    region: str


def of_account(place: Place, account: str) -> FixedPlace:
    """The same place in another account; `""` is the public space."""
    return FixedPlace(place.tx, place.ring, account, place.region)


def opened(place: Place, row: Row) -> Version:
    """A row of `COLUMNS` with its content unsealed."""
    path, name, version, kind, sealed, *rest = row
    content = place.ring.unseal(sealed, "parameter", place.account, place.region, path, str(version))
    return Version(path, name, version, kind, content, *rest)


def opened_reading(place: Place, row: Row) -> Reading:
    """A row of `READ_COLUMNS` with its content unsealed."""
    path, name, version, kind, sealed, data_type, modified_at = row
    content = place.ring.unseal(sealed, "parameter", place.account, place.region, path, str(version))
    return Reading(path, name, version, kind, content, data_type, modified_at)


async def read(place: Place, path: str) -> Reading | None:
    """What reads show of the current version."""
    return recall(place, path) or await place.tx.known(
        ("parameter", place.account, place.region, path), _read, place, path, small=_is_small
    )


def recall(place: Place, path: str) -> Reading | None:
    """The same if it is remembered; None says nothing."""
    found: Reading | None = place.tx.recall(("parameter", place.account, place.region, path))
    return found


def _is_small(found: Reading | None) -> bool:
    return found is not None and len(found.content) <= SMALL


async def _read(place: Place, path: str) -> Reading | None:
    row = await place.tx.fetch_row(_READ, place.account, place.region, path)
    return opened_reading(place, row) if row else None


async def find(place: Place, path: str) -> Version | None:
    """What is known of the current version. Its content is not opened, and empty here."""
    row = await place.tx.fetch_row(_FIND, place.account, place.region, path)
    if row is None:
        return None
    path, name, version, kind, _, *rest = row
    return Version(path, name, version, kind, b"", *rest)


async def find_replaced(place: Place, path: str, version: int) -> Version | None:
    """A kept version before the current one. Its name is empty: names belong to the parameter."""
    row = await place.tx.fetch_row(
        f"SELECT {_REPLACED} FROM parameter_version WHERE account = $1 AND region = $2 AND path = $3 AND version = $4",
        place.account,
        place.region,
        path,
        version,
    )
    return opened(place, row) if row else None


async def history(place: Place, path: str, after: int, limit: int) -> list[Version]:
    """Kept versions above `after`, oldest first, the current one last."""
    where = "WHERE account = $1 AND region = $2 AND path = $3 AND version > $4"
    rows = await place.tx.fetch_all(
        f"SELECT {_REPLACED} FROM parameter_version {where}"
        f" UNION ALL SELECT {COLUMNS} FROM parameter {where} ORDER BY version LIMIT $5",
        place.account,
        place.region,
        path,
        after,
        limit,
    )
    return [opened(place, row) for row in rows]


async def save(place: Place, version: Version, kept: int) -> None:
    """Make `version` the current one; of older ones keep so many that `kept` remain in all."""
    scope = (place.account, place.region, version.path)
    fields = msgspec.structs.astuple(version)
    sealed = place.ring.seal(version.content, "parameter", *scope, str(version.version))
    if version.version == 1:
        await place.tx.execute(
            _CREATE,
            place.account,
            place.region,
            depth_of(version.path),
            *fields[:4],
            sealed,
            *fields[5:],
        )
        await _count(place, version.tier, 1)
        return
    await place.tx.execute(_REPLACE, *scope)
    await place.tx.execute(_UPDATE, *scope, *fields[2:4], sealed, *fields[5:])
    if version.version > kept:
        await place.tx.execute(
            "DELETE FROM parameter_version WHERE account = $1 AND region = $2 AND path = $3 AND version <= $4",
            *scope,
            version.version - kept,
        )


async def delete(place: Place, path: str) -> bool:
    """Delete a parameter with all its versions, labels, tags and policies; False when there is none."""
    row = await place.tx.fetch_row(
        "DELETE FROM parameter WHERE account = $1 AND region = $2 AND path = $3 RETURNING tier",
        place.account,
        place.region,
        path,
    )
    if row is None:
        return False
    await _count(place, row[0], -1)
    return True


async def count(place: Place, tier: str) -> int:
    """How many parameters of a tier the account has in the Region."""
    row = await place.tx.fetch_row(
        "SELECT count FROM parameter_count WHERE account = $1 AND region = $2 AND tier = $3",
        place.account,
        place.region,
        tier,
    )
    return row[0] if row else 0


async def count_upgrade(place: Place) -> None:
    """A standard parameter has become an advanced one."""
    await _count(place, "Standard", -1)
    await _count(place, "Advanced", 1)


async def _count(place: Place, tier: str, change: int) -> None:
    await place.tx.execute(
        "INSERT INTO parameter_count (account, region, tier, count) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (account, region, tier) DO UPDATE SET count = parameter_count.count + excluded.count",
        place.account,
        place.region,
        tier,
        change,
    )
