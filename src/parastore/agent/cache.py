"""Answers that are kept: for a time, so many, each fetched once however many ask for it at the same time.

When the server cannot be reached, what was known stays good for as long as that lasts (`stale`). An answer of the
server, also an error, always wins over what was known before.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

from parastore.agent.rules import AgentSettings, Lookup

# How long a server that could not be reached is left alone, so that clients of stale values do not wait for it each.
PAUSE = 1.0  # seconds


class Unreachable(Exception):
    """The server could not be reached, or failed."""


class Relayed(Exception):
    """The server answered with an error."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Kept(NamedTuple):
    """An answer, and when it was fetched on the monotonic clock."""

    body: bytes
    fetched: float


Fetch = Callable[[Lookup], Awaitable[bytes]]
Count = Callable[[str], None]  # of "hit", "miss", "joined", "stale"


class Cache:
    """For one event loop. `changed` is called when what is kept has changed."""

    def __init__(
        self, settings: AgentSettings, fetch: Fetch, count: Count, *, stale: bool = True, changed: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._fetch = fetch
        self._count = count
        self._stale = stale
        self._changed = changed
        self._kept: OrderedDict[Lookup, Kept] = OrderedDict()
        self._flights: dict[Lookup, asyncio.Task[bytes]] = {}
        self._paused_until = 0.0

    def __len__(self) -> int:
        return len(self._kept)

    def items(self) -> Iterator[tuple[Lookup, Kept]]:
        """What is kept, the least recently used first."""
        return iter(list(self._kept.items()))

    def load(self, lookup: Lookup, body: bytes, age: float) -> None:
        """Keep an answer from before; `age` in seconds."""
        self._keep(lookup, Kept(body, time.monotonic() - age))

    def fresh(self, lookup: Lookup) -> bytes | None:
        """What is kept and not too old, or None."""
        kept = self._kept.get(lookup)
        if kept is None or time.monotonic() - kept.fetched >= self._settings.ttl[lookup.service]:
            return None
        self._kept.move_to_end(lookup)
        self._count("hit")
        return kept.body

    async def get(self, lookup: Lookup) -> bytes:
        """The answer, from here or from the server. Raises Relayed, Unreachable."""
        if not self._settings.caches(lookup.service):
            self._count("miss")
            return await self._fetch(lookup)
        if (body := self.fresh(lookup)) is not None:
            return body
        old = self._kept.get(lookup) if self._stale else None
        if old is not None and time.monotonic() < self._paused_until:
            self._count("stale")
            return old.body
        try:
            return await self._flight(lookup)
        except Unreachable:
            if old is None:
                raise
            self._paused_until = time.monotonic() + PAUSE
            self._count("stale")
            return old.body
        except Relayed:
            self._forget(lookup)
            raise

    async def _flight(self, lookup: Lookup) -> bytes:
        task = self._flights.get(lookup)
        if task is None:
            self._count("miss")
            task = asyncio.create_task(self._land(lookup))
            self._flights[lookup] = task
        else:
            self._count("joined")
        # A client that hangs up must not take the answer from the others.
        return await asyncio.shield(task)

    async def _land(self, lookup: Lookup) -> bytes:
        try:
            body = await self._fetch(lookup)
            self._keep(lookup, Kept(body, time.monotonic()))
            self._changed()
            return body
        finally:
            del self._flights[lookup]

    def _keep(self, lookup: Lookup, kept: Kept) -> None:
        self._kept[lookup] = kept
        self._kept.move_to_end(lookup)
        while len(self._kept) > self._settings.size:
            self._kept.popitem(last=False)

    def _forget(self, lookup: Lookup) -> None:
        if self._kept.pop(lookup, None) is not None:
            self._changed()
