"""What a node remembers of a database that other nodes write, and the one question that tells whether it still holds.

Every transaction that writes changes the stamp, in itself. Whoever wants to use the memory first learns the stamp as it
is now; if it is not the one of the memory, the memory is thrown away. The question is asked for all who wait at once,
so a busy node asks no more often than one answer takes, however many requests it serves.

INVARIANT: nobody is served by a question that was asked before they came. An answer under way may be older than a write
that was acknowledged meanwhile, so it is for those who were there; whoever comes later waits for the next one. (Raft
reads through a leader in the same way: Ongaro, Consensus: Bridging Theory and Practice, 6.4.)

INVARIANT: what is loaded goes into the memory that was valid before the load began. When another stamp came meanwhile,
that memory is nobody's any more, and what was loaded too early is gone with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from parastore.storage.memory import Memory
from parastore.storage.protocol import StorageError


class ReadIndex:
    """One node's memory. `ask` gives the stamp, None when there is none; raises when the database cannot be asked."""

    def __init__(self, ask: Callable[[], Awaitable[int | None]]) -> None:
        self._ask = ask
        self._stamp: int | None = None
        self._memory = Memory()
        self._next: asyncio.Future[Memory] | None = None
        self._rounds: asyncio.Task[None] | None = None

    async def memory(self) -> Memory:
        """The memory, which holds for whoever asks now and for as long as their request takes."""
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.create_future()
            if self._rounds is None:
                self._rounds = loop.create_task(self._ask_again())
        # One who goes away must not take the answer from the others.
        try:
            return await asyncio.shield(self._next)
        except StorageError as error:
            # One error for each: an exception collects the traceback of everybody who raises it.
            raise StorageError(*error.args) from error

    def forget(self) -> None:
        """Throw the memory away: what came over a connection that broke may be of a server that lost its place."""
        self._stamp, self._memory = None, Memory()

    async def close(self) -> None:
        """Wait for the question under way."""
        if self._rounds is not None:
            await self._rounds

    async def _ask_again(self) -> None:
        try:
            while (waiting := self._next) is not None:
                self._next = None
                try:
                    stamp = await self._ask()
                except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
                    waiting.set_exception(error)
                    waiting.exception()  # heard, even when everybody has gone away
                    continue
                if stamp is None or stamp != self._stamp:
                    self._stamp, self._memory = stamp, Memory()
                waiting.set_result(self._memory)
        finally:
            self._rounds = None
