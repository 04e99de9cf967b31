"""Run the server: one process, or a supervisor with several workers that share the listening socket.

The socket is opened first, so that a port in use is said before anything is written, and in the parent, so that port 0
is one port for all workers. Then comes the first start, then the workers. "listening" is logged when requests are
answered.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import logging.config
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Generator
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from parastore.seal.secret import Secrets
from parastore.server import logs
from parastore.server.app import OPERATORS, App, OpenService
from parastore.server.bind import listen, require_data_dir, tls_context
from parastore.server.errors import StartError
from parastore.server.front import REFUSED_CONNECTIONS, FrontProtocol
from parastore.server.settings import Settings

FirstStart = Callable[[Settings], Any]

# Files a worker needs beside its connections (database, logs, wake-up pipes), with room to spare.
OTHER_FILES = 256
WORKERS_READY_WITHIN = 60.0

_log = logging.getLogger("parastore.server")


def serve(settings: Settings, open_service: OpenService | None = None, first_start: FirstStart | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way and return. Raises StartError.

    `open_service` and `first_start` are the product's own unless given; several workers need an `open_service` that can
    be pickled. What `first_start` returns, if anything, has a `text()` that is printed once to stdout.
    """
    logging.config.dictConfig(logs.configuration(settings))
    secrets = Secrets.at_terminal()
    with _stop_signals() as stop, contextlib.closing(listen(settings)) as listener:
        if settings.tls_cert is not None:
            tls_context(settings)
        # The product is loaded only when it is served, not for a bare front.
        if open_service is None:
            from parastore.server import wiring  # noqa: PLC0415

            require_data_dir(settings.data_dir)
            open_service = functools.partial(wiring.open_service, secrets=secrets)
        if first_start is None:
            from parastore.server import bootstrap  # noqa: PLC0415

            first_start = functools.partial(bootstrap.first_start, secrets=secrets)
        try:
            made = first_start(settings)
        except OPERATORS as failure:
            raise start_error(failure) from failure
        secrets.settle()
        if made is not None:
            sys.stdout.write(made.text())
            sys.stdout.flush()
        _allow_files(settings)
        # The workers have no use for the first key, and a SecretValue is not pickled.
        settings = dataclasses.replace(settings, root_access_key_id=None, root_secret_access_key=None)
        if settings.workers == 1:
            _run_here(settings, open_service, listener, stop)
        else:
            _run_workers(settings, open_service, listener, stop)
    logs.emit(_log, logging.INFO, "stopped", pid=os.getpid())


def start_error(failure: Exception) -> StartError:
    """The failure as one line for an operator."""
    if isinstance(failure, StartError):
        return failure
    if isinstance(failure, OSError) and failure.strerror:
        where = f": {failure.filename}" if failure.filename else ""
        return StartError(f"{failure.strerror}{where}")
    return StartError(" ".join(str(failure).split()) or type(failure).__name__)


class _Stop:
    """Remembers a signal that came while nobody was there to handle it."""

    def __init__(self) -> None:
        self.serving = False
        self.requested = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        if not self.serving:
            raise SystemExit(0)


@contextlib.contextmanager
def _stop_signals() -> Generator[_Stop, None, None]:
    # uvicorn handles the signals while it serves, and raises them again when it is done; by default that would kill us.
    stop = _Stop()
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _allow_files(settings: Settings) -> None:
    # Debian starts processes with 1,024 open files allowed and lets them ask for more.
    needed = settings.max_connections + REFUSED_CONNECTIONS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and needed > hard:
        logs.emit(
            _log,
            logging.WARNING,
            "the limit of open files is below max_connections",
            max_connections=settings.max_connections,
            open_files=hard,
        )
        needed = hard
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _config(settings: Settings, make_app: Callable[[], Any]) -> uvicorn.Config:
    return uvicorn.Config(
        make_app,
        factory=True,
        interface="asgi3",
        lifespan="on",
        http=FrontProtocol,
        ws="none",
        loop="parastore.server.loop:Loop",
        workers=settings.workers,
        backlog=4096,
        log_config=logs.configuration(settings),
        access_log=False,
        proxy_headers=False,
        server_header=False,
        # Seconds; the annotation says int, asyncio.wait_for takes fractions.
        timeout_graceful_shutdown=settings.drain_timeout,  # type: ignore[arg-type]
        ssl_context_factory=functools.partial(_context_factory, settings) if settings.tls_cert else None,
    )


def _context_factory(settings: Settings, config: uvicorn.Config, default: Callable[[], Any]) -> Any:
    return tls_context(settings)


def _announce(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    logs.emit(
        _log,
        logging.INFO,
        "listening",
        host=host,
        port=port,
        pid=os.getpid(),
        tls=settings.tls_cert is not None,
        workers=settings.workers,
    )


def _run_here(settings: Settings, open_service: OpenService, listener: socket.socket, stop: _Stop) -> None:
    app = App(settings, open_service)
    server = _Server(_config(settings, lambda: app), stop, functools.partial(_announce, settings, listener))
    stop.serving = True
    with contextlib.suppress(SystemExit):
        # It exits when the application does not start; `failure` says why.
        server.run(sockets=[listener])
    if app.failure is None:
        return
    if not isinstance(app.failure, OPERATORS):
        logs.emit(_log, logging.ERROR, "failed", exc_info=app.failure)
    raise start_error(app.failure) from app.failure


class _Server(uvicorn.Server):
    """Says when it listens and when it drains."""

    def __init__(self, config: uvicorn.Config, stop: _Stop, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        await super().startup(sockets=sockets)
        self._announce()
        self.should_exit = self.should_exit or self._stop.requested

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        logs.emit(_log, logging.INFO, "draining", connections=len(self.server_state.connections))
        await super().shutdown(sockets=sockets)


def _run_workers(settings: Settings, open_service: OpenService, listener: socket.socket, stop: _Stop) -> None:
    config = _config(settings, functools.partial(App, settings, open_service))
    stop.serving = True
    supervisor = _Supervisor(config, listener, functools.partial(_announce, settings, listener))
    if not stop.requested:
        supervisor.run()
    if supervisor.failed:
        raise StartError("The workers cannot start; the log says why.")


class _Supervisor(Multiprocess):
    """Starts workers, and starts another when one dies."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, announce: Callable[[], None]) -> None:
        super().__init__(config, [listener])
        self.failed = False
        self._announce = announce

    def init_processes(self) -> None:
        """See Multiprocess."""
        super().init_processes()
        if all(process.wait_until_ready(WORKERS_READY_WITHIN, self.should_exit) for process in self.processes):
            self._announce()

    def keep_subprocess_alive(self) -> None:
        """See Multiprocess."""
        for process in self.processes:
            if process.exitcode is not None:
                self.failed = self.failed or process.exitcode == uvicorn.config.STARTUP_FAILURE
                logs.emit(_log, logging.WARNING, "worker died", worker=process.pid, exitcode=process.exitcode)
        super().keep_subprocess_alive()

    def terminate_all(self) -> None:
        """See Multiprocess."""
        logs.emit(_log, logging.INFO, "draining", workers=len(self.processes))
        # While this copy is open the kernel goes on taking connections that nobody will answer.
        for listener in self.sockets:
            listener.close()
        super().terminate_all()
