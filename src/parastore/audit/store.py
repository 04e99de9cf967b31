"""The trail in storage: records of changes, chained in the transaction of their change, and how far each trail is.

Works of all processes and nodes are committed one after the other (docs/adr/0002, 0012), so the chain of changes has
one order, and no record without its change, nor a change without its record.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from parastore.audit.chain import Position, Signer, link, signed_by, start
from parastore.storage.protocol import Transaction

CHANGES = 0  # the number of the trail of changes
_END = "the end of the trail of changes"  # as `add_changes` notes it
PAGE = 500


class TrailRow(NamedTuple):
    """A trail as storage knows it: the chain begins behind `first`, and was as far as `last` when it was signed."""

    number: int
    opened_at: int
    node: str
    first: Position
    last: Position
    term: int
    signature: str

    def is_signed(self, public: str) -> bool:
        """Whether the key that `public` verifies signed this row."""
        return signed_by(public, self.signature, _signed(self.number, self.first, self.last))


class Stored(NamedTuple):
    """A stored line of a trail."""

    trail: int
    sequence: int
    digest: str
    body: str


def _signed(number: int, first: Position, last: Position) -> bytes:
    return f"trail {number} {first.lines} {first.digest} {last.lines} {last.digest}".encode()


async def add_changes(tx: Transaction, account: str, region: str, now: int, records: Sequence[bytes]) -> None:
    """Add records to the trail of changes, in the transaction of the change."""
    sequence, spelled = await tx.noted(_END, position, tx, CHANGES)
    digest = bytes.fromhex(spelled)
    for body in records:
        sequence += 1
        digest = link(digest, body)
        await tx.execute(
            "INSERT INTO audit_record (trail, sequence, account, region, happened_at, digest, body)"
            " VALUES (0, $1, $2, $3, $4, $5, $6)",
            sequence,
            account,
            region,
            now,
            digest.hex(),
            body.decode(),
        )
    tx.note(_END, Position(sequence, digest.hex()))


async def position(tx: Transaction, trail: int) -> Position:
    """How far a trail has come in storage."""
    row = await tx.fetch_row(
        "SELECT sequence, digest FROM audit_record WHERE trail = $1 ORDER BY sequence DESC LIMIT 1", trail
    )
    return Position(0, start(trail).hex()) if row is None else Position(*row)


async def open_trail(tx: Transaction, node: str, now: int, above: int) -> int:
    """Give a process's trail its number, greater than all there are and than `above`."""
    row = await tx.fetch_row("SELECT coalesce(max(number), 0) FROM audit_trail")
    assert row is not None
    number: int = max(row[0], above) + 1
    await _insert(tx, number, node, now)
    return number


async def _insert(tx: Transaction, number: int, node: str, now: int) -> None:
    begin = start(number).hex()
    await tx.execute(
        "INSERT INTO audit_trail (number, opened_at, node, first, first_digest, last, last_digest, term, signature)"
        " VALUES ($1, $2, $3, 0, $4, 0, $4, 0, '') ON CONFLICT (number) DO NOTHING",
        number,
        now,
        node,
        begin,
    )


async def trails(tx: Transaction) -> list[TrailRow]:
    """All trails that are known, by number."""
    rows = await tx.fetch_all(
        "SELECT number, opened_at, node, first, first_digest, last, last_digest, term, signature"
        " FROM audit_trail ORDER BY number"
    )
    return [
        TrailRow(number, opened_at, node, Position(first, first_digest), Position(last, last_digest), term, signature)
        for number, opened_at, node, first, first_digest, last, last_digest, term, signature in rows
    ]


async def anchor(tx: Transaction, number: int, last: Position, signer: Signer, now: int) -> None:
    """Note, signed, how far a trail is; never less far than it was."""
    if number == CHANGES:
        await _insert(tx, CHANGES, "", now)
    found = [each for each in await trails(tx) if each.number == number]
    if found and found[0].last.lines < last.lines:
        await _update(tx, found[0]._replace(last=last), signer)


async def begin_behind(tx: Transaction, row: TrailRow, first: Position, signer: Signer) -> None:
    """Note, signed, that a trail's lines up to `first` are not kept any more."""
    await _update(tx, row._replace(first=first, last=max(row.last, first)), signer)


async def _update(tx: Transaction, row: TrailRow, signer: Signer) -> None:
    await tx.execute(
        "UPDATE audit_trail SET first = $2, first_digest = $3, last = $4, last_digest = $5, term = $6, signature = $7"
        " WHERE number = $1",
        row.number,
        *row.first,
        *row.last,
        signer.term,
        signer.sign(_signed(row.number, row.first, row.last)),
    )


async def leave_behind(tx: Transaction, signer: Signer) -> None:
    """Note, signed, that the lines of trails of which storage has none stayed where they were written."""
    for row in await trails(tx):
        if row.number != CHANGES and not (await position(tx, row.number)).lines:
            await begin_behind(tx, row, row.last, signer)


async def forget(tx: Transaction, number: int) -> None:
    """Forget a trail of which nothing is kept."""
    await tx.execute("DELETE FROM audit_trail WHERE number = $1", number)


async def prune(tx: Transaction, trail: int, before: int, signer: Signer) -> int:
    """Forget up to a page of a trail's oldest lines from before a moment; the newest line always stays. How many."""
    row = await tx.fetch_row(
        "SELECT max(sequence) FROM (SELECT sequence FROM audit_record WHERE trail = $1 AND happened_at < $2"
        " AND sequence < (SELECT max(sequence) FROM audit_record WHERE trail = $1) ORDER BY sequence LIMIT 500) p",
        trail,
        before,
    )
    if row is None or row[0] is None:
        return 0
    last = row[0]
    kept = await tx.fetch_row("SELECT digest FROM audit_record WHERE trail = $1 AND sequence = $2", trail, last)
    known = [each for each in await trails(tx) if each.number == trail]
    if kept is None or not known:
        return 0
    await begin_behind(tx, known[0], Position(last, kept[0]), signer)
    return await tx.execute("DELETE FROM audit_record WHERE trail = $1 AND sequence <= $2", trail, last)


async def add_lines(tx: Transaction, trail: int, stored: Iterable[tuple[int, bytes, bytes]], now: int) -> None:
    """Store lines of a file, each once however often it is given: sequence, digest and body."""
    for sequence, digest, body in stored:
        facts = _where(body)
        await tx.execute(
            "INSERT INTO audit_record (trail, sequence, account, region, happened_at, digest, body)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (trail, sequence) DO NOTHING",
            trail,
            sequence,
            facts.recipient_account_id,
            facts.aws_region,
            _moment(facts.event_time) if facts.event_time else now,
            digest.hex(),
            body.decode(),
        )


class _Where(msgspec.Struct, rename="camel"):
    recipient_account_id: str = ""
    aws_region: str = ""
    event_time: str = ""


_where = msgspec.json.Decoder(_Where).decode


def _moment(time: str) -> int:
    return int(datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()) * 1000


async def lines(tx: Transaction, trail: int) -> AsyncIterator[Stored]:
    """The stored lines of a trail, in order."""
    after = 0
    while True:
        rows = await tx.fetch_all(
            "SELECT trail, sequence, digest, body FROM audit_record WHERE trail = $1 AND sequence > $2"
            " ORDER BY sequence LIMIT $3",
            trail,
            after,
            PAGE,
        )
        for row in rows:
            yield Stored(*row)
        if len(rows) < PAGE:
            return
        after = rows[-1][1]
