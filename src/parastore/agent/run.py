"""Run the agent until SIGTERM or SIGINT, on the server's own HTTP front, whose bounds hold for its clients too."""

from __future__ import annotations

import contextlib
import logging
import logging.config
import secrets
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import uvicorn

import parastore
from parastore.agent.app import Api, Saver
from parastore.agent.cache import Cache
from parastore.agent.disk import Disk, DiskError
from parastore.agent.fetch import Fetcher
from parastore.agent.metrics import Metrics
from parastore.agent.rules import AgentSettings
from parastore.client.connect import Place, explained
from parastore.server import logs
from parastore.server.bind import listen
from parastore.server.front import FrontProtocol
from parastore.server.settings import Settings
from parastore.server.turn import begin_each
from parastore.server.worker import Worker
from parastore.wire.http import Begun, HttpRequest, HttpResponse, new_request_id

_log = logging.getLogger("parastore.agent")


class Options(NamedTuple):
    """What the agent was told beside the extension's variables."""

    host: str
    place: Place
    token: str
    stale: bool
    disk: Path | None
    disk_key: Path | None


class NoToken(Exception):
    """There is no token that clients could show."""


def read_token(environ: Mapping[str, str], file: Path | None) -> str:
    """The token: a file's content, made if it is not there; else AWS_SESSION_TOKEN. Raises NoToken."""
    if file is not None:
        try:
            with contextlib.suppress(FileExistsError):
                file.touch(0o600, exist_ok=False)
                file.write_text(secrets.token_urlsafe(32), encoding="ascii")
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise NoToken(f"cannot use the token file {file}: {error}") from None
    else:
        token = environ.get("AWS_SESSION_TOKEN", "")
    if not token:
        raise NoToken(
            "clients show AWS_SESSION_TOKEN, and there is none: give --token-file, and they show what is in it"
        )
    return token


def serve(settings: AgentSettings, options: Options) -> None:
    """Serve. Raises StartError, Failure, DiskError."""
    server_settings = Settings(host=options.host, port=settings.port, log_level=settings.log_level)
    logging.config.dictConfig(logs.configuration(server_settings))
    # uvicorn raises the signal that ended it once more when it is done; by default that would kill us.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    with contextlib.closing(listen(server_settings)) as listener:
        app = _Agent(settings, options, server_settings)
        config = uvicorn.Config(
            app,
            interface="asgi3",
            lifespan="on",
            http=FrontProtocol,
            ws="none",
            loop="parastore.server.loop:Loop",
            log_config=logs.configuration(server_settings),
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        host, port = listener.getsockname()[:2]
        logs.emit(_log, logging.INFO, "listening", host=host, port=port, version=parastore.__version__)
        uvicorn.Server(config).run(sockets=[listener])


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


class _Agent:
    """The ASGI application, and what lives as long as it does."""

    def __init__(self, settings: AgentSettings, options: Options, server_settings: Settings) -> None:
        with explained():
            self._fetcher = Fetcher(options.place, settings)
            identity = self._fetcher.identity()
        self._server_settings = server_settings
        self._metrics = Metrics(lambda: len(self._cache))
        disk = None
        if options.disk is not None:
            disk = Disk(options.disk, options.disk_key or options.disk.with_suffix(".key"), identity)
        self._saver = Saver(disk, lambda: self._cache, lambda: self._metrics) if disk else None
        changed = self._saver.changed if self._saver else _nothing
        self._cache = Cache(settings, self._fetcher, self._metrics.count, stale=options.stale, changed=changed)
        if disk is not None:
            self._load(disk)
        self._api = Api(self._cache, self._metrics, options.token)

    def _load(self, disk: Disk) -> None:
        try:
            for lookup, body, age in disk.load():
                self._cache.load(lookup, body, age)
        except DiskError as error:
            # It is only a cache: one that cannot be read is replaced.
            logs.emit(_log, logging.WARNING, "the disk cache is not used", reason=str(error))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._api(scope, receive, send)
            return
        await receive()
        worker = Worker(_NoPosts(), self._server_settings)
        scope["state"].update(service=worker.service, worker=worker)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        worker.stop()
        self._fetcher.close()
        if self._saver:
            self._saver.save()
        await send({"type": "lifespan.shutdown.complete"})


def _nothing() -> None:
    """There is no disk to save to."""


class _NoPosts:
    """`POST /` is the AWS API, which is not here."""

    async def handle(self, request: HttpRequest) -> HttpResponse:
        return self.shed(request)

    def shed(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(405, b"only GET is allowed\n", new_request_id(), b"text/plain")

    def begin(self, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
        return begin_each(self.handle, requests)

    async def ready(self) -> str | None:
        return None

    async def metrics(self) -> tuple[bytes, str]:
        return b"", "text/plain"
