"""Back up, restore and move, with everything compared."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.folders import in_folder, make_folder
from tests.nodes.conftest import NodeFactory
from tests.sdk.storage import query

from parastore.server.check import findings
from parastore.server.location import DatabaseUrl, Location
from parastore.storage.tables import of_schema
from parastore.testing.server import Server

TRAIL = {"audit_record", "audit_trail"}  # restoring and moving leave records of their own


def parastore(*words: str | Path, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "parastore", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def content(server: Server | Location) -> dict[str, list[Any]]:
    """Every row of every table."""

    class Of:
        location = server if isinstance(server, Location) else server.location

    return {
        table.name: sorted(map(repr, query(Of(), f"SELECT {', '.join(table.columns)} FROM {table.name}")))  # type: ignore[arg-type]
        for table in of_schema()
        if table.name not in TRAIL
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with parameters of every kind."""
    made = tmp_path / "data"
    make_folder(made)

    async def fill(opened: Any) -> None:
        for number in range(30):
            await opened.put(f"/app/{number}", f"value {number}", "SecureString" if number % 3 else "String")
        for number in range(120):
            await opened.put("/app/hot", str(number), Overwrite=True)
        await opened.put("/text", "v", Description="with \0 and \1 and 설명")

    in_folder(made, fill)
    return made


def test_a_backup_restores_to_either_engine(folder: Path, tmp_path: Path, url: str) -> None:
    file = tmp_path / "backup"
    parastore("backup", "--data-dir", folder, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"/app/" not in file.read_bytes()
    before = content(Location(folder))
    for target in (Location(tmp_path / "restored"), Location(tmp_path / "node", DatabaseUrl(url))):
        target.folder.mkdir(mode=0o700)
        shutil.copy2(folder / "root.key", target.folder)
        database = ("--database", url) if target.database else ()
        parastore("restore", "--data-dir", target.folder, *database, file)
        assert content(target) == before
        assert list(findings(target)) == []
        assert "is not empty" in parastore("restore", "--data-dir", target.folder, *database, file, code=2)
    # And from PostgreSQL back again.
    parastore("backup", "--data-dir", tmp_path / "node", "--database", url, tmp_path / "second")
    back = tmp_path / "back"
    back.mkdir(mode=0o700)
    shutil.copy2(folder / "root.key", back)
    parastore("restore", "--data-dir", back, tmp_path / "second")
    assert content(Location(back)) == before


def test_what_is_damaged_is_refused_and_nothing_written(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    parastore("backup", "--data-dir", folder, file)
    whole = file.read_bytes()
    target = tmp_path / "restored"
    target.mkdir(mode=0o700)
    shutil.copy2(folder / "root.key", target)
    damaged = {
        "cut off at byte": whole[:-1],
        "the file is cut off at byte": whole[: len(whole) // 2],
        "was altered": whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :],
        "was added behind the end": whole + b"x",
        "in its header": whole[:23] + b"!" + whole[24:],
        "no backup of Parastore": b"x" * 100,
    }
    for said, text in damaged.items():
        file.write_bytes(text)
        assert said in parastore("restore", "--data-dir", target, file, code=2)
        assert not (target / "parastore.db").exists()
    file.write_bytes(whole)
    (target / "root.key").unlink()
    with Server(tmp_path / "other") as other:
        shutil.copy2(other.folder / "root.key", target)
    assert "the root key does not fit" in parastore("restore", "--data-dir", target, file, code=2)


def test_a_backup_under_load_is_of_one_moment(node: NodeFactory, client_for: ClientFactory, tmp_path: Path) -> None:
    server = node(1)
    keys = server.new_account()
    stop, answered = threading.Event(), [0]

    def write() -> None:
        ssm = client_for(server, keys)
        while not stop.is_set():
            for name in ("/one", "/two"):  # in this order, so of a moment /one is the same or one ahead
                answered[0] = ssm.put_parameter(Name=name, Value="v", Type="SecureString", Overwrite=True)["Version"]

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while answered[0] < 3:
            pass
        at_least = answered[0]
        url = str(server.location.database)
        parastore("backup", "--data-dir", server.folder, "--database", url, tmp_path / "backup")
    finally:
        stop.set()
        writer.join()
    target = Location(tmp_path / "restored")
    target.folder.mkdir(mode=0o700)
    shutil.copy2(server.folder / "root.key", target.folder)
    parastore("restore", "--data-dir", target.folder, tmp_path / "backup")
    with Server(target.folder) as restored:
        ssm = client_for(restored, keys)
        one, two = (ssm.get_parameter(Name=name)["Parameter"]["Version"] for name in ("/one", "/two"))
    assert one - two in (0, 1)
    assert one >= at_least


def test_a_move_goes_on_where_it_was(folder: Path, tmp_path: Path, url: str, client_for: ClientFactory) -> None:
    words = ("migrate", "--from", f"sqlite:{folder}", "--to", url)
    # Killed at some moment; a server does not start on what is there.
    with subprocess.Popen([sys.executable, "-m", "parastore", *words]) as interrupted:
        location = Location(tmp_path / "node", DatabaseUrl(url))
        while "moving" not in _tables(location):
            assert interrupted.poll() is None
        interrupted.kill()
    node = tmp_path / "node"
    node.mkdir(mode=0o700)
    shutil.copy2(folder / "root.key", node)
    with pytest.raises(RuntimeError, match="data is being moved"):
        Server(node, database=url).start()

    # What changed meanwhile is brought along, deletions too.
    async def change(opened: Any) -> None:
        await opened.call("DeleteParameter", Name="/app/1")
        await opened.put("/new", "v")

    in_folder(folder, change)
    assert "are the same on both sides" in parastore(*words)
    assert content(location) == content(Location(folder))
    assert "has data of its own" in parastore(*words, code=2)
    with Server(node, database=url) as server:
        ssm = client_for(server, server.new_account())
        ssm.put_parameter(Name="/a", Value="v", Type="SecureString")
    assert list(findings(location)) == []
    shown = parastore("status", "--data-dir", node, "--database", url)
    assert "PostgreSQL" in shown
    assert "Parameters" in shown


def _tables(location: Location) -> list[str]:
    class Of:
        pass

    of: Any = Of()
    of.location = location
    return [row[0] for row in query(of, "SELECT table_name FROM information_schema.tables WHERE table_name = 'moving'")]
