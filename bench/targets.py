"""The servers that are measured, each a process of its own on 127.0.0.1."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.fill import fill
from bench.requests import KEYS
from parastore.server.location import Location
from parastore.testing.server import Keys

_HERTZ = os.sysconf("SC_CLK_TCK")


class Target:
    """A running server: where it is, and what it uses."""

    def __init__(self, name: str, command: list[str], folder: Path, environ: dict[str, str] | None = None) -> None:
        self.name = name
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._log = (folder / f"{name}.log").open("w")
        started = time.monotonic()
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env=os.environ | (environ or {}),
            stdout=self._log,
            stderr=self._log,
        )
        self.seconds_to_first_answer = self._await_answer(started)

    def _await_answer(self, started: float) -> float:
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended: {Path(self._log.name).read_text()}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return time.monotonic() - started
            except urllib.error.HTTPError:
                return time.monotonic() - started
            except OSError:
                time.sleep(0.005)

    def cpu_seconds(self) -> float:
        """Processor time used so far, in user and kernel mode."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _HERTZ

    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self._log.close()


def parastore(folder: Path, parameters: int) -> Target:
    """Parastore with one worker and so many parameters."""
    location = Location(folder / f"data-{parameters}")
    node(f"first start {parameters}", location, folder).stop()
    asyncio.run(fill(location, range(parameters)))
    return node(f"Parastore, {parameters:,} parameters", location, folder)


def node(name: str, location: Location, folder: Path) -> Target:
    """Parastore with one worker on that data, which it makes if there is none; its log goes to `folder`."""
    environ = {
        "PARASTORE_DATA_DIR": str(location.folder),
        "PARASTORE_ACCOUNT_ID": KEYS.account,
        "PARASTORE_ROOT_ACCESS_KEY_ID": KEYS.access_key_id,
        "PARASTORE_ROOT_SECRET_ACCESS_KEY": KEYS.secret_access_key,
    }
    if location.database is not None:
        environ["PARASTORE_DATABASE"] = location.database.reveal()
    return Target(name, [sys.executable, "-m", "parastore", "serve"], folder, environ)


def unguarded(folder: Path, parameters: int) -> Target:
    """The same without an audit trail, on a copy of the data folder; its root key is subject to no policy."""
    data = folder / "data-unguarded"
    shutil.copytree(folder / f"data-{parameters}", data)
    command = [sys.executable, "-m", "bench.unguarded"]
    return Target("Parastore, neither policies nor audit", command, folder, {"PARASTORE_DATA_DIR": str(data)})


def reader(server: Target) -> Keys:
    """The key of a user who may read parameters and decrypt, by a policy."""
    import boto3  # noqa: PLC0415 (it is heavy, and the processes that import this file are measured)

    session = boto3.Session(KEYS.access_key_id, KEYS.secret_access_key, region_name="us-east-1")
    iam = session.client("iam", endpoint_url=f"http://127.0.0.1:{server.port}")
    iam.create_user(UserName="reader")
    statement = {"Effect": "Allow", "Action": ["ssm:Get*", "kms:Decrypt"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    return Keys(KEYS.account, made["AccessKeyId"], made["SecretAccessKey"])


def moto(folder: Path) -> Target:
    """The moto server, empty."""
    return Target("moto", [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1"], folder)


def agent(folder: Path, server: Target) -> Target:
    """The agent in front of a server; its token is in `agent.token`."""
    environ = {
        "AWS_ENDPOINT_URL_SSM": f"http://127.0.0.1:{server.port}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key,
    }
    command = [sys.executable, "-m", "parastore", "agent", "--token-file", str(folder / "agent.token")]
    return Target("agent", command, folder, environ)


def bare_front(folder: Path) -> Target:
    """Our HTTP front with one fixed answer."""
    return Target("bare front", [sys.executable, "-m", "bench.bare_front"], folder)


def send(port: int, request: bytes) -> bytes:
    """The answer's body to one request, on a connection of its own (moto closes them anyway). Raises RuntimeError."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(request)
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body)
        return body
