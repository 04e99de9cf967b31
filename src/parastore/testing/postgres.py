"""A PostgreSQL of one's own, for one test or many: a private cluster that ends with whoever started it.

with Postgres() as postgres:
    url = postgres.create_database()
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

_INSTALLED = Path("/usr/lib/postgresql")
# A test's data need not outlast the machine.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "autovacuum_naptime": "5s",
}


def programs() -> Path:
    """Where the newest PostgreSQL's programs are. Raises RuntimeError when there is none."""
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")


def unprivileged(*command: str) -> list[str]:
    """The command as PostgreSQL wants to run, not as root; it ends with the program that starts it."""
    ended = ["setpriv", "--pdeathsig=INT"]
    if os.getuid() == 0:
        ended += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    return [*ended, *command]


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="parastore-pg-"))
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


class Postgres:
    """A cluster in a temporary folder, reached by a socket that only its owner can open."""

    def __init__(self, **settings: str) -> None:
        self._settings = _SETTINGS | settings
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path()

    def start(self) -> None:
        """Make the cluster, if it was not made before, and run it until `stop`."""
        bin_folder = programs()
        if self.folder == Path():
            self.folder = _new_folder()
            initdb = [str(bin_folder / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust"]
            initdb += ["--no-sync", "--locale=C.UTF-8", "-E", "UTF8"]
            subprocess.run(unprivileged(*initdb), check=True, capture_output=True, cwd="/")  # noqa: S603
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        command = [str(bin_folder / "postgres"), "-D", str(self.folder / "data"), f"-k{self.folder}", *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(unprivileged(*command), stdout=log, stderr=log, cwd="/")  # noqa: S603
        deadline = time.monotonic() + 30
        while not self._ready(bin_folder):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(encoding="utf-8"))
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT cuts connections off in order, SIGQUIT leaves it to recover at the next start."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def standby(self) -> Postgres:
        """Another one, to be started, that follows this one."""
        other = Postgres(**self._settings)
        other.folder = _new_folder()
        command = [str(programs() / "pg_basebackup"), "-h", str(self.folder), "-U", "postgres", "-c", "fast", "-R"]
        command += ["--no-sync", "-D", str(other.folder / "data")]
        subprocess.run(unprivileged(*command), check=True, capture_output=True, cwd="/")  # noqa: S603
        return other

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"db{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql:///{name}?host={self.folder}&user=postgres"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What a statement answers, by psql."""
        command = [
            str(programs() / "psql"),
            "-h",
            str(self.folder),
            "-U",
            "postgres",
            "-d",
            database,
            "-XAtqc",
            statement,
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        return done.stdout.strip()

    def __enter__(self) -> Postgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ready(self, bin_folder: Path) -> bool:
        asked = subprocess.run([bin_folder / "pg_isready", "-qh", self.folder], check=False)  # noqa: S603
        return asked.returncode == 0
