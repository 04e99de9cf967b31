"""A data folder in every bad state: at start one clear line and exit code 1; later AWS's 500 for that request, and when
the fault is gone the server goes on. Never a traceback for an operator's mistake, never a value in a log.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.faults.ledger import errors
from tests.folders import check, in_folder, make_folder

from parastore.server.check import CannotCheck
from parastore.testing.server import Server
from parastore.testing.wire import Answer, Wire

pytestmark = pytest.mark.sqlite("its files, damaged, moved, locked or full")

VALUE = "value-that-must-not-be-seen"
UNRECORDED = "ServiceUnavailableException"
INTERNAL = {"__type": "InternalServerError", "Message": "An internal error occurred."}


def start(folder: Path, prepare: str = "") -> subprocess.CompletedProcess[str]:
    """Try to serve a folder that cannot be served. `prepare` is run by the same process first."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PARASTORE_")}
    serve = [sys.executable, "-m", "parastore", "serve", "--port", "0", "--data-dir", str(folder)]
    script = f"import os, sys\n{prepare}\nos.execv(sys.executable, {serve})"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


def reason(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line that says why it did not start."""
    assert ended.returncode == 1, ended
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    lines = [line for line in ended.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, ended.stderr
    return lines[0]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults") / "data"
    make_folder(folder)

    async def fill(opened: Any) -> None:
        for number in range(300):
            await opened.put(f"/a/{number}", f"{VALUE}-{number}", "SecureString" if number % 2 else "String")

    in_folder(folder, fill)
    return folder


@pytest.fixture
def folder(template: Path, data_folder: Path) -> Path:
    shutil.copytree(template, data_folder)
    data_folder.chmod(0o700)
    return data_folder


# At start


def flip(path: Path, start: int, stop: int | None = None) -> None:
    content = bytearray(path.read_bytes())
    stop = stop or len(content)
    content[start:stop] = bytes(byte ^ 0xA5 for byte in content[start:stop])
    path.write_bytes(content)


def truncate(path: Path, size: int) -> None:
    os.truncate(path, size)


DAMAGE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "not a database": (
        lambda folder: (folder / "parastore.db").write_bytes(b"something else entirely " * 500),
        "is no database, or is damaged: keep a copy and restore a backup",
    ),
    "header gone": (lambda folder: flip(folder / "parastore.db", 0, 100), "is no database, or is damaged"),
    "schema gone": (lambda folder: flip(folder / "parastore.db", 100, 4096), "the database is damaged"),
    "every page": (lambda folder: flip(folder / "parastore.db", 4096), "the database is damaged"),
    "cut short": (lambda folder: truncate(folder / "parastore.db", 8192), "the database is damaged"),
    "emptied": (lambda folder: truncate(folder / "parastore.db", 0), "parastore.db is gone or empty: put it back"),
    "deleted": (lambda folder: (folder / "parastore.db").unlink(), "parastore.db is gone or empty: put it back"),
    "no root key": (lambda folder: (folder / "root.key").unlink(), "root.key is missing: put it back"),
    "another root key": (
        lambda folder: (folder / "root.key").write_text(f"parastore-root-key-1 {'A' * 43}=\n", "ascii"),
        "the root key does not fit this data",
    ),
    "no root key in it": (
        lambda folder: (folder / "root.key").write_text("hello\n", "ascii"),
        "is no Parastore root key",
    ),
    "root key open to others": (lambda folder: (folder / "root.key").chmod(0o640), "can be read by others: chmod 600"),
    "folder open to others": (lambda folder: folder.chmod(0o755), "is open to others: chmod 700"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_folder_that_cannot_be_served_is_refused_in_one_line(folder: Path, name: str) -> None:
    damage, words = DAMAGE[name]
    damage(folder)
    before = {each.name: each.read_bytes() for each in folder.iterdir() if each.suffix not in (".db-shm", ".db-wal")}
    assert words in reason(start(folder))
    # Nothing was made, mended or thrown away.
    for each, content in before.items():
        assert (folder / each).read_bytes() == content or (each == "parastore.db" and len(content) > 4096), each
    assert {each.name for each in folder.iterdir()} - set(before) <= {"parastore.db-wal", "parastore.db-shm"}


def test_a_page_that_is_damaged_elsewhere_is_found_by_the_check(folder: Path) -> None:
    size = (folder / "parastore.db").stat().st_size
    flip(folder / "parastore.db", size - 2 * 4096)
    try:
        assert check(folder)
    except CannotCheck as error:
        assert "the database is damaged" in str(error)  # noqa: PT017 - either will do


# Root opens everything whatever its mode; without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH it is like anybody else.
LIKE_ANYBODY = """
import ctypes
for capability in (1, 2):
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
        os._exit(77)
"""


def test_a_folder_that_is_read_only_is_refused(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        ended = start(folder, LIKE_ANYBODY)
    finally:
        folder.chmod(0o700)
    if ended.returncode == 77:
        pytest.skip("may not give up rights here")
    assert "cannot be written by this user" in reason(ended)


def test_a_database_that_is_read_only_is_refused(folder: Path) -> None:
    (folder / "parastore.db").chmod(0o400)
    ended = start(folder, LIKE_ANYBODY)
    if ended.returncode == 77:
        pytest.skip("may not give up rights here")
    assert "the database is read-only: check the owner and mode" in reason(ended)


@pytest.mark.parametrize("room", [0, 2000, 5000, 50_000])
def test_a_first_start_without_room_leaves_nothing_half_made(data_folder: Path, room: int) -> None:
    ended = start(data_folder, f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))")
    assert re.search(r"the disk (is full|failed)|File too large|disk I/O error", reason(ended)), ended.stderr
    with Server(data_folder) as server:  # and the next start is a first start
        keys = server.new_account()
        wire = Wire(server.port, keys)
        assert put(wire, "/a", 1).status == 200
        wire.close()
    assert check(data_folder) == []


@contextlib.contextmanager
def foreign_lock(folder: Path) -> Iterator[None]:
    """Another program, which knows nothing of us, holds the database exclusively."""
    script = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN EXCLUSIVE')\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder / "parastore.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield
        process.kill()


def test_a_database_that_somebody_keeps_locked_is_refused(folder: Path) -> None:
    with foreign_lock(folder):
        assert "another program keeps the database locked" in reason(start(folder))


# While it runs


def put(wire: Wire, name: str, number: int, **members: Any) -> Answer:
    return wire.call(
        "PutParameter", Name=name, Value=f"{VALUE}-{number}", Type="SecureString", Overwrite=True, **members
    )


def get(wire: Wire, name: str) -> Answer:
    return wire.call("GetParameter", Name=name, WithDecryption=True)


def is_unrecorded(answer: Answer) -> bool:
    return answer.status == 503 and "audit trail cannot be written" in answer.body["Message"]


def asked(server: Server, path: str) -> tuple[int, str | None]:
    """A health check's status and reason."""
    try:
        with urllib.request.urlopen(server.url + path) as answer:
            return answer.status, json.load(answer).get("reason")
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)["reason"]


