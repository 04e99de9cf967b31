"""The state of things, looked at when metrics are asked for: storage, sinks, the audit trail, the ages of keys."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from parastore.audit.sinks import Sink
from parastore.audit.trail import Trail
from parastore.events import store as event_store
from parastore.house import House
from parastore.server import metrics
from parastore.server.location import Location
from parastore.storage.protocol import Pooled, StorageError, Transaction

_AGES = {
    "root key": "SELECT created_at FROM root_key",
    "kms": "SELECT min(m.created_at) FROM kms_key k JOIN kms_key_material m ON m.key_id = k.id AND m.id = k.material_id"
    " WHERE k.state = 'Enabled'",
}


class State:
    """Brings the gauges of one worker up to date. `events` names the sinks of events, `told` are those of the trail."""

    def __init__(
        self, house: House, trail: Trail, events: Sequence[str], told: Sequence[Sink], location: Location
    ) -> None:
        self._house = house
        self._trail = trail
        self._events = events
        self._told = told
        self._location = location
        self._decrypted = 0

    async def look(self) -> bool:
        """Look once; as a job's turn, it has nothing more to do."""
        house, trail = self._house, self._trail
        metrics.sealed.set(house.barrier.sealed is not None)
        metrics.decrypts.inc(trail.inner - self._decrypted)
        self._decrypted = trail.inner
        metrics.audit_up.set(trail.failure is None)
        metrics.audit_altered.set(trail.altered)
        if trail.unsent is not None:
            metrics.audit_waiting.labels("database").set(len(trail.unsent))
        for sink in self._told:
            metrics.audit_waiting.labels(sink.name).set(sink.waiting)
            metrics.audit_missed.labels(sink.name).set(sink.missed)
        if isinstance(house.engine, Pooled):
            for state, number in house.engine.pool().items():
                metrics.storage_connections.labels(state).set(number)
        try:
            await self._stored(house.engine.read(), house.clock())
            metrics.storage_up.set(1)
        except StorageError:
            metrics.storage_up.set(0)
        return False

    async def _stored(self, tx: Transaction, now: int) -> None:
        for sink in self._events:
            count, oldest = await event_store.waiting(tx, sink)
            metrics.events_pending.labels(sink).set(count)
            metrics.events_lag.labels(sink).set((now - oldest) / 1000 if oldest is not None else 0)
        for key, made in _AGES.items():
            row = await tx.fetch_row(made)
            if row is not None and row[0] is not None:
                metrics.key_age.labels(key).set((now - row[0]) / 1000)
        # What speaks PostgreSQL's protocol need not have it.
        with contextlib.suppress(StorageError):
            metrics.storage_bytes.set(await self._bytes(tx))

    async def _bytes(self, tx: Transaction) -> int:
        if self._location.database is None:
            return sum(each.stat().st_size for each in self._location.folder.glob("parastore.db*"))
        row = await tx.fetch_row("SELECT pg_database_size(current_database())")
        return row[0] if row else 0
