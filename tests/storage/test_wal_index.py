"""What readers go by to know that nothing was written: the stamp of the WAL index."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import apsw
import pytest

from parastore.storage.sqlite import connect
from parastore.storage.wal_index import WalIndex, is_next


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "parastore.db"


def test_the_stamp_changes_with_every_commit_and_with_nothing_else(database: Path) -> None:
    connection = connect(database)
    connection.execute("CREATE TABLE item (id)")
    index = WalIndex.of(database)
    seen = {index.stamp()}
    for number in range(50):
        connection.execute("INSERT INTO item VALUES (?)", (number,))
        assert index.stamp() not in seen
        seen.add(index.stamp())
        connection.execute("SELECT count(*) FROM item").fetchall()
        connection.execute("BEGIN IMMEDIATE; INSERT INTO item VALUES (0); ROLLBACK")
        assert index.stamp() in seen
    connection.close()
    index.close()


def test_a_checkpoint_that_starts_the_log_anew_gives_no_stamp_that_was_seen(database: Path) -> None:
    connection = connect(database)
    index = WalIndex.of(database)
    seen = set()
    connection.execute("CREATE TABLE item (id)")
    for number in range(20):
        connection.execute("INSERT INTO item VALUES (?)", (number,))
        assert index.stamp() not in seen
        seen.add(index.stamp())
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    index.close()


def test_one_commit_is_told_from_none_and_from_two(database: Path) -> None:
    connection = connect(database)
    connection.execute("PRAGMA synchronous=OFF; CREATE TABLE item (id, data)").fetchall()
    index = WalIndex.of(database)
    stamps = [index.stamp()]
    for number in range(400):  # the log is begun anew after 1,000 pages; a commit of two megabytes is written in parts
        size = 2 << 20 if number == 200 else 20_000
        connection.execute("INSERT INTO item VALUES (?, zeroblob(?))", (number, size))
        stamps.append(index.stamp())
    assert all(is_next(one, other) for one, other in pairwise(stamps))
    assert not any(is_next(one, one) for one in stamps)
    assert not any(is_next(one, other) or is_next(other, one) for one, other in zip(stamps, stamps[2:], strict=False))
    torn = stamps[1][:48] + stamps[0][48:]
    assert not is_next(stamps[0], torn)
    assert is_next(b"\xff" * 96, b"\xff" * 8 + bytes(4) + b"\xff" * 44 + bytes(4) + b"\xff" * 36)
    connection.close()
    index.close()


def test_another_process_s_commit_is_seen(database: Path) -> None:
    connection = connect(database)
    connection.execute("CREATE TABLE item (id)")
    index = WalIndex.of(database)
    before = index.stamp()
    subprocess.run(
        [sys.executable, "-c", "import apsw, sys; apsw.Connection(sys.argv[1]).execute('INSERT INTO item VALUES (1)')",
         str(database)],
        check=True,
    )  # fmt: skip
    assert index.stamp() != before
    connection.close()
    index.close()


def test_two_engines_of_a_process_share_one_file_and_the_last_closes_it(database: Path) -> None:
    """Closing a descriptor of the -shm file would drop the locks that SQLite holds on it for this process."""
    connection = connect(database)
    connection.execute("CREATE TABLE item (id)")
    before = len(os.listdir("/proc/self/fd"))
    one, other = WalIndex.of(database), WalIndex.of(database)
    assert one is other
    assert len(os.listdir("/proc/self/fd")) <= before + 2
    one.close()
    assert other.stamp()
    # SQLite's lock that tells others the file is in use must still be there: nobody may truncate the index.
    held = subprocess.run(
        [sys.executable, "-c",
         "import fcntl, os, sys\n"
         "file = os.open(sys.argv[1], os.O_RDWR)\n"
         "try:\n    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)\n"
         "except BlockingIOError:\n    print('held')", f"{database}-shm"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert held.stdout == "held\n"
    connection.close()
    other.close()
    assert len(os.listdir("/proc/self/fd")) < before
    with pytest.raises(ValueError, match="closed"):
        other.stamp()


def test_a_database_without_an_index_is_refused(database: Path) -> None:
    apsw.Connection(str(database)).execute("CREATE TABLE item (id)")
    with pytest.raises(FileNotFoundError):
        WalIndex.of(database)
