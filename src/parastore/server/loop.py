"""The event loop of a worker: uvloop, with a bound that uvicorn cannot set."""

from __future__ import annotations

from typing import Any

import uvloop

# uvloop's own is 60 s. A connection counts against max_connections only after its handshake.
HANDSHAKE_WITHIN = 10.0


class Loop(uvloop.Loop):
    """Named to uvicorn as `parastore.server.loop:Loop`."""

    async def create_server(self, *args: Any, **kwargs: Any) -> Any:
        """See asyncio; a TLS handshake has HANDSHAKE_WITHIN."""
        if kwargs.get("ssl") is not None:
            kwargs.setdefault("ssl_handshake_timeout", HANDSHAKE_WITHIN)
        return await super().create_server(*args, **kwargs)
