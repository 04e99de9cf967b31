"""A server in a thread of this process, in a folder in memory: it starts in a fraction of a second.

    with Embedded() as server:
        keys = server.new_account()
        boto3.client("ssm", endpoint_url=server.url, region_name="us-east-1", **keys.for_boto3())

It is the whole server, on a port of 127.0.0.1, and durable for as long as it lives; only its workers and its log are
not there. Its clock can be moved, and its faults chosen for each account (`parastore.testing.unwell`).
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

import uvicorn

from parastore.context import SecretValue
from parastore.iam import rules
from parastore.iam.store import create_account, put_root_key
from parastore.seal.keyring import KeyRing
from parastore.server.app import App
from parastore.server.bind import listen
from parastore.server.bootstrap import first_start
from parastore.server.ephemeral import ephemeral_folder
from parastore.server.front import FrontProtocol
from parastore.server.settings import Settings
from parastore.server.unlock import load_ring
from parastore.server.wiring import open_service
from parastore.storage.protocol import Transaction
from parastore.storage.sqlite import SqliteEngine, open_sqlite
from parastore.testing.server import Keys
from parastore.testing.unwell import Fault, UnwellService
from parastore.wire.http import Service


class MovedClock:
    """The real time and an offset, in milliseconds."""

    def __init__(self) -> None:
        self.offset = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset


class Embedded:
    """Settings of `parastore serve` are those of `settings`; its data folder and its port are its own."""

    def __init__(self, settings: Settings = Settings()) -> None:  # noqa: B008 (it is frozen)
        self._settings = settings
        self.clock = MovedClock()
        self.port = 0
        self.folder = Path()
        self._stack = contextlib.ExitStack()
        self._unwell: UnwellService | None = None
        self._admin: _Admin | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and return when requests are answered. Raises StartError."""
        self.folder = self._stack.enter_context(ephemeral_folder())
        settings = dataclasses.replace(self._settings, host="127.0.0.1", port=0, data_dir=self.folder)
        listener = self._stack.enter_context(contextlib.closing(listen(settings)))
        self.port = listener.getsockname()[1]
        self._admin = self._stack.enter_context(_Admin(settings))
        config = uvicorn.Config(
            App(settings, self._open),
            interface="asgi3",
            lifespan="on",
            http=FrontProtocol,
            ws="none",
            loop="parastore.server.loop:Loop",
            log_config=None,  # the log of this process is the tests'
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="parastore", daemon=True)

        def stop() -> None:
            server.should_exit = True
            thread.join(10)

        thread.start()
        self._stack.callback(stop)
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start; the log says why")
            time.sleep(0.002)

    def stop(self) -> None:
        """End it, and forget its data."""
        self._stack.close()

    def new_account(self) -> Keys:
        """A fresh account with a root access key."""
        assert self._admin is not None
        return self._admin.new_account(self.clock())

    def set_faults(self, keys: Keys, faults: list[Fault]) -> None:
        """What goes wrong for an account from now on."""
        assert self._unwell is not None
        self._unwell.faults[keys.access_key_id.encode()] = faults

    @contextlib.asynccontextmanager
    async def _open(self, settings: Settings) -> AsyncIterator[Service]:
        async with open_service(settings, clock=self.clock) as service:
            self._unwell = UnwellService(service)
            yield self._unwell

    def __enter__(self) -> Embedded:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Admin:
    """Makes accounts, with an engine and an event loop of its own: a test may be in a loop of its own itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="parastore-accounts", daemon=True)
        self._engine: SqliteEngine | None = None
        self._ring: KeyRing | None = None

    def __enter__(self) -> _Admin:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(self._settings.data_dir), self._loop).result(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            asyncio.run_coroutine_threadsafe(self._engine.close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def new_account(self, now: int) -> Keys:
        return asyncio.run_coroutine_threadsafe(self._new_account(now), self._loop).result(30)

    async def _open(self, folder: Path) -> None:
        await asyncio.to_thread(first_start, self._settings)
        self._engine = open_sqlite(folder)
        self._ring = await load_ring(self._engine.read(), folder)

    async def _new_account(self, now: int) -> Keys:
        assert self._engine is not None
        keys = Keys(rules.new_account_id(), rules.new_access_key_id(), rules.new_secret())

        async def work(tx: Transaction) -> None:
            assert self._ring is not None
            await create_account(tx, keys.account, now)
            secret = SecretValue(keys.secret_access_key)
            await put_root_key(tx, self._ring, keys.account, keys.access_key_id, secret, now)

        await self._engine.write(work)
        return keys