def counted(server: Server, labels: str) -> float:
    with urllib.request.urlopen(server.url + "/metrics") as answer:
        found = re.search(re.escape(f"parastore_requests_total{labels}") + r" (\S+)", answer.read().decode())
    return float(found[1]) if found else 0.0


def assert_refused(server: Server, answer: Answer, cause: str) -> None:
    """The 500 of the AWS API, which says nothing; the log says why, under the request's id, and shows no value.

    Where the refusal cannot be recorded either, it is the 503 of a call without an audit record.
    """
    assert (answer.status, answer.body) == (500, INTERNAL) or is_unrecorded(answer)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        entries = [entry for entry in server.log if entry.get("request_id") == answer.request_id]
        if entries:
            break
        time.sleep(0.01)
    assert len(entries) == 1
    assert entries[0]["level"] == "error"
    assert re.search(cause, entries[0]["error"]), entries
    assert VALUE not in json.dumps(server.log)


@pytest.fixture(params=[1, 2], ids=["1 worker", "2 workers"])
def served(request: pytest.FixtureRequest, data_folder: Path) -> Iterator[tuple[Server, Wire]]:
    """A server of its own with one parameter /a, version 1; afterwards its folder must be without a fault."""
    with Server(data_folder, workers=request.param) as server:
        wire = Wire(server.port, server.new_account())
        assert put(wire, "/a", 1).status == 200
        yield server, wire
        wire.close()
    assert check(data_folder) == []


def processes(server: Server) -> list[int]:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    return [server.pid, *map(int, children)]


def assert_goes_on(server: Server, wire: Wire, version: int = 2) -> None:
    """The server reads and writes as if nothing had been."""
    assert get(wire, "/a").body["Parameter"]["Version"] == version - 1
    answer = put(wire, "/a", version)
    assert (answer.status, answer.body.get("Version")) == (200, version), answer
    assert get(wire, "/a").body["Parameter"]["Value"] == f"{VALUE}-{version}"
    assert get(wire, "/new").status == 400


