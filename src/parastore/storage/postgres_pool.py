"""The connections that read: some, made when they are needed, and given back after every statement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from parastore.storage.postgres_connect import PATIENCE, PAUSE, Hosts, arguments, end
from parastore.storage.postgres_failures import FAILURES, passes, storage_error


class ReadPool:
    """Connections to servers of the kind `target`. `forget` is called when what came over one may be out of date."""

    def __init__(self, url: str, connections: int, forget: Callable[[], None], target: str = "primary") -> None:
        self._hosts = Hosts(url)
        self._connections = connections
        self._forget = forget
        self._target = target
        self._pool: Any = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def run(self, method: str, sql: str, args: tuple[Any, ...], patience: float = PATIENCE) -> Any:
        """Run one statement that reads, again and again while the database cannot be reached. Raises StorageError."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while True:
            url = self._hosts.url
            try:
                pool = self._pool or await self._open()
                async with pool.acquire(timeout=PATIENCE) as connection:
                    return await getattr(connection, method)(sql, *args)
            except asyncpg.ReadOnlySQLTransactionError as error:
                raise storage_error(error) from error
            except FAILURES as error:
                if isinstance(error, TimeoutError):
                    self._hosts.failed(url)
                if self._closed or not passes(error) or loop.time() > until:
                    raise storage_error(error) from error
            # What breaks once is of a server that may be gone; the next connections may be to another.
            if self._pool is not None:
                self._pool.set_connect_args(**self._arguments())
                await self._pool.expire_connections()
            self._forget()
            await asyncio.sleep(PAUSE)

    def size(self) -> dict[str, int]:
        """How many connections are open, and how many of them are in use."""
        size = self._pool.get_size() if self._pool is not None else 0
        return {"open": size, "used": size - self._pool.get_idle_size() if size else 0}

    def give_up(self) -> None:
        """Try nothing again that fails from now on."""
        self._closed = True

    async def close(self) -> None:
        """Close them all."""
        self._closed = True
        if self._pool is not None:
            await end(self._pool)

    def _arguments(self) -> dict[str, Any]:
        return arguments(self._hosts.url, {"default_transaction_read_only": "on"}, self._target) | {
            "command_timeout": PATIENCE
        }

    async def _open(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    **self._arguments(), min_size=0, max_size=self._connections, reset=_no_reset
                )
        return self._pool


async def _no_reset(connection: Any) -> None:
    """Readers leave nothing behind; asyncpg's own reset costs a round trip for each statement."""
