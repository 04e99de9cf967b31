"""What the connections of one worker process share: the service, the limits, and one clock.

It also says when a worker has more to do than it can: then requests are turned away at once, for little, so that health
checks are answered and those who were let in do not wait long (docs/adr/0003).

There is no timer per request or connection: a tick, at most a second long, moves `now` and `Date` and looks at every
connection. A timeout is therefore up to one tick late.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from email.utils import formatdate
from time import monotonic
from typing import Protocol

from parastore.server.loop import Loop
from parastore.server.settings import Settings
from parastore.wire.http import Service

# A turn of the loop begins requests until it has taken LATE seconds; a FEW are begun however long they take, for a
# machine that was asleep is not a machine that has too much to do.
LATE, FEW = 0.5, 16

_log = logging.getLogger("parastore.server")


class Watched(Protocol):
    """A connection, as the tick sees it."""

    def check(self, now: float) -> None:
        """Close the connection if it has been slow for too long."""


class Worker:
    """One per process, made when the service is open. `now` is the loop's time in seconds.

    `date_line` and `last_date_line` end an answer's head: from the Date header to the empty line, the second with
    `Connection: close`. `open` counts the admitted connections; `connections` holds refused ones too until they are
    gone. `under_way` counts the requests that were begun and wait for something.
    """

    __slots__ = (
        "_begun",
        "_begun_before",
        "_loop",
        "_most",
        "_parent",
        "_timer",
        "_turn",
        "connections",
        "date_line",
        "draining",
        "interval",
        "last_date_line",
        "now",
        "open",
        "service",
        "settings",
        "under_way",
    )

    def __init__(self, service: Service, settings: Settings, parent: int | None = None) -> None:
        self.service = service
        self.settings = settings
        self.connections: set[Watched] = set()
        self.open = 0
        self.under_way = 0
        self._begun_before = 0
        self._most = settings.max_requests
        self._turn = 0.0
        self._begun = 0
        self.draining = False
        self.interval = min(1.0, settings.request_timeout / 4, settings.idle_timeout / 4)
        self._parent = parent
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._tick()

    def admits(self) -> bool:
        """Whether one more request may be begun now."""
        if self.open > FEW:
            if not self._begun:
                self._turn = monotonic()
                self._loop.call_soon(self._turned)
            self._begun += 1
            if self._begun > FEW and monotonic() - self._turn > LATE:
                return False
        return self.under_way < self._most

    def _turned(self) -> None:
        self._begun_before, self._begun = self._begun, 0

    def accept_more(self) -> None:
        """Let in who waits to be connected: about as many in a turn of the loop as are served there."""
        served = self._begun_before + self.under_way
        if served and isinstance(self._loop, Loop):
            self._loop.accept_more(served)

    def stop(self) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = self._loop.call_later(self.interval, self._tick)
        self.now = self._loop.time()
        date = formatdate(usegmt=True)
        self.date_line = f"\r\nDate: {date}\r\n\r\n"
        self.last_date_line = f"\r\nDate: {date}\r\nConnection: close\r\n\r\n"
        for connection in list(self.connections):
            try:
                connection.check(self.now)
            except Exception:  # noqa: BLE001 (one connection must not stop the clock of all)
                _log.exception("connection check failed")
        # A worker whose supervisor was killed would hold the port and the data folder for ever.
        if self._parent is not None and os.getppid() != self._parent:
            self._parent = None
            os.kill(os.getpid(), signal.SIGTERM)
