"""Sinks, their leases and their dead letters, in storage. All in a given transaction."""

from __future__ import annotations

from typing import NamedTuple

from parastore.storage.protocol import Transaction

_LISTENED = "whether any sink is known"  # as `listened` notes it


class Position(NamedTuple):
    """How far a sink is."""

    cursor: int
    attempts: int
    due_at: int


class Event(NamedTuple):
    """A stored event."""

    id: int
    body: str


class DeadLetter(NamedTuple):
    """An event that a sink did not take."""

    sink: str
    event: int
    subject: str
    attempts: int
    died_at: int
    reason: str
    again: int


async def register(tx: Transaction, sink: str) -> None:
    """Know a sink. A new one gets what happens from now on."""
    tx.note(_LISTENED, True)
    await tx.execute(
        "INSERT INTO event_sink (name, cursor, attempts, due_at, reason, lease_owner, lease_until)"
        " SELECT $1, coalesce(max(id), 0), 0, 0, '', '', 0 FROM event WHERE true ON CONFLICT (name) DO NOTHING",
        sink,
    )


async def listened(tx: Transaction) -> bool:
    """Whether any sink is known. Every change asks, so works of one transaction tell each other."""
    return await tx.noted(_LISTENED, _is_any_known, tx)


async def _is_any_known(tx: Transaction) -> bool:
    return await tx.fetch_row("SELECT 1 FROM event_sink LIMIT 1") is not None


async def has_work(tx: Transaction, sink: str, now: int) -> bool:
    """Whether something is to be sent now and nobody else is at it."""
    row = await tx.fetch_row(
        "SELECT 1 FROM event_sink WHERE name = $1 AND lease_until <= $2 AND ("
        "(due_at <= $2 AND cursor < (SELECT coalesce(max(id), 0) FROM event))"
        " OR EXISTS (SELECT 1 FROM event_dead_letter WHERE sink = $1 AND again = 1))",
        sink,
        now,
    )
    return row is not None


async def lease(tx: Transaction, sink: str, owner: str, now: int, until: int) -> Position | None:
    """Take the lease; None while another has it."""
    taken = await tx.execute(
        "UPDATE event_sink SET lease_owner = $2, lease_until = $4 WHERE name = $1 AND lease_until <= $3",
        sink,
        owner,
        now,
        until,
    )
    if not taken:
        return None
    row = await tx.fetch_row("SELECT cursor, attempts, due_at FROM event_sink WHERE name = $1", sink)
    assert row is not None
    return Position(*row)


async def release(tx: Transaction, sink: str, owner: str, to: Position, reason: str) -> bool:
    """Give the lease back with how far the sink is now. False, and nothing changed, when it was lost meanwhile."""
    changed = await tx.execute(
        "UPDATE event_sink SET cursor = $3, attempts = $4, due_at = $5, reason = $6, lease_owner = '', lease_until = 0"
        " WHERE name = $1 AND lease_owner = $2",
        sink,
        owner,
        *to,
        reason,
    )
    return bool(changed)


async def after(tx: Transaction, cursor: int, limit: int) -> list[Event]:
    """The next events."""
    rows = await tx.fetch_all("SELECT id, body FROM event WHERE id > $1 ORDER BY id LIMIT $2", cursor, limit)
    return [Event(*row) for row in rows]


async def to_try_again(tx: Transaction, sink: str, limit: int) -> list[Event]:
    """Dead letters that somebody wants sent once more."""
    rows = await tx.fetch_all(
        "SELECT e.id, e.body FROM event_dead_letter d JOIN event e ON e.id = d.event"
        " WHERE d.sink = $1 AND d.again = 1 ORDER BY e.id LIMIT $2",
        sink,
        limit,
    )
    return [Event(*row) for row in rows]


async def bury(tx: Transaction, sink: str, event: int, attempts: int, now: int, reason: str) -> None:
    """Make an event a dead letter, or count a failed attempt to send it again."""
    await tx.execute(
        "INSERT INTO event_dead_letter (sink, event, attempts, died_at, reason, again) VALUES ($1, $2, $3, $4, $5, 0)"
        " ON CONFLICT (sink, event) DO UPDATE SET attempts = event_dead_letter.attempts + $3, died_at = $4,"
        " reason = $5, again = 0",
        sink,
        event,
        attempts,
        now,
        reason,
    )


async def revive(tx: Transaction, sink: str, event: int) -> None:
    """A dead letter was delivered after all."""
    await tx.execute("DELETE FROM event_dead_letter WHERE sink = $1 AND event = $2", sink, event)


async def dead_letters(tx: Transaction) -> list[DeadLetter]:
    """All of them, the oldest first."""
    rows = await tx.fetch_all(
        "SELECT d.sink, d.event, e.subject, d.attempts, d.died_at, d.reason, d.again"
        " FROM event_dead_letter d JOIN event e ON e.id = d.event ORDER BY d.event, d.sink"
    )
    return [DeadLetter(*row) for row in rows]


async def retry(tx: Transaction, event: int | None, sink: str | None) -> int:
    """Ask for dead letters to be sent again: all, or those of an event, or of a sink. How many."""
    return await tx.execute(
        "UPDATE event_dead_letter SET again = 1"
        " WHERE (CAST($1 AS BIGINT) < 0 OR event = $1) AND ($2 = '' OR sink = $2)",
        -1 if event is None else event,
        sink or "",
    )


async def waiting(tx: Transaction, sink: str) -> tuple[int, int | None]:
    """How many events a sink has yet to get, and when the oldest of them happened (milliseconds since the epoch)."""
    row = await tx.fetch_row(
        "SELECT count(*), min(occurred_at) FROM event"
        " WHERE id > (SELECT coalesce(max(cursor), 0) FROM event_sink WHERE name = $1)",
        sink,
    )
    assert row is not None
    return row[0], row[1]


async def prune(tx: Transaction, sinks: list[str], before: int, limit: int) -> int:
    """Forget up to `limit` events from before a moment that no sink waits for. How many.

    The newest stays: ids are counted on from it, and must not come twice.
    """
    last = await tx.fetch_row("SELECT coalesce(max(id), 0) FROM event")
    assert last is not None
    ends = [last[0] - 1]
    for sink in sinks:
        row = await tx.fetch_row("SELECT cursor FROM event_sink WHERE name = $1", sink)
        ends.append(row[0] if row else 0)
    return await tx.execute(
        "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE id <= $1 AND occurred_at < $2"
        " AND NOT EXISTS (SELECT 1 FROM event_dead_letter d WHERE d.event = event.id) ORDER BY id LIMIT $3)",
        min(ends),
        before,
        limit,
    )
