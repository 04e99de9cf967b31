"""Parameters by the million: rows as PutParameter leaves them, sealed, but many to a statement."""

from __future__ import annotations

import functools

import msgspec

from bench.requests import KEYS, name_of
from parastore.iam.rules import root_arn
from parastore.seal.keyring import KeyRing
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import ParameterTier
from parastore.ssm.store.records import COLUMNS
from parastore.storage import tables
from parastore.storage.protocol import Row, Transaction

REGION = "us-east-1"
_STANDARD = 9_000  # more than 10,000 standard parameters AWS does not take, and some are put by the bench
_GROUP = 10_000  # rows in a transaction
_ROWS = 100  # in a statement: one of up to 15 kB asyncpg keeps prepared
_COUNT = (
    "INSERT INTO parameter_count (account, region, tier, count) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (account, region, tier) DO UPDATE SET count = parameter_count.count + excluded.count"
)
_TABLE = next(each for each in tables.of_schema() if each.name == "parameter")
_ORDER = [["account", "region", "depth", *COLUMNS.split(", ")].index(name) for name in _TABLE.columns]


async def fill(location: Location, numbers: range) -> None:
    """Add the parameters with these numbers to the account of the bench. A server may be running meanwhile."""
    engine = location.open()
    try:
        ring = await load_ring(engine.read(), location.folder)
        for start in range(0, len(numbers), _GROUP):
            await engine.write(functools.partial(_save, ring=ring, numbers=numbers[start : start + _GROUP]))
        await engine.scrub()
    finally:
        await engine.close()


async def _save(tx: Transaction, ring: KeyRing, numbers: range) -> None:
    rows = [_row(ring, number) for number in numbers]
    for start in range(0, len(rows), _ROWS):
        await tables.put(tx, _TABLE, rows[start : start + _ROWS])
    standard = sum(number < _STANDARD for number in numbers)
    await tx.execute(_COUNT, KEYS.account, REGION, "Standard", standard)
    await tx.execute(_COUNT, KEYS.account, REGION, "Advanced", len(numbers) - standard)


def _row(ring: KeyRing, number: int) -> Row:
    name, value = name_of(number), f"value-{number}".encode()
    tier: ParameterTier = "Standard" if number < _STANDARD else "Advanced"
    content = ring.seal(value, "parameter", KEYS.account, REGION, name, "1")
    by = root_arn(KEYS.account)
    version = Version(name, name, 1, "String", content, None, None, None, tier, "text", 1_767_225_600_000, by)
    fields = (KEYS.account, REGION, depth_of(name), *msgspec.structs.astuple(version))
    return tuple(fields[position] for position in _ORDER)
