"""Many connections that ask again and again, in a process of their own, and what they were answered.

`python -m tests.soak.crowd`, told by JSON on stdin; `ask` is what a test calls.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from parastore.sigv4.sign import Key, sign
from parastore.testing.server import Keys, Server

ROOT = Path(__file__).parents[2]
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "get": ("GetParameter", {"Name": "/crowd/{}"}),
    "path": ("GetParametersByPath", {"Path": "/crowd", "Recursive": True}),
    "describe": ("DescribeParameters", {"MaxResults": 50}),
    "put": ("PutParameter", {"Name": "/crowd/{}", "Value": "x" * 200, "Type": "SecureString", "Overwrite": True}),
}
_NAMES = 100
_PATIENCE = 60.0  # seconds for one answer
_PAUSE = 0.2  # seconds after a refusal, as an SDK would wait


class Answers(NamedTuple):
    """How many answers had each code ("" of a success), and the seconds that the slowest of them took."""

    counts: dict[str, int]
    slowest: dict[str, float]


def ask(server: Server, keys: Keys, *, connections: int, seconds: float, kinds: str, slow: int = 0) -> Answers:
    """Let so many connections ask, and `slow` more send a request byte by byte or never read their answers."""
    told = {
        "port": server.port,
        "key": [keys.access_key_id, keys.secret_access_key],
        "connections": connections,
        "seconds": seconds,
        "kinds": kinds.split(),
        "slow": slow,
    }
    command = [sys.executable, "-m", "tests.soak.crowd"]
    done = subprocess.run(command, input=json.dumps(told), check=True, capture_output=True, text=True, cwd=ROOT)
    return Answers(**json.loads(done.stdout))


class _Crowd:
    def __init__(self, told: dict[str, Any]) -> None:
        self._port: int = told["port"]
        self._key = Key(*told["key"])
        self._until = time.monotonic() + told["seconds"]
        self.counts: collections.Counter[str] = collections.Counter()
        self.slowest: dict[str, float] = {}
        self._requests = [self._request(*REQUESTS[kind], number) for kind in told["kinds"] for number in range(_NAMES)]

    async def act(self, connections: int, slow: int) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(self._client())
            for number in range(slow):
                group.create_task(self._drip() if number % 2 else self._deaf())

    def _request(self, operation: str, members: dict[str, Any], number: int) -> bytes:
        body = json.dumps(members).replace("{}", str(number)).encode()
        headers = {
            b"host": f"127.0.0.1:{self._port}".encode(),
            b"content-type": b"application/x-amz-json-1.1",
            b"x-amz-target": b"AmazonSSM." + operation.encode(),
        }
        signed = sign(self._key, "POST", b"/", b"", headers, body, region="us-east-1", service="ssm", now=time.time())
        lines = b"".join(b"%s: %s\r\n" % each for each in signed.items())
        return b"POST / HTTP/1.1\r\n%scontent-length: %d\r\n\r\n%s" % (lines, len(body), body)

    async def _client(self) -> None:
        await asyncio.sleep(random.random())
        while time.monotonic() < self._until:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    await self._converse(reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(_PAUSE)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        closes = False
        while time.monotonic() < self._until and not closes:
            began = time.monotonic()
            writer.write(random.choice(self._requests))
            async with asyncio.timeout(_PATIENCE):
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = await reader.readexactly(length)
            closes = b"connection: close" in head
            code = "" if b" 200 " in head[:15] else json.loads(body)["__type"]
            self.counts[code] += 1
            self.slowest[code] = max(self.slowest.get(code, 0.0), time.monotonic() - began)
            if code:
                await asyncio.sleep(_PAUSE)

    async def _drip(self) -> None:
        """Send a request byte by byte."""
        while time.monotonic() < self._until:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    for byte in random.choice(self._requests):
                        writer.write(bytes([byte]))
                        await writer.drain()
                        await asyncio.sleep(0.5)
                        if time.monotonic() > self._until:
                            return
                finally:
                    writer.close()

    async def _deaf(self) -> None:
        """Ask for much, and read nothing."""
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1)
            for _ in range(200):
                writer.write(random.choice(self._requests))
            await asyncio.sleep(max(0.0, self._until - time.monotonic()))
            writer.transport.abort()


if __name__ == "__main__":
    given = json.load(sys.stdin)
    crowd = _Crowd(given)
    asyncio.run(crowd.act(given["connections"], given["slow"]))
    json.dump({"counts": crowd.counts, "slowest": crowd.slowest}, sys.stdout)
