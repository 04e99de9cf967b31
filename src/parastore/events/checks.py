"""Invariants of sinks and their dead letters."""

from __future__ import annotations

from collections.abc import AsyncIterator

from parastore.storage.check import Finding, Page
from parastore.storage.protocol import Transaction

TABLES = ("event_sink",)


async def check(tx: Transaction) -> AsyncIterator[Page]:
    """No sink is ahead of the events there are, and none has a dead letter that it did not come to."""
    rows = await tx.fetch_all(
        "SELECT name, cursor, (SELECT coalesce(max(id), 0) FROM event),"
        " (SELECT coalesce(max(event), 0) FROM event_dead_letter d WHERE d.sink = s.name) FROM event_sink s"
    )
    findings = []
    for name, cursor, newest, dead in rows:
        if cursor > newest:
            findings.append(Finding(f"sink {name}", f"is at event {cursor}, the newest is {newest}"))
        if dead > cursor:
            findings.append(Finding(f"sink {name}", f"has dead letter {dead}, and is at event {cursor}"))
    yield Page(len(rows), findings)
