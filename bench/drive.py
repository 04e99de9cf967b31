"""Drivers: put load on a server from another process, and say how it went.

wrk where it is installed; otherwise this file itself, run as a program, which is slower but measures the same things
(the server's processor time is what counts, and a slow driver does not change that).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_LUA = """
local requests = {}
local file = io.open("%(file)s", "rb")
local data = file:read("*a")
file:close()
local at = 1
while at <= #data do
  local stop = data:find("\\n", at, true)
  local size = tonumber(data:sub(at, stop - 1))
  requests[#requests + 1] = data:sub(stop + 1, stop + size)
  at = stop + size + 1
end
local turn = 0
request = function()
  turn = turn %% #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  print(string.format("RESULT %%d %%d %%d %%d %%d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a driver saw: answers, seconds, latencies in milliseconds, answers that were no 200."""

    answers: int
    seconds: float
    p50: float
    p99: float
    failures: int


def drive(port: int, requests: list[bytes], seconds: float, connections: int) -> Load:
    """Send the requests over and over for so long, on so many connections. Raises RuntimeError when any is refused."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "requests"
        file.write_bytes(b"".join(f"{len(each)}\n".encode() + each for each in requests))
        load = (_wrk if shutil.which("wrk") else _python)(port, file, seconds, connections)
    if load.failures:
        raise RuntimeError(f"{load.failures} of {load.answers} requests were refused")
    return load


def _wrk(port: int, file: Path, seconds: float, connections: int) -> Load:
    script = file.with_suffix(".lua")
    script.write_text(_LUA % {"file": file})
    # A batch process does not interrupt another when it wakes: as if the driver were on a machine of its own, the
    # server answers what has come before the driver looks at the answers.
    command = [
        "chrt",
        "--batch",
        "0",
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{max(round(seconds), 1)}s",
        "-s",
        str(script),
    ]
    ran = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    match = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", ran.stdout)
    if match is None:
        raise RuntimeError(f"wrk said: {ran.stdout} {ran.stderr}")
    answers, microseconds, p50, p99, failures = map(int, match.groups())
    return Load(answers, microseconds / 1e6, p50 / 1000, p99 / 1000, failures)


def _python(port: int, file: Path, seconds: float, connections: int) -> Load:
    command = [sys.executable, "-m", "bench.drive", str(port), str(file), str(seconds), str(connections)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return Load(**json.loads(ran.stdout))


def _read(file: Path) -> list[bytes]:
    data, at, requests = file.read_bytes(), 0, []
    while at < len(data):
        stop = data.index(b"\n", at)
        size = int(data[at:stop])
        requests.append(data[stop + 1 : stop + 1 + size])
        at = stop + 1 + size
    return requests


async def _client(port: int, requests: list[bytes], first: int, until: float, times: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    failures, turn = 0, first
    while time.monotonic() < until:
        started = time.monotonic()
        writer.write(requests[turn % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        await reader.readexactly(int(found[1]) if found else 0)
        times.append(time.monotonic() - started)
        failures += not head.startswith(b"HTTP/1.1 200")
        turn += 1
        if re.search(rb"(?i)\nconnection: *close", head):
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()
    return failures


async def _load(port: int, file: Path, seconds: float, connections: int) -> dict[str, float]:
    requests, times = _read(file), list[float]()
    started = time.monotonic()
    jobs = [_client(port, requests, n * 97, started + seconds, times) for n in range(connections)]
    failures = sum(await asyncio.gather(*jobs))
    times.sort()
    return {
        "answers": len(times),
        "seconds": time.monotonic() - started,
        "p50": times[len(times) // 2] * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
        "failures": failures,
    }


if __name__ == "__main__":
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    port, file, seconds, connections = sys.argv[1:]
    print(json.dumps(asyncio.run(_load(int(port), Path(file), float(seconds), int(connections)))))
