"""Hosts of a network of their own on this machine, each of which can be cut off: what a pulled cable does.

    with Network() as network:
        host = network.add_host()
        subprocess.Popen(host.command("postgres", ...))     # listens on host.address
        host.cut()                                          # nothing comes in or out, and nobody is told
        host.mend()

Each host is a network namespace, and all are joined by a bridge in one more; this machine has `network.address` there.
It takes root (CAP_NET_ADMIN). The namespaces live as long as the processes that hold them, which end with their
starter, so nothing is left behind.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from pathlib import Path
from types import TracebackType

_NAMESPACE = ("unshare", "--net")
_MINE = Path("/proc/self/ns/net")


class Namespace:
    """A network of its own, which a process that does nothing holds open."""

    def __init__(self) -> None:
        hold = ["setpriv", "--pdeathsig=KILL", *_NAMESPACE, "sleep", "infinity"]
        self._holder = subprocess.Popen(hold)  # noqa: S603 - our own words
        self._path = Path(f"/proc/{self._holder.pid}/ns/net")
        deadline = time.monotonic() + 10
        while self._path.readlink() == _MINE.readlink():
            if self._holder.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("there is no network namespace to be had")
            time.sleep(0.01)
        self.ip("link", "set", "lo", "up")

    @property
    def pid(self) -> int:
        """The process that holds it."""
        return self._holder.pid

    def command(self, *command: str) -> list[str]:
        """The command as it runs in there."""
        return ["nsenter", f"--net={self._path}", *command]

    def ip(self, *words: str) -> None:
        """Run `ip` in there."""
        _run(*self.command("ip", *words))

    def close(self) -> None:
        """Let go of it; it ends with the last process in it."""
        self._holder.kill()
        self._holder.wait()


class Host(Namespace):
    """A namespace with an address on the network."""

    def __init__(self, switch: Namespace, number: int, address: str) -> None:
        super().__init__()
        self.address = address
        self._switch = switch
        self._port = f"port{number}"
        switch.ip("link", "add", self._port, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        switch.ip("link", "set", self._port, "master", "switch", "up")
        self.ip("address", "add", f"{address}/24", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")

    def cut(self) -> None:
        """Lose everything that is sent to it or from it."""
        self._switch.ip("link", "set", self._port, "down")

    def mend(self) -> None:
        """Undo `cut`."""
        self._switch.ip("link", "set", self._port, "up")


class Network:
    """A network of hosts. `address` is this machine's in it."""

    def __init__(self) -> None:
        # 198.18.0.0/15 is for tests of networks (RFC 2544); several may run at once.
        self._prefix = f"198.18.{secrets.randbelow(254) + 1}"
        self.address = f"{self._prefix}.1"
        self.hosts: list[Host] = []
        self._switch = Namespace()
        self._switch.ip("link", "add", "switch", "type", "bridge")
        self._switch.ip("link", "set", "switch", "up")
        here = f"ps{self._switch.pid}"
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", "here", "netns", str(self._switch.pid))
        self._switch.ip("link", "set", "here", "master", "switch", "up")
        _run("ip", "address", "add", f"{self.address}/24", "dev", here)
        _run("ip", "link", "set", here, "up")

    @staticmethod
    def possible() -> bool:
        """Whether this machine lets us make one."""
        if os.getuid() != 0:
            return False
        make = [*_NAMESPACE, "ip", "link", "add", "switch", "type", "bridge"]
        return subprocess.run(make, check=False, capture_output=True).returncode == 0  # noqa: S603

    def add_host(self) -> Host:
        """One more host."""
        number = len(self.hosts) + 2
        self.hosts.append(Host(self._switch, number, f"{self._prefix}.{number}"))
        return self.hosts[-1]

    def close(self) -> None:
        """Remove it all."""
        for namespace in (*self.hosts, self._switch):
            namespace.close()

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
