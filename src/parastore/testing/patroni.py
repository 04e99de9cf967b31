"""One PostgreSQL server under Patroni, which makes it the primary or a standby; see `parastore.testing.cluster`."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pwd
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from parastore.testing.network import Host
from parastore.testing.postgres import programs, unprivileged

# Patroni's own lower limits; with these a dead primary is replaced within TTL and a few seconds.
TTL, _LOOP, _RETRY = 20, 1, 3
# Patroni before 3.0.3 lets a leader that was suspended take back, from its successor, a key in etcd's version 3 API
# (https://github.com/patroni/patroni/pull/2689); in the version 2 API it compares first. Debian 12 has 3.0.2.
_SAFE_WITH_ETCD3 = (3, 0, 3)
_POSTGRES = {
    "max_connections": 100,
    "shared_buffers": "32MB",
    "wal_keep_size": "256MB",
    "wal_log_hints": "on",
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
}


class Member:
    """A Patroni, and the PostgreSQL under it, on `host` if it is not to be on this machine's own network."""

    def __init__(self, name: str, folder: Path, port: int, api: int, host: Host | None = None) -> None:
        self.name, self.folder, self.port, self.api, self.host = name, folder, port, api, host
        self.address = host.address if host is not None else "127.0.0.1"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where Patroni answers."""
        return f"http://{self.address}:{self.api}"

    def start(self, etcd: str, password: str) -> None:
        """Start it, for the first time or after it was killed; `etcd` is an address and a port."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        own(self.folder)
        config = self.folder / "patroni.json"
        config.write_text(json.dumps(self._config(etcd, password)), encoding="utf-8")
        config.chmod(0o600)
        own(config)
        self.process = start(self.folder.with_suffix(".log"), "patroni", str(config), host=self.host)

    def role(self) -> str:
        """What it says it is: primary, replica, or nothing."""
        try:
            with urllib.request.urlopen(f"{self.url}/patroni", timeout=2) as answer:  # noqa: S310 - our own program
                said = json.load(answer)
        except urllib.error.HTTPError as error:
            said = json.load(error)
        except (OSError, ValueError):
            return ""
        role = {"master": "primary"}.get(said.get("role"), said.get("role", ""))
        return role if said.get("state") == "running" else ""

    def postmaster(self) -> int:
        """PostgreSQL's first process. Raises OSError or ValueError when there is none."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0])

    def signal(self, number: signal.Signals) -> None:
        """Give all of its processes a signal: SIGKILL is a crash, SIGSTOP a machine that hangs."""
        assert self.process is not None
        pids = [self.process.pid]
        with contextlib.suppress(OSError, ValueError):
            postmaster = self.postmaster()
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
            pids += [postmaster, *map(int, children)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if number == signal.SIGKILL:
            self.process.wait(30)
            self.process = None

    def _config(self, etcd: str, password: str) -> dict[str, Any]:
        users = {name: {"username": name, "password": password} for name in ("postgres", "replicator")}
        network = "127.0.0.1/32" if self.host is None else f"{self.address}/24"
        allowed = [f"host {what} {network} scram-sha-256" for what in ("all all", "replication replicator")]
        return {
            "scope": "parastore",
            "name": self.name,
            "restapi": {"listen": f"{self.address}:{self.api}", "connect_address": f"{self.address}:{self.api}"},
            _etcd(): {"hosts": [etcd]},
            "bootstrap": {
                "dcs": {
                    "ttl": TTL,
                    "loop_wait": _LOOP,
                    "retry_timeout": _RETRY,
                    # What was acknowledged is on two servers, and only one that has it becomes the primary.
                    "synchronous_mode": True,
                    "primary_start_timeout": 0,
                    "postgresql": {"use_pg_rewind": True, "parameters": _POSTGRES},
                },
                "initdb": [
                    {"encoding": "UTF8"},
                    {"locale": "C.UTF-8"},
                    "data-checksums",
                    {"auth-host": "scram-sha-256"},
                ],
            },
            "postgresql": {
                "listen": f"{self.address}:{self.port}",
                "connect_address": f"{self.address}:{self.port}",
                "data_dir": str(self.folder / "data"),
                "bin_dir": str(programs()),
                "pgpass": str(self.folder / "pgpass"),
                "pg_hba": ["local all all peer", *allowed],
                "parameters": {"unix_socket_directories": str(self.folder)},
                "authentication": {"superuser": users["postgres"], "replication": users["replicator"]},
            },
        }


@functools.cache
def _etcd() -> str:
    said = subprocess.run(["patroni", "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    version = tuple(int(part) for part in said.split()[-1].split(".")[:3])
    return "etcd3" if version >= _SAFE_WITH_ETCD3 else "etcd"


def start(log: Path, *command: str, host: Host | None = None) -> subprocess.Popen[bytes]:
    """Run one of the cluster's programs as PostgreSQL's user."""
    whole = unprivileged(*command) if host is None else host.command(*unprivileged(*command))
    with log.open("ab") as file:
        return subprocess.Popen(whole, stdout=file, stderr=file, stdin=subprocess.DEVNULL, cwd="/")  # noqa: S603


def own(path: Path) -> None:
    """Give a file to PostgreSQL's user."""
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(path, user.pw_uid, user.pw_gid)
