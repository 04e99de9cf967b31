"""A server to be tested: the front with a service that does what X-Amz-Target says, in a process of its own.

`python -m tests.unit.server.served --port 0` takes the options of `parastore serve`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from parastore.server.errors import StartError
from parastore.server.run import serve
from parastore.server.settings import Settings, resolve
from parastore.server.turn import begin_each
from parastore.wire.http import Begun, HttpRequest, HttpResponse

ROOT = Path(__file__).parents[3]
REQUEST_ID = "00000000-0000-4000-8000-000000000000"


class ScriptedService:
    """Echo: what arrived. Sleep: as long as the body says, then echo the body. Size: as many bytes as the body says.
    Spin: let nobody else do anything for as long as the body says.

    Crash, SlowCrash: raise. Finished: how many sleeps have ended. Anything else: echo the body at once.
    """

    def __init__(self) -> None:
        self.finished = 0
        self.not_ready: str | None = None

    async def handle(self, request: HttpRequest) -> HttpResponse:
        match request.headers.get(b"x-amz-target", b"").decode():
            case "Echo":
                return answer(json.dumps(seen(request)).encode())
            case "Sleep":
                await asyncio.sleep(float(request.body))
                self.finished += 1
            case "Size":
                return answer(b"x" * int(request.body))
            case "Crash":
                raise RuntimeError("crashed as told")
            case "Spin":
                until = time.monotonic() + float(request.body)
                while time.monotonic() < until:
                    pass
            case "SlowCrash":
                await asyncio.sleep(0.01)
                raise RuntimeError("crashed as told")
            case "Finished":
                return answer(b"%d" % self.finished)
            case "Exit":
                os._exit(9)
            case "Pid":
                return answer(b"%d" % os.getpid())
        return answer(request.body)

    def begin(self, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
        return begin_each(self.handle, requests)

    def shed(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(400, b"shed", REQUEST_ID)

    async def metrics(self) -> tuple[bytes, str]:
        return b"", "text/plain"

    async def ready(self) -> str | None:
        return self.not_ready


def answer(body: bytes) -> HttpResponse:
    return HttpResponse(200, body, REQUEST_ID)


def seen(request: HttpRequest) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path.decode(),
        "query": request.query.decode(),
        "headers": {name.decode(): value.decode() for name, value in request.headers.items()},
        "body": request.body.decode(),
        "client": request.client,
        "secure": request.secure,
    }


@asynccontextmanager
async def open_scripted(settings: Settings) -> AsyncIterator[ScriptedService]:
    if settings.account_id == "0" * 12:
        raise OSError(28, "No space left on device", "parastore.db")
    if settings.account_id == "1" * 12:
        raise KeyError("a bug")
    yield ScriptedService()


def nothing_to_make(settings: Settings) -> None:
    """In place of the first start."""


class Server:
    """A server process. `log` grows while it runs; `stop` ends it as an operator would."""

    def __init__(self, *arguments: str, module: str = "tests.unit.server.served") -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PARASTORE_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "--port", "0", "--log-format", "json", *arguments],
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environ,
        )
        self._text = b""
        self.port: int = self.wait_for("listening")["port"]

    @property
    def log(self) -> list[dict[str, Any]]:
        self._read(0)
        return [json.loads(line) for line in self._text.splitlines()]

    def wait_for(self, event: str, within: float = 15) -> dict[str, Any]:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for line in self._text.splitlines(keepends=True):
                if line.endswith(b"\n") and (entry := json.loads(line))["event"] == event:
                    assert isinstance(entry, dict)
                    return entry
            if not self._read(0.5) and self.process.poll() is not None:
                break
        raise AssertionError(f"no {event!r} in the log: {self._text.decode()}")

    def _read(self, timeout: float) -> bool:
        assert self.process.stderr is not None
        read = False
        while select.select([self.process.stderr], [], [], 0 if read else timeout)[0]:
            data = os.read(self.process.stderr.fileno(), 65536)
            if not data:
                break
            self._text += data
            read = True
        return read

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, data: bytes) -> bytes:
        """All that the server sends on a connection on which nothing but `data` is sent."""
        with self.connect() as connection:
            connection.sendall(data)
            return read_all(connection)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        self._read(0.1)
        return code

    def memory(self) -> int:
        """Resident bytes."""
        [line] = [
            line
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        ]
        return int(line.split()[1]) * 1024

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[Server]:
    server = Server(*arguments)
    try:
        yield server
    finally:
        server.close()


def post(body: bytes = b"", *headers: bytes, target: str = "") -> bytes:
    """A request of the AWS API, without a signature."""
    lines = [b"POST / HTTP/1.1", b"Host: localhost", b"Content-Length: %d" % len(body), *headers]
    if target:
        lines.append(b"X-Amz-Target: " + target.encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def read_all(connection: socket.socket) -> bytes:
    """Until the server closes; a reset counts as that."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65536):
            received += data
    return received


def main(arguments: Sequence[str]) -> None:
    flags = {
        name.removeprefix("--").replace("-", "_"): value for name, value in zip(*[iter(arguments)] * 2, strict=True)
    }
    try:
        serve(resolve(flags).settings, open_scripted, nothing_to_make)
    except StartError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
