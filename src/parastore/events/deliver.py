"""Delivery: each sink gets every event at least once, in the order of their commits, from one worker at a time.

A worker takes the sink's lease, sends, and stores how far it came as it gives the lease back. One that is killed leaves
its lease to run out and its events to be sent again under the same id. A sink that fails is tried later and later; at
the limit the event becomes a dead letter and the next one has its turn.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from parastore.events import store
from parastore.events.config import Sink
from parastore.events.rules import wait
from parastore.events.sinks import NotDelivered, Send
from parastore.events.store import Event, Position
from parastore.storage.protocol import Engine, Transaction

_BATCH = 50
_PRUNED = 500
# sink, what became of an attempt (delivered, failed, dead), reason
Observe = Callable[[str, str, str], None]


class Delivery:
    """One sink in one worker. `run` is a job's."""

    def __init__(self, engine: Engine, sink: Sink, clock: Callable[[], int], observe: Observe, send: Send) -> None:
        self._engine = engine
        self._sink = sink
        self._clock = clock
        self._observe = observe
        self._owner = str(uuid.uuid4())
        self._send = send
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"sink-{sink.name}")

    async def register(self) -> None:
        """Have the sink known in storage."""
        await self._engine.write(lambda tx: store.register(tx, self._sink.name))

    async def run(self) -> bool:
        """Send what is due. True when there is more."""
        name, now = self._sink.name, self._clock()
        if not await store.has_work(self._engine.read(), name, now):
            return False
        # A batch ends when one timeout has passed, and the last event takes two at the most.
        until = now + int(self._sink.timeout * 3000) + 2000
        position = await self._engine.write(lambda tx: store.lease(tx, name, self._owner, now, until))
        if position is None:
            return False
        again = await store.to_try_again(self._engine.read(), name, _BATCH)
        fresh = await store.after(self._engine.read(), position.cursor, _BATCH) if position.due_at <= now else []
        outcomes = await self._send_all([*again, *fresh])
        return await self._settle(position, {event.id for event in again}, outcomes)

    async def _send_all(self, events: list[Event]) -> list[tuple[Event, str | None]]:
        """What became of each event, None for delivered; ends with the first that failed."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._sink.timeout
        outcomes: list[tuple[Event, str | None]] = []
        for event in events:
            try:
                # A client's timeout is per read: a sink that dribbles its answer would outlast it, and the lease.
                sending = loop.run_in_executor(self._thread, self._send, event.body)
                await asyncio.wait_for(sending, self._sink.timeout * 2)
            except NotDelivered as error:
                outcomes.append((event, str(error)))
                break
            except Exception as error:  # noqa: BLE001 - whatever it was, the event waits and has its limit
                outcomes.append((event, type(error).__name__))
                break
            outcomes.append((event, None))
            if loop.time() > end:
                break
        return outcomes

    async def _settle(self, position: Position, again: set[int], outcomes: list[tuple[Event, str | None]]) -> bool:
        name, now = self._sink.name, self._clock()
        seen: list[tuple[str, str]] = []

        async def work(tx: Transaction) -> bool:
            to, last = position, ""
            seen.clear()
            for event, reason in outcomes:
                if event.id in again:
                    if reason is None:
                        await store.revive(tx, name, event.id)
                    else:
                        await store.bury(tx, name, event.id, 1, now, reason)
                    seen.append(("delivered" if reason is None else "dead", reason or ""))
                elif reason is None:
                    to = Position(event.id, 0, 0)
                    seen.append(("delivered", ""))
                elif to.attempts + 1 >= self._sink.max_attempts:
                    await store.bury(tx, name, event.id, to.attempts + 1, now, reason)
                    to = Position(event.id, 0, 0)
                    seen.append(("dead", reason))
                else:
                    attempts = to.attempts + 1
                    to = Position(to.cursor, attempts, now + wait(attempts, int(self._sink.first_retry * 1000)))
                    last = reason
                    seen.append(("failed", reason))
            return await store.release(tx, name, self._owner, to, last)

        kept = await self._engine.write(work)
        for outcome, reason in seen if kept else []:
            self._observe(name, outcome, reason)
        return kept and any(reason is None for _, reason in outcomes)

    def close(self) -> None:
        """Send no more; what is being sent ends by its timeout."""
        self._thread.shutdown(wait=False, cancel_futures=True)


async def prune(engine: Engine, sinks: list[str], before: int) -> bool:
    """Forget old events that all sinks have. True when there are more."""
    return await engine.write(lambda tx: store.prune(tx, sinks, before, _PRUNED)) == _PRUNED