def test_a_full_disk_refuses_what_cannot_be_kept(served: tuple[Server, Wire]) -> None:
    """No file may grow. What makes a file grow fails as on a full disk, and later works: reads too, as their record."""
    server, wire = served
    for pid in processes(server):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    for _ in range(5):
        assert_refused(server, put(wire, "/a", 99), "the disk failed|the disk is full")
        assert_refused(server, put(wire, "/new", 99), "the disk failed|the disk is full")
        assert_refused(server, wire.call("DeleteParameter", Name="/a"), "the disk failed|the disk is full")
        answer = get(wire, "/a")
        assert is_unrecorded(answer) or answer.body["Parameter"]["Value"] == f"{VALUE}-1"
        answer = get(wire, "/new")
        assert is_unrecorded(answer) or answer.status == 400
    assert is_unrecorded(get(wire, "/a"))
    alone = len(processes(server)) == 1
    if alone:
        # Who balances load sends nobody here, and who watches sees what clients see.
        status, why = asked(server, "/readyz")
        assert (status, (why or "").partition(":")[0]) == (503, "the audit trail cannot be written")
        unrecorded = f'{{code="{UNRECORDED}",operation="ssm:GetParameter"}}'
        assert counted(server, unrecorded) >= 1
        answered = counted(server, '{code="",operation="ssm:GetParameter"}')
        assert is_unrecorded(get(wire, "/a"))
        assert counted(server, '{code="",operation="ssm:GetParameter"}') == answered
    for pid in processes(server):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    if alone:  # it finds out by itself, without a request
        deadline = time.monotonic() + 10
        while asked(server, "/readyz")[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert asked(server, "/readyz") == (200, None)
    assert_goes_on(server, wire)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "parastore-test", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("may not mount a file system here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_file_system_that_is_really_full(small_disk: Path) -> None:
    folder = small_disk / "data"
    with Server(folder) as server:
        wire = Wire(server.port, server.new_account())
        assert put(wire, "/a", 1).status == 200
        ballast = small_disk / "ballast"
        versions = {}
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        for number in range(400):  # what the log and the database still have room for
            answer = wire.call("PutParameter", Name=f"/b/{number}", Value=VALUE * 100, Type="String")
            if answer.status == 200:
                versions[f"/b/{number}"] = 1
            else:
                assert_refused(server, answer, "the disk is full")
        assert len(versions) < 400
        assert is_unrecorded(get(wire, "/a"))
        assert check(folder) == []
        ballast.unlink()
        assert_goes_on(server, wire)
        for number in range(400):
            answer = wire.call("GetParameter", Name=f"/b/{number}")
            assert answer.status == (200 if f"/b/{number}" in versions else 400)
        wire.close()
    assert check(folder) == []


def test_a_foreign_lock_refuses_writes_after_a_while_and_no_reads(served: tuple[Server, Wire]) -> None:
    server, wire = served
    with foreign_lock(server.folder):
        answers: list[tuple[Answer, float]] = []

        def write(number: int) -> None:
            own = Wire(wire.port, wire.keys)
            began = time.monotonic()
            answers.append((put(own, "/a", number), time.monotonic() - began))
            own.close()

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
            time.sleep(0.1)
        while any(thread.is_alive() for thread in threads):
            assert get(wire, "/a").body["Parameter"]["Value"] == f"{VALUE}-1"
            time.sleep(0.05)
        for answer, waited in answers:
            assert_refused(server, answer, "another program keeps the database locked")
            assert waited >= 4
    assert max(waited for _, waited in answers) < 2 * min(waited for _, waited in answers)
    assert_goes_on(server, wire)


def test_a_deleted_database_is_not_written_past(served: tuple[Server, Wire]) -> None:
    server, wire = served
    away = server.folder / "away"
    away.mkdir()
    files = [each for each in server.folder.iterdir() if each.name.startswith("parastore.db")]
    for each in files:
        each.rename(away / each.name)
    for _ in range(3):
        assert_refused(server, put(wire, "/a", 99), "moved, deleted or replaced: put it back")
        assert_refused(server, wire.call("DeleteParameter", Name="/a"), "moved, deleted or replaced: put it back")
        assert get(wire, "/a").body["Parameter"]["Value"] == f"{VALUE}-1"
    for each in files:
        (away / each.name).rename(each)
    away.rmdir()
    assert_goes_on(server, wire)


def test_a_database_damaged_under_way_is_refused_and_never_answered_wrongly(folder: Path) -> None:
    path = folder / "parastore.db"
    with Server(folder) as server:
        wire = Wire(server.port, server.new_account())
        for number in range(200):
            assert put(wire, f"/a/{number}", number).status == 200
        with contextlib.closing(apsw.Connection(str(path))) as connection:
            # All of it into the database file, and out of everybody's memory.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            whole = path.read_bytes()
            connection.execute("UPDATE installation SET value = value")
            with path.open("r+b") as file:  # in place: the server has it open
                file.seek(len(whole) // 2)
                file.write(os.urandom(len(whole) - len(whole) // 2))
        refused = 0
        for number in range(200):
            answer = get(wire, f"/a/{number}")
            if answer.status == 500:
                refused += 1
                assert_refused(server, answer, "the database is damaged|altered or moved|the disk failed")
            else:
                assert answer.body["Parameter"]["Value"] == f"{VALUE}-{number}"
        assert refused
        wire.close()
        server.kill()
    for extra in ("parastore.db-wal", "parastore.db-shm"):
        (folder / extra).unlink(missing_ok=True)
    path.write_bytes(whole)  # the backup
    assert check(folder) == []


def test_errors_of_a_healthy_server_are_none(served: tuple[Server, Wire]) -> None:
    server, wire = served
    assert_goes_on(server, wire)
    assert errors(server.log) == []
