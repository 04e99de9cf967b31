"""The key ring in storage: its terms, wrapped by one root key."""

from __future__ import annotations

from typing import NamedTuple

from parastore.seal.keyring import KeyRing, StaleRing
from parastore.storage.protocol import StorageError, Transaction

_NEWEST = "the newest term of the key ring"  # as `confirm` notes it


class Stored(NamedTuple):
    """A ring as stored. `keeps` is what storage keeps of the root key, None of one in a file.

    `terms` maps a term's number to its wrapped key and the time it was made, in milliseconds since the epoch.
    """

    root_key: str
    provider: str
    keeps: bytes | None
    since: int
    terms: dict[int, tuple[bytes, int]]


async def read_ring(tx: Transaction) -> Stored:
    """The stored ring, as of one moment. Raises StorageError when it is gone or is none."""
    # One statement: a root key and terms that another wraps would not fit.
    rows = await tx.fetch_all(
        "SELECT r.id, r.provider, r.wrapped, r.created_at, k.term, k.wrapped, k.created_at"
        " FROM key_ring k, root_key r ORDER BY k.term"
    )
    if not rows:
        raise StorageError("the key ring is gone from the database: keep a copy of the data folder, restore a backup")
    if len({row[0] for row in rows}) != 1:
        raise StorageError("the database names several root keys: it was altered, restore a backup")
    root_key, provider, keeps, since = rows[0][:4]
    return Stored(root_key, provider, keeps, since, {term: (wrapped, made) for *_, term, wrapped, made in rows})


async def write_ring(tx: Transaction, ring: Stored) -> None:
    """Store a ring in the place of what is there."""
    tx.note(_NEWEST, None)
    await tx.execute("DELETE FROM root_key")
    await tx.execute(
        "INSERT INTO root_key (id, provider, wrapped, created_at) VALUES ($1, $2, $3, $4)",
        ring.root_key,
        ring.provider,
        ring.keeps,
        ring.since,
    )
    for term, (wrapped, made) in ring.terms.items():
        if not await tx.execute("UPDATE key_ring SET wrapped = $1 WHERE term = $2", wrapped, term):
            await tx.execute(
                "INSERT INTO key_ring (term, wrapped, created_at) VALUES ($1, $2, $3)", term, wrapped, made
            )


async def newest_term(tx: Transaction) -> int:
    """The number of the term that seals; 0 when there is none."""
    row = await tx.fetch_row("SELECT max(term) FROM key_ring")
    return row[0] or 0 if row else 0


async def confirm(tx: Transaction, ring: KeyRing) -> None:
    """Raise StaleRing unless this ring's newest term is storage's: what a transaction seals, the newest term must."""
    if await tx.noted(_NEWEST, newest_term, tx) != ring.newest:
        raise StaleRing
