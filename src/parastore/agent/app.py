"""The HTTP answers. What is in the cache is answered without waiting for anything."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from parastore.agent.cache import Cache, Relayed, Unreachable
from parastore.agent.disk import Disk, DiskError
from parastore.agent.metrics import Metrics
from parastore.agent.rules import PATHS, BadRequest, Lookup, read_lookup

TOKEN_HEADER = b"x-aws-parameters-secrets-token"
SAVE_EVERY = 1.0  # seconds
_MEMO = 4096  # query strings whose look-ups are remembered
_LENGTH = b"content-length"
_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")

Send = Callable[[dict[str, Any]], Awaitable[None]]
_log = logging.getLogger("parastore.agent")


class Api:
    """An ASGI application for HTTP. `token` is what clients must show."""

    def __init__(self, cache: Cache, metrics: Metrics, token: str) -> None:
        self._cache = cache
        self._metrics = metrics
        self._token = token.encode()
        self._lookups: dict[tuple[str, bytes], Lookup] = {}

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        path: str = scope["path"]
        service = PATHS.get(path.rstrip("/"))
        if service is None:
            await self._other(path, send)
            return
        if scope["method"] != "GET":
            await self._text(send, 405, "only GET is allowed", (b"allow", b"GET"))
            return
        given = [value for name, value in scope["headers"] if name == TOKEN_HEADER]
        if not given or not all(hmac.compare_digest(each, self._token) for each in given):
            await self._text(send, 401, "X-Aws-Parameters-Secrets-Token is missing or wrong")
            return
        try:
            lookup = self._lookup(service, scope["query_string"])
            body = self._cache.fresh(lookup)
            if body is None:
                body = await self._cache.get(lookup)
        except BadRequest as error:
            await self._text(send, 400, str(error))
        except Relayed as error:
            await self._text(send, error.status, str(error))
        except Unreachable as error:
            _log.warning("the server cannot be reached: %s", error)
            await self._text(send, 500, "an unexpected error occurred while executing request")
        else:
            await self._send(send, 200, body, _JSON)

    def _lookup(self, service: str, query: bytes) -> Lookup:
        lookup = self._lookups.get((service, query))
        if lookup is None:
            lookup = read_lookup(service, query)
            if len(self._lookups) >= _MEMO:
                self._lookups.clear()
            self._lookups[service, query] = lookup
        return lookup

    async def _other(self, path: str, send: Send) -> None:
        if path == "/metrics":
            body, kind = self._metrics.render()
            await self._send(send, 200, body, (b"content-type", kind.encode()))
        elif path in ("/healthz", "/readyz"):
            await self._text(send, 200, "ok")
        else:
            await self._text(send, 404, f"there is nothing here but {', '.join(PATHS)}")

    async def _text(self, send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
        await self._send(send, status, f"{text}\n".encode(), _TEXT, *headers)

    async def _send(self, send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
        self._metrics.answers.labels(status).inc()
        head = [*headers, (_LENGTH, b"%d" % len(body)), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})


class Saver:
    """Saves the cache to the disk a moment after it changed. A disk that fails is told, and fails nothing else."""

    def __init__(self, disk: Disk, cache: Callable[[], Cache], metrics: Callable[[], Metrics]) -> None:
        self._disk = disk
        self._cache = cache
        self._metrics = metrics
        self._due: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(SAVE_EVERY, self.save)

    def save(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        try:
            self._disk.save(self._cache().items())
        except DiskError as error:
            self._metrics().disk_failures.inc()
            _log.warning("%s", error)
