"""A highly available PostgreSQL on this machine: three servers under Patroni, etcd to agree on the primary, HAProxy.

    python -m parastore.testing.cluster      three Parastore nodes on it behind one port, until Ctrl-C

Everything runs as the user `postgres` (as oneself, when not root), listens on 127.0.0.1 and ends with its starter. The
packages are Debian's: postgresql, patroni, etcd-server, haproxy.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from parastore.testing.postgres import programs, unprivileged
from parastore.testing.server import Server

SERVERS = 3
# Patroni's own lower limits; with these a dead primary is replaced within TTL and a few seconds.
_TTL, _LOOP, _RETRY = 20, 1, 3
_POSTGRES = {
    "max_connections": 100,
    "shared_buffers": "32MB",
    "wal_keep_size": "256MB",
    "wal_log_hints": "on",
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
}
_PROXY = """
global
  maxconn 2000
defaults
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  retries 1
  default-server inter 500ms fastinter 250ms fall 2 rise 1 on-marked-down shutdown-sessions
listen primary
  mode tcp
  bind 127.0.0.1:{database}
  option httpchk GET /primary
  http-check expect status 200
{servers}
"""
_NODES = """
defaults
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  default-server inter 500ms fall 2 rise 1
listen parastore
  mode http
  bind 127.0.0.1:{port}
  option httpchk GET /readyz
  http-check expect status 200
  balance roundrobin
  option redispatch
{servers}
"""


class _Member:
    """One server of the cluster: a Patroni, and the PostgreSQL under it."""

    def __init__(self, name: str, folder: Path, port: int, api: int) -> None:
        self.name, self.folder, self.port, self.api = name, folder, port, api
        self.process: subprocess.Popen[bytes] | None = None

    def role(self) -> str:
        """What it says it is: primary, replica, or nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.api}/patroni", timeout=2) as answer:
                said = json.load(answer)
        except urllib.error.HTTPError as error:
            said = json.load(error)
        except (OSError, ValueError):
            return ""
        role = {"master": "primary"}.get(said.get("role"), said.get("role", ""))
        return role if said.get("state") == "running" else ""

    def pids(self) -> list[int]:
        """Patroni, the postmaster and its children."""
        assert self.process is not None
        found = [self.process.pid]
        with contextlib.suppress(OSError, ValueError, IndexError):
            postmaster = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            found += [postmaster, *map(int, children)]
        return found

    def signal(self, number: signal.Signals) -> None:
        """Give all of its processes a signal: SIGKILL is a crash, SIGSTOP a machine that hangs."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if number == signal.SIGKILL and self.process is not None:
            self.process.wait(30)
            self.process = None


class Cluster:
    """The database cluster and, once `add_nodes` was called, Parastore nodes behind `url`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parastore-cluster-"))
        self._own(self.folder)
        self._password = secrets.token_urlsafe(24)
        ports = _free_ports(4 + 2 * SERVERS)
        self._etcd, self._peer, self.database_port, self.port = ports[:4]
        self.members = [
            _Member(f"pg{number}", self.folder / f"pg{number}", *ports[4 + 2 * number : 6 + 2 * number])
            for number in range(SERVERS)
        ]
        self.nodes: list[Server] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Where Parastore answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """The database's URL, with its password."""
        return f"postgresql://parastore:{self._password}@127.0.0.1:{self.database_port}/parastore"

    def start(self) -> None:
        """Start everything and wait until there is a primary with a standby in step."""
        etcd = [
            *("etcd", "--name", "one", "--data-dir", str(self.folder / "etcd")),
            *("--listen-client-urls", f"http://127.0.0.1:{self._etcd}"),
            *("--advertise-client-urls", f"http://127.0.0.1:{self._etcd}"),
            *("--listen-peer-urls", f"http://127.0.0.1:{self._peer}"),
            *("--initial-advertise-peer-urls", f"http://127.0.0.1:{self._peer}"),
            *("--initial-cluster", f"one=http://127.0.0.1:{self._peer}"),
        ]
        self._run("etcd", etcd)
        self.start_member(self.members[0])
        self.wait_for_primary(60)
        for member in self.members[1:]:
            self.start_member(member)
        self._proxy("primary", _PROXY.format(database=self.database_port, servers=self._servers()))
        self.wait_for_standby(60)
        self._make_database()

    def start_member(self, member: _Member) -> None:
        """Start a server, for the first time or after it was killed."""
        member.folder.mkdir(mode=0o700, exist_ok=True)
        self._own(member.folder)
        config = member.folder / "patroni.json"
        config.write_text(json.dumps(self._patroni(member)), encoding="utf-8")
        config.chmod(0o600)
        self._own(config)
        member.process = self._popen(member.name, ["patroni", str(config)])

    def primary(self) -> _Member:
        """The primary. Raises RuntimeError when there is none."""
        for member in self.members:
            if member.process is not None and member.role() == "primary":
                return member
        raise RuntimeError("there is no primary")

    def wait_for_primary(self, seconds: float) -> _Member:
        """Wait until there is one."""
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(RuntimeError):
                return self.primary()
            self._wait(deadline, "no primary")

    def wait_for_standby(self, seconds: float) -> None:
        """Wait until a standby is synchronous, so that the next failover loses nothing."""
        deadline = time.monotonic() + seconds
        while not any(_answers(f"http://127.0.0.1:{member.api}/synchronous") for member in self.members):
            self._wait(deadline, "no synchronous standby")

    def add_nodes(self, number: int = 3, **settings: Any) -> None:
        """Start Parastore nodes on the database, and the load balancer before them."""
        for position in range(number):
            folder = self.folder / f"node{position}"
            if position:
                folder.mkdir(mode=0o700)
                shutil.copy2(self.folder / "node0" / "root.key", folder)
            node = Server(folder, database=self.database, port=_free_ports(1)[0], **settings)
            node.start(60)
            self.nodes.append(node)
        servers = "\n".join(f"  server node{node.port} 127.0.0.1:{node.port} check" for node in self.nodes)
        self._proxy("nodes", _NODES.format(port=self.port, servers=servers))
        deadline = time.monotonic() + 20
        while not _answers(f"{self.url}/readyz"):
            self._wait(deadline, "the load balancer has no node")

    def stop(self) -> None:
        """End everything, and remove what it left."""
        for node in self.nodes:
            with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
                node.kill()
        for member in self.members:
            if member.process is not None:
                member.signal(signal.SIGCONT)
                member.signal(signal.SIGKILL)
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Cluster:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _patroni(self, member: _Member) -> dict[str, Any]:
        users = {name: {"username": name, "password": self._password} for name in ("postgres", "replicator")}
        allowed = ["host all all 127.0.0.1/32 scram-sha-256", "host replication replicator 127.0.0.1/32 scram-sha-256"]
        return {
            "scope": "parastore",
            "name": member.name,
            "restapi": {"listen": f"127.0.0.1:{member.api}", "connect_address": f"127.0.0.1:{member.api}"},
            "etcd3": {"hosts": [f"127.0.0.1:{self._etcd}"]},
            "bootstrap": {
                "dcs": {
                    "ttl": _TTL,
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
                "listen": f"127.0.0.1:{member.port}",
                "connect_address": f"127.0.0.1:{member.port}",
                "data_dir": str(member.folder / "data"),
                "bin_dir": str(programs()),
                "pgpass": str(member.folder / "pgpass"),
                "pg_hba": ["local all all peer", *allowed],
                "parameters": {"unix_socket_directories": str(member.folder)},
                "authentication": {"superuser": users["postgres"], "replication": users["replicator"]},
            },
        }

    def _make_database(self) -> None:
        deadline = time.monotonic() + 30
        statement = f"CREATE ROLE parastore LOGIN PASSWORD '{self._password}'"
        for sql in (statement, "CREATE DATABASE parastore OWNER parastore"):
            command = [
                str(programs() / "psql"),
                "-h",
                "127.0.0.1",
                "-p",
                str(self.database_port),
                "-U",
                "postgres",
                "-Xq",
            ]
            environ = os.environ | {"PGPASSWORD": self._password}
            while subprocess.run(  # noqa: S603 - our own words
                command, input=sql.encode(), env=environ, check=False, capture_output=True
            ).returncode:
                self._wait(deadline, "the database cannot be made")

    def _servers(self) -> str:
        return "\n".join(
            f"  server {member.name} 127.0.0.1:{member.port} check port {member.api}" for member in self.members
        )

    def _proxy(self, name: str, text: str) -> None:
        config = self.folder / f"{name}.cfg"
        config.write_text(text, encoding="utf-8")
        self._own(config)
        self._run(name, ["/usr/sbin/haproxy", "-db", "-f", str(config)])

    def _run(self, name: str, command: list[str]) -> None:
        self._processes.append(self._popen(name, command))

    def _popen(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own programs
                unprivileged(*command), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/"
            )

    def _own(self, path: Path) -> None:
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(path, user.pw_uid, user.pw_gid)

    def _wait(self, deadline: float, what: str) -> None:
        if time.monotonic() > deadline:
            logs = "".join(f"\n{log.name}: {log.read_text()[-2000:]}" for log in sorted(self.folder.glob("*.log")))
            raise RuntimeError(f"{what}{logs}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own programs
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def main() -> None:
    """Run a cluster with nodes until it is interrupted."""
    with Cluster() as cluster:
        cluster.add_nodes()
        keys = cluster.nodes[0].new_account()
        lines = [
            f"Parastore answers at {cluster.url}, from three nodes:",
            *(f"  {node.url}  (pid {node.pid})" for node in cluster.nodes),
            "PostgreSQL:",
            *(f"  127.0.0.1:{each.port}  {each.name}  {each.role()}" for each in cluster.members),
            "An account to try it with:",
            *(f"  export {name}={value}" for name, value in keys.for_environment().items()),
            f"  export AWS_ENDPOINT_URL={cluster.url} AWS_REGION=us-east-1",
            f"Logs are in {cluster.folder}. Ctrl-C ends it all.",
        ]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
