"""What a read costs an application's machine: `python -m bench.cached PORT` reads through boto3 and prints CPU µs.

The other way is the agent, beside the application, with the parameter kept. Its processor time is counted, not its
clients': any program that can send one line of HTTP is one, and boto3 cannot be used by less than boto3.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from bench.drive import drive
from bench.requests import KEYS
from bench.targets import Target, agent

NAME = "/secret/s1"
CALLS = 500


class Read(NamedTuple):
    """CPU in microseconds for one read of a SecureString."""

    boto3: float
    agent: float


def measure(server: Target, folder: Path, seconds: float, connections: int) -> Read:
    """Both, one after the other, against a server that has NAME."""
    out = subprocess.check_output([sys.executable, "-m", "bench.cached", str(server.port)], text=True)
    beside = agent(folder, server)
    try:
        token = (folder / "agent.token").read_text()
        target = f"/systemsmanager/parameters/get?name={NAME}&withDecryption=true"
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Aws-Parameters-Secrets-Token: {token}\r\n\r\n".encode()
        drive(beside.port, [head], 0.2, 1)  # reads it once, and keeps it
        before = beside.cpu_seconds()
        load = drive(beside.port, [head], seconds, connections)
        return Read(float(out), (beside.cpu_seconds() - before) / load.answers * 1e6)
    finally:
        beside.stop()


def main(port: int) -> None:
    import boto3  # noqa: PLC0415 (only in the process that is measured)

    client = boto3.Session(KEYS.access_key_id, KEYS.secret_access_key, region_name="us-east-1").client(
        "ssm", endpoint_url=f"http://127.0.0.1:{port}"
    )
    client.get_parameter(Name=NAME, WithDecryption=True)
    began = time.process_time()
    for _ in range(CALLS):
        client.get_parameter(Name=NAME, WithDecryption=True)
    print((time.process_time() - began) / CALLS * 1e6)


if __name__ == "__main__":
    main(int(sys.argv[1]))
