"""What the connections of one worker process share: the service, the limits, and one clock.

There is no timer per request or connection: a tick, at most a second long, moves `now` and `Date` and looks at every
connection. A timeout is therefore up to one tick late.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from email.utils import formatdate
from typing import Protocol

from parastore.server.loop import Loop
from parastore.server.settings import Settings
from parastore.server.turn import Turn
from parastore.wire.http import Service

_log = logging.getLogger("parastore.server")


class Watched(Protocol):
    """A connection, as the tick sees it."""

    def check(self, now: float) -> None:
        """Close the connection if it has been slow for too long."""


class Worker:
    """One per process, made when the service is open. `now` is the loop's time in seconds.

    `date_line` and `last_date_line` end an answer's head: from the Date header to the empty line, the second with
    `Connection: close`. `open` counts the admitted connections; `connections` holds refused ones too until they are
    gone. `kept` counts the bytes of bodies that wait.
    """

    __slots__ = (
        "_loop",
        "_parent",
        "_timer",
        "connections",
        "date_line",
        "draining",
        "interval",
        "kept",
        "last_date_line",
        "now",
        "open",
        "service",
        "settings",
        "turn",
    )

    def __init__(self, service: Service, settings: Settings, parent: int | None = None) -> None:
        self.service = service
        self.settings = settings
        self.connections: set[Watched] = set()
        self.open = 0
        self.kept = 0
        self.draining = False
        self.interval = min(1.0, settings.request_timeout / 4, settings.idle_timeout / 4)
        self._parent = parent
        self._loop = asyncio.get_running_loop()
        self.turn = Turn(service, self._loop, settings.max_requests)
        self._timer: asyncio.TimerHandle | None = None
        self._tick()

    def accept_more(self) -> None:
        """Let in who waits to be connected: about as many in a turn of the loop as are served there."""
        served = self.turn.asked + self.turn.under_way
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
