"""A server process of its own, for one test or many.

with Server(folder) as server:
    keys = server.new_account()
    boto3.client("ssm", endpoint_url=server.url, region_name="us-east-1", **keys.for_boto3())
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from parastore.context import SecretValue
from parastore.iam import rules
from parastore.iam.store import create_account, put_root_key
from parastore.seal.store import confirm
from parastore.server.location import DatabaseUrl, Location
from parastore.server.unlock import load_ring
from parastore.storage.protocol import Transaction


@dataclass(frozen=True, slots=True)
class Keys:
    """An account and its root access key."""

    account: str
    access_key_id: str
    secret_access_key: str

    def for_boto3(self) -> dict[str, str]:
        """Arguments of boto3.client and boto3.Session."""
        return {"aws_access_key_id": self.access_key_id, "aws_secret_access_key": self.secret_access_key}

    def for_environment(self) -> dict[str, str]:
        """Variables that every AWS client reads."""
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}


class Server:
    """`parastore serve` on a free port of 127.0.0.1. Settings are keyword arguments: `workers=2`, `tls_cert=...`.

    `log` holds what the server has written to stderr so far, one parsed JSON object for each line. `clock` names a file
    that says by how many milliseconds the server's clock is ahead (see `parastore.testing.clocked`). `new_database`
    gives the URL of the database that goes with a folder, when a test run is to be on PostgreSQL.
    """

    stdout: int | IO[bytes] = subprocess.DEVNULL
    new_database: Callable[[Path], str | None] = staticmethod(lambda folder: None)

    def __init__(self, folder: Path, *, clock: Path | None = None, **settings: Any) -> None:
        self.folder = folder
        self._command = ["parastore", "serve"] if clock is None else ["parastore.testing.clocked", str(clock)]
        self.log: list[dict[str, Any]] = []
        self.port = 0
        self._database = settings.get("database") or self.new_database(folder)
        self._settings = {"host": "127.0.0.1", "port": 0, "data_dir": folder, "log_format": "json"} | settings
        if self._database:
            self._settings["database"] = self._database
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def location(self) -> Location:
        return Location(self.folder, DatabaseUrl(self._database) if self._database else None)

    @property
    def url(self) -> str:
        scheme = "https" if "tls_cert" in self._settings else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, seconds: float = 20) -> None:
        """Start and wait until it listens. Raises RuntimeError with its log when it ends instead."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PARASTORE_")}
        environ |= {f"PARASTORE_{name.upper()}": str(value) for name, value in self._settings.items()}
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", *self._command],
            env=environ,
            stdout=self.stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
        heard = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process, heard), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + seconds
        while not heard.wait(0.05):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not start: {self.log}")

    def stop(self, seconds: float = 20) -> int:
        """Ask it to end (SIGTERM) and wait; its exit code."""
        return self._end(signal.SIGTERM, seconds)

    def kill(self) -> int:
        """End it at once (SIGKILL)."""
        return self._end(signal.SIGKILL, 20)

    def new_account(self) -> Keys:
        """A fresh account in the server's data folder."""
        return asyncio.run(self._new_account())

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read(self, process: subprocess.Popen[str], heard: threading.Event) -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                try:
                    entry = json.loads(line)
                except ValueError:
                    entry = {"event": line.rstrip("\n"), "level": "raw"}
                self.log.append(entry)
                if entry.get("event") == "listening":
                    self.port = entry["port"]
                    heard.set()

    def _end(self, number: int, seconds: float) -> int:
        assert self._process is not None
        assert self._reader is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        self._reader.join(5)
        return code

    async def _new_account(self) -> Keys:
        engine = self.location.open()
        try:
            ring = await load_ring(engine.read(), self.folder)
            keys = Keys(rules.new_account_id(), rules.new_access_key_id(), rules.new_secret())

            async def work(tx: Transaction) -> None:
                await confirm(tx, ring)
                now = time.time_ns() // 1_000_000
                await create_account(tx, keys.account, now)
                await put_root_key(tx, ring, keys.account, keys.access_key_id, SecretValue(keys.secret_access_key), now)

            await engine.write(work)
            return keys
        finally:
            await engine.close()
