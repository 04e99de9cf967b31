"""Records given to others as they are written: stdout, syslog, a URL. The trail is what counts; this is news of it.

A process gives each record that it wrote, within a second. One that is killed does not give what it had not given yet,
and a sink that takes nothing for long misses the oldest; both are in the trail. `take` never waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from parastore.context import SecretValue

_MOST = 20_000  # records that wait for a sink: some 16 MB
_BATCH = 200
_TIMEOUT = 10.0  # seconds that a URL has to take a batch
_PRIORITY = 10 * 8 + 6  # authpriv.info
_log = logging.getLogger("parastore.audit")

Send = Callable[[Sequence[bytes]], None]  # blocks; raises OSError


class Sink:
    """One sink of one process, which `send` gives records to; see `sender`."""

    def __init__(self, name: str, send: Send) -> None:
        self.name = name
        self.missed = 0
        self._send = send
        self._waiting: deque[bytes] = deque()
        self._fails = False

    def take(self, records: Sequence[bytes]) -> None:
        """Give these some time later."""
        self._waiting.extend(records)
        while len(self._waiting) > _MOST:
            self._waiting.popleft()
            self.missed += 1

    @property
    def waiting(self) -> int:
        """How many are to be given."""
        return len(self._waiting)

    async def turn(self) -> bool:
        """Give some of what waits. True when more does."""
        some = [self._waiting[at] for at in range(min(_BATCH, len(self._waiting)))]
        if not some:
            return False
        missed = self.missed
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._send, some)
        except OSError as error:
            if not self._fails:
                _log.warning("audit records are not taken", extra={"sink": self.name, "reason": str(error)})
            self._fails = True
            return False
        if self._fails:
            _log.info("audit records are taken again", extra={"sink": self.name, "missed": self.missed})
        self._fails = False
        for _ in range(len(some) - (self.missed - missed)):
            self._waiting.popleft()
        return bool(self._waiting)

    async def close(self) -> None:
        """Give what waits, for as long as it is taken."""
        while await self.turn():
            pass


def all_of(sinks: Sequence[Sink]) -> Callable[[Sequence[bytes]], None]:
    """What gives records to all of these."""

    def take(records: Sequence[bytes]) -> None:
        for each in sinks:
            each.take(records)

    return take


def read_token(file: Path | None) -> SecretValue | None:
    """The token in a file. Raises OSError."""
    return None if file is None else SecretValue(file.read_text(encoding="utf-8").strip())


def sender(name: str, token: SecretValue | None = None) -> Send:
    """What gives records to `stdout`, `syslog` (or `syslog://host:port`), or an http or https URL."""
    if name == "stdout":
        return _to_stdout
    if name == "syslog" or name.startswith("syslog://"):
        return _syslog(name)
    return _http(name, token)


def _to_stdout(records: Sequence[bytes]) -> None:
    data = memoryview(b"".join(record + b"\n" for record in records))
    while data:
        data = data[os.write(1, data) :]


def _syslog(name: str) -> Send:
    parts = urlsplit(name)
    host = parts.hostname

    def send(records: Sequence[bytes]) -> None:
        family = socket.AF_INET6 if host and ":" in host else socket.AF_INET if host else socket.AF_UNIX
        address = (host, parts.port or 514) if host else "/dev/log"
        with contextlib.closing(socket.socket(family, socket.SOCK_DGRAM)) as sending:
            sending.settimeout(_TIMEOUT)
            sending.connect(address)
            for record in records:
                sending.send(b"<%d>parastore[%d]: %b" % (_PRIORITY, os.getpid(), record))

    return send


def _http(url: str, token: SecretValue | None) -> Send:
    import urllib3  # noqa: PLC0415 (a server without sinks has no need of it)

    pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", retries=False)
    headers = {"content-type": "application/json", "user-agent": "parastore"}
    if token is not None:
        headers["authorization"] = f"Bearer {token.reveal()}"

    def send(records: Sequence[bytes]) -> None:
        # The form of CloudTrail's own files.
        body = b'{"Records":[%b]}' % b",".join(records)
        try:
            timeout = urllib3.Timeout(total=_TIMEOUT)
            response = pool.request("POST", url, body=body, headers=headers, timeout=timeout, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise OSError(type(error).__name__) from None
        if not 200 <= response.status < 300:
            raise OSError(f"status {response.status}")

    return send
