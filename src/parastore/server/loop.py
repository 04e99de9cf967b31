"""The event loop of a worker: uvloop, with a bound that uvicorn cannot set, and a way to catch up with new connections.

libuv accepts one connection in each turn of the loop. When a turn is long because many connections are busy, whoever
comes new, a health check say, would wait for as many turns as there are others before it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvloop

# uvloop's own is 60 s. A connection counts against max_connections only after its handshake.
HANDSHAKE_WITHIN = 10.0


class Loop(uvloop.Loop):
    """Named to uvicorn as `parastore.server.loop:Loop`."""

    _listener: socket.socket | None = None
    _factory: Callable[[], asyncio.BaseProtocol]
    _tls: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self._accepting: set[asyncio.Task[Any]] = set()

    async def create_server(self, *args: Any, **kwargs: Any) -> Any:
        """See asyncio; a TLS handshake has HANDSHAKE_WITHIN."""
        if kwargs.get("ssl") is not None:
            kwargs.setdefault("ssl_handshake_timeout", HANDSHAKE_WITHIN)
        server = await super().create_server(*args, **kwargs)
        self._listener, self._factory = kwargs.get("sock"), args[0]
        self._tls = {name: value for name, value in kwargs.items() if name.startswith("ssl")}
        return server

    def accept_more(self, most: int) -> None:
        """Accept up to so many connections that wait at the socket that was given to `create_server`."""
        if self._listener is None:
            return
        for _ in range(most):
            try:
                connection = self._listener.accept()[0]
            except OSError:  # nobody waits, or there are no more files: libuv knows what to do then
                return
            task = self.create_task(self.connect_accepted_socket(self._factory, connection, **self._tls))
            self._accepting.add(task)
            task.add_done_callback(self._accepted)

    def _accepted(self, task: asyncio.Task[Any]) -> None:
        self._accepting.discard(task)
        if not task.cancelled():
            task.exception()  # a handshake that failed is the client's affair
