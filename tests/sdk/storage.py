"""What no API does yet, done to a running server's storage: a key disabled, an access key made inactive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from parastore.events import store
from parastore.storage.protocol import Transaction
from parastore.testing.server import Server

T = TypeVar("T")


def change(server: Server, sql: str, *args: Any) -> int:
    """Execute one statement, `$1` being the first argument; the rows it changed."""
    return transact(server, lambda tx: tx.execute(sql, *args))


def query(server: Server, sql: str, *args: Any) -> list[Any]:
    """The rows of one SELECT."""
    return transact(server, lambda tx: tx.fetch_all(sql, *args))


def listen(server: Server) -> None:
    """Have events stored from now on, as for a sink that is down."""
    transact(server, lambda tx: store.register(tx, "test"))


def stored_files(server: Server) -> Iterator[Path]:
    """Every file that what the server stores is in."""
    folder = server.folder
    if server.location.database is not None:
        ((name,),) = query(server, "SHOW data_directory")  # with the log of all that was ever written
        folder = Path(name)
    return (path for path in folder.rglob("*") if path.is_file())


def transact(server: Server, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run `work` in one transaction beside the server."""

    async def run() -> T:
        engine = server.location.open()
        try:
            return await engine.write(work)
        finally:
            await engine.close()

    return asyncio.run(run())
