"""A highly available PostgreSQL on this machine: three servers under Patroni, etcd to agree on the primary, HAProxy.

    python -m parastore.testing.cluster      three Parastore nodes on it behind one port, until Ctrl-C

Everything runs as the user `postgres` (as oneself, when not root), listens on 127.0.0.1 and ends with its starter; with
`Cluster(network=True)` each server is a host of a network of its own, and can be cut off. The packages are Debian's:
postgresql, patroni, etcd-server, haproxy.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from parastore.testing.network import Network
from parastore.testing.patroni import Member, own, start
from parastore.testing.postgres import programs
from parastore.testing.server import Server

SERVERS = 3
DATABASES = ("parastore", "probe")  # ours, and one to try the cluster itself with
# Without `timeout check` HAProxy gives a check no longer than its interval: who is busy for half a second is taken for
# dead, and all its load goes to the next.
_PROXY = """
global
  maxconn 2000
  log stdout format raw local0 notice
defaults
  log global
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 3s
  retries 1
  default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
listen primary
  mode tcp
  bind 127.0.0.1:{database}
  option httpchk GET /primary
  http-check expect status 200
{servers}
"""
_NODES = """
global
  log stdout format raw local0 notice
defaults
  log global
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 3s
  default-server inter 1s fastinter 500ms fall 2 rise 1
listen parastore
  mode http
  bind 127.0.0.1:{port}
  option httpchk GET /readyz
  http-check expect status 200
  balance roundrobin
  option redispatch
{servers}
"""


class Cluster:
    """The database cluster and, once `add_nodes` was called, Parastore nodes behind `url`.

    `logs` is a folder that the logs of everything are copied to when something raised.
    """

    def __init__(self, *, network: bool = False, logs: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parastore-cluster-"))
        own(self.folder)
        self.network = Network() if network else None
        self._logs = logs
        self._password = secrets.token_urlsafe(24)
        ports = _free_ports(4 + 2 * SERVERS)
        self._etcd, self._peer, self.database_port, self.port = ports[:4]
        self.members = [
            Member(
                f"pg{number}",
                self.folder / f"pg{number}",
                ports[4 + 2 * number],
                ports[5 + 2 * number],
                self.network.add_host() if self.network is not None else None,
            )
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
        return self.database_named("parastore")

    def database_named(self, name: str) -> str:
        """The URL of one of `DATABASES`."""
        return f"postgresql://parastore:{self._password}@127.0.0.1:{self.database_port}/{name}"

    def start(self) -> None:
        """Start everything and wait until there is a primary with a standby in step."""
        clients = f"http://{self._here}:{self._etcd}"
        etcd = [
            *("etcd", "--name", "one", "--data-dir", str(self.folder / "etcd"), "--enable-v2=true"),
            *("--listen-client-urls", clients, "--advertise-client-urls", clients),
            *("--listen-peer-urls", f"http://127.0.0.1:{self._peer}"),
            *("--initial-advertise-peer-urls", f"http://127.0.0.1:{self._peer}"),
            *("--initial-cluster", f"one=http://127.0.0.1:{self._peer}"),
        ]
        self._run("etcd", *etcd)
        self.start_member(self.members[0])
        self.wait_for_primary(60)
        for member in self.members[1:]:
            self.start_member(member)
        self._proxy("primary", _PROXY.format(database=self.database_port, servers=self._servers()))
        self.wait_for_standby(60)
        self._make_databases()

    def start_member(self, member: Member) -> None:
        """Start a server, for the first time or after it was killed."""
        member.start(f"{self._here}:{self._etcd}", self._password)

    def primary(self) -> Member:
        """The primary. Raises RuntimeError when there is none."""
        for member in self.members:
            if member.process is not None and member.role() == "primary":
                return member
        raise RuntimeError("there is no primary")

    def wait_for_primary(self, seconds: float, besides: Member | None = None) -> Member:
        """Wait until there is one, another than `besides`."""
        deadline = time.monotonic() + seconds
        while True:
            for member in self.members:
                if member is not besides and member.process is not None and member.role() == "primary":
                    return member
            self._wait(deadline, "no primary")

    def wait_for_standby(self, seconds: float) -> None:
        """Wait until a standby is synchronous, so that the next failover loses nothing."""
        deadline = time.monotonic() + seconds
        while not any(_answers(f"{member.url}/synchronous") for member in self.members):
            self._wait(deadline, "no synchronous standby")

    def add_nodes(self, number: int = 3, **settings: Any) -> None:
        """Start Parastore nodes on the database, and the load balancer before them.

        Each has a clock of its own, which `skew` moves.
        """
        for position in range(number):
            folder = self.folder / f"node{position}"
            if position:
                folder.mkdir(mode=0o700)
                shutil.copy2(self.folder / "node0" / "root.key", folder)
            clock = self.folder / f"node{position}.clock"
            clock.write_text("0", encoding="ascii")
            node = Server(folder, clock=clock, database=self.database, port=_free_ports(1)[0], **settings)
            node.start(60)
            self.nodes.append(node)
        servers = "\n".join(f"  server node{node.port} 127.0.0.1:{node.port} check" for node in self.nodes)
        self._proxy("nodes", _NODES.format(port=self.port, servers=servers))
        deadline = time.monotonic() + 20
        while not _answers(f"{self.url}/readyz"):
            self._wait(deadline, "the load balancer has no node")

    def skew(self, node: Server, seconds: float) -> None:
        """Move a node's clock so far ahead of the real one."""
        node.folder.with_suffix(".clock").write_text(str(int(seconds * 1000)), encoding="ascii")

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
        if self.network is not None:
            self.network.close()
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
        if error is not None and self._logs is not None:
            self.keep_logs(self._logs)
        self.stop()

    def keep_logs(self, folder: Path) -> None:
        """Copy the logs of everything to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for log in self.folder.glob("*.log"):
            shutil.copyfile(log, folder / log.name)
        for node in self.nodes:
            lines = "".join(json.dumps(entry) + "\n" for entry in node.log)
            (folder / f"{node.folder.name}.log").write_text(lines, encoding="utf-8")

    @property
    def _here(self) -> str:
        return self.network.address if self.network is not None else "127.0.0.1"

    def _make_databases(self) -> None:
        deadline = time.monotonic() + 30
        psql = [str(programs() / "psql"), "-h", "127.0.0.1", "-p", str(self.database_port), "-U", "postgres", "-Xq"]
        made = (f"CREATE DATABASE {name} OWNER parastore" for name in DATABASES)
        for sql in (f"CREATE ROLE parastore LOGIN PASSWORD '{self._password}'", *made):
            environ = os.environ | {"PGPASSWORD": self._password}
            while subprocess.run(  # noqa: S603 - our own words
                psql, input=sql.encode(), env=environ, check=False, capture_output=True
            ).returncode:
                self._wait(deadline, "the database cannot be made")

    def _servers(self) -> str:
        return "\n".join(
            f"  server {member.name} {member.address}:{member.port} check port {member.api}" for member in self.members
        )

    def _proxy(self, name: str, text: str) -> None:
        config = self.folder / f"{name}.cfg"
        config.write_text(text, encoding="utf-8")
        own(config)
        self._run(name, "/usr/sbin/haproxy", "-db", "-f", str(config))

    def _run(self, name: str, *command: str) -> None:
        self._processes.append(start(self.folder / f"{name}.log", *command))

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
