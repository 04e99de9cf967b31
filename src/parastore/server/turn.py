"""The requests that came in one turn of the event loop, answered one after another and let go together.

A request that is answered between two passes through the kernel's network code finds the processor's caches full of
that code. So the loop first reads what all connections have sent, then everything is answered, then everything is
sent: under load that takes a quarter to a third from a read (docs/adr/0006).

When a worker has more to do than it can, requests are turned away at once, for little, so that health checks are
answered and those who were let in do not wait long (docs/adr/0003).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from parastore.server import logs, refusals
from parastore.wire.http import Begun, Handler, HttpRequest, HttpResponse, Service

# A turn begins requests until it has taken LATE seconds; a FEW are begun however long they take, for a machine that was
# asleep is not a machine that has too much to do.
LATE, FEW = 0.5, 16

_log = logging.getLogger("parastore.server")


class Asking(Protocol):
    """A connection whose request is answered."""

    def answered(self, response: HttpResponse, keep_alive: bool) -> None:
        """Send this."""

    def go_on(self, begun: Begun, keep_alive: bool) -> None:
        """Carry on with a handler that waits."""


class Turn:
    """One worker's: whoever has a request adds it while the loop reads.

    `last` says how many came in the last turn, `under_way` how many were begun and wait for something: beyond `most` of
    them, others are shed.
    """

    __slots__ = ("_asked", "_began", "_call_soon", "_most", "_service", "last", "under_way")

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._service = service
        self._call_soon = loop.call_soon
        self._most = most
        self._began = 0.0
        self._asked: list[tuple[Asking, HttpRequest, bool]] = []
        self.last = 0
        self.under_way = 0

    def add(self, connection: Asking, request: HttpRequest, keep_alive: bool) -> None:
        """Have a request answered once all that has come is read."""
        if not self._asked:
            self._began = monotonic()
            self._call_soon(self._answer)
        self._asked.append((connection, request, keep_alive))

    def _answer(self) -> None:
        asked, self._asked = self._asked, []
        self.last = len(asked)
        for start in range(0, len(asked), FEW):
            self._answer_few(asked[start : start + FEW], late=start > 0 and monotonic() - self._began > LATE)

    def _answer_few(self, asked: list[tuple[Asking, HttpRequest, bool]], *, late: bool) -> None:
        outcomes: Sequence[HttpResponse | Begun]
        if late or self.under_way >= self._most:
            outcomes = [self._service.shed(request) for _, request, _ in asked]
        else:
            outcomes = self._service.begin([request for _, request, _ in asked])
        for (connection, _, keep_alive), outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, HttpResponse):
                connection.answered(outcome, keep_alive)
            else:
                self.under_way += 1
                connection.go_on(outcome, keep_alive)


def begin_each(handle: Handler, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
    """See Service.begin."""
    begun: list[HttpResponse | Begun] = []
    for request in requests:
        try:
            coroutine = handle(request)
            first = coroutine.send(None)
        except StopIteration as done:
            begun.append(done.value)
        except Exception as bug:  # noqa: BLE001 (one request must not take the others with it)
            begun.append(failed(bug))
        else:
            begun.append(Begun(coroutine, first))
    return begun


def failed(bug: BaseException) -> HttpResponse:
    """The answer to a request whose handler raised what it never should."""
    response = refusals.response(refusals.INTERNAL)
    logs.emit(_log, logging.ERROR, "request failed", request_id=response.request_id, exc_info=bug)
    return response
