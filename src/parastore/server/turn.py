"""The requests that came in one turn of the event loop, answered one after another and let go together.

A request that is answered between two passes through the kernel's network code finds the processor's caches full of
that code. So the loop first reads what all connections have sent, then everything is answered, then everything is
sent: under load that takes a quarter to a third from a read (docs/adr/0006).

What is too much is turned away, for no more than its parsing, so that health checks are answered and those who were let
in do not wait long (docs/adr/0003).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from time import monotonic
from typing import Any, Protocol

from parastore.server import logs, refusals
from parastore.wire.http import Begun, Handler, HttpRequest, HttpResponse, Service

# Requests are begun in stretches, for as long as a turn has not taken LATE seconds. The first is begun however long it
# takes, for a machine that was asleep is not a machine that has too much to do.
STRETCH, LATE = 32, 0.5

_log = logging.getLogger("parastore.server")


class Asking(Protocol):
    """A connection whose request is answered."""

    def answered(self, response: HttpResponse, keep_alive: bool) -> None:
        """Send this."""

    def go_on(self, begun: Begun, keep_alive: bool) -> None:
        """Carry on with a handler that waits."""


class Turn:
    """One worker's: whoever has a request adds it while the loop reads.

    `under_way` counts the requests that were begun and wait for something; `most` is how many there may be. `asked` is
    how many requests the last turn had.
    """

    __slots__ = ("_asked", "_call_soon", "_most", "_service", "asked", "under_way")

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self.under_way = 0
        self.asked = 0
        self._most = most
        self._service = service
        self._call_soon = loop.call_soon
        self._asked: list[tuple[Asking, HttpRequest, bool]] = []

    def add(self, connection: Asking, request: HttpRequest, keep_alive: bool) -> None:
        """Have a request answered once all that has come is read."""
        if not self._asked:
            self._call_soon(self._answer)
        self._asked.append((connection, request, keep_alive))

    def _answer(self) -> None:
        asked, self._asked = self._asked, []
        self.asked = len(asked)
        began, position = monotonic(), 0
        while position < len(asked):
            room = min(STRETCH, self._most - self.under_way)
            if room <= 0 or (position and monotonic() - began > LATE):
                break
            self._begin(asked[position : position + room])
            position += room
        for connection, request, keep_alive in asked[position:]:
            connection.answered(self._service.shed(request), keep_alive)

    def _begin(self, asked: list[tuple[Asking, HttpRequest, bool]]) -> None:
        begun = self._service.begin([request for _, request, _ in asked])
        for (connection, _, keep_alive), outcome in zip(asked, begun, strict=True):
            if isinstance(outcome, HttpResponse):
                connection.answered(outcome, keep_alive)
            else:
                self.under_way += 1
                connection.go_on(outcome, keep_alive)


def begin_each(handle: Handler, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
    """See Service.begin. A handler that waits for the `next_stage` goes on once all have come there."""
    begun: list[HttpResponse | Begun] = []
    for request in requests:
        try:
            coroutine = handle(request)
        except Exception as bug:  # noqa: BLE001 (one request must not take the others with it)
            begun.append(failed(bug))
        else:
            begun.append(_go_on(coroutine))
    return [_go_on(each.coroutine) if isinstance(each, Begun) and each.first is None else each for each in begun]


def _go_on(coroutine: Coroutine[Any, Any, HttpResponse]) -> HttpResponse | Begun:
    try:
        first = coroutine.send(None)
    except StopIteration as done:
        response: HttpResponse = done.value
        return response
    except Exception as bug:  # noqa: BLE001 (as above)
        return failed(bug)
    return Begun(coroutine, first)


def failed(bug: BaseException) -> HttpResponse:
    """The answer to a request whose handler raised what it never should."""
    response = refusals.response(refusals.INTERNAL)
    logs.emit(_log, logging.ERROR, "request failed", request_id=response.request_id, exc_info=bug)
    return response
