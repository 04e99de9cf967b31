"""`parastore check`: what it prints where, and its three exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import Shell
from tests.folders import ACCOUNT, OpenFolder, alter, flags, in_folder, location_of

from parastore.testing.server import Server


async def some(opened: OpenFolder) -> None:
    for number in range(5):
        await opened.put(f"/app/{number}", f"content-{number}")


def spoil(folder: Path) -> None:
    in_folder(folder, some)
    alter(folder, "UPDATE parameter SET depth = 9 WHERE path IN ('/app/1', '/app/3')")


LINES = [
    f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/1: its depth is 9, must be 2",
    f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/3: its depth is 9, must be 2",
]


def test_a_clean_folder(shell: Shell, folder: Path) -> None:
    ended = shell.run("check")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"{location_of(folder)}: nothing wrong\n"


def test_findings(shell: Shell, folder: Path) -> None:
    spoil(folder)
    ended = shell.run("check", "--data-dir", str(folder))
    assert (ended.code, ended.out.splitlines()) == (1, LINES)
    assert ended.err == f"{location_of(folder)}: 2 findings\n"


def test_one_finding_is_not_several(shell: Shell, folder: Path) -> None:
    folder.chmod(0o755)
    ended = shell.run("check")
    assert (ended.code, ended.err) == (1, f"{location_of(folder)}: 1 finding\n")


def test_json(shell: Shell, folder: Path) -> None:
    assert json.loads(shell.run("check", "--json").out) == {"findings": [], "error": None}
    spoil(folder)
    ended = shell.run("check", "--json")
    assert ended.code == 1
    rows = [dict(zip(("where", "what"), line.split(": ", 1), strict=True)) for line in LINES]
    assert json.loads(ended.out) == {"findings": rows, "error": None}


def test_no_folder(shell: Shell, tmp_path: Path) -> None:
    ended = shell.run("check", "--data-dir", str(tmp_path / "none"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"Error: no database in {tmp_path / 'none'}: name the server's data folder with --data-dir\n"
    told = json.loads(shell.run("check", "--data-dir", str(tmp_path / "none"), "--json").out)
    assert told["findings"] == []
    assert told["error"].startswith("no database in")


def test_a_lost_root_key(shell: Shell, folder: Path) -> None:
    (folder / "root.key").unlink()
    ended = shell.run("check")
    assert ended.code == 2
    assert ended.err.startswith(f"Error: the root key {folder / 'root.key'} is missing: put it back")


def test_what_was_found_is_told_even_when_the_rest_cannot_be_checked(shell: Shell, folder: Path) -> None:
    (folder / "root.key").chmod(0o644)
    ended = shell.run("check")
    assert ended.code == 2
    assert ended.out == f"{folder / 'root.key'}: is open to others (mode 0644): chmod 600 {folder / 'root.key'}\n"
    assert "can be read by others" in ended.err


def test_a_wrong_setting_is_a_usage_error(shell: Shell, folder: Path) -> None:
    ended = shell.run("check", PARASTORE_PROT="1")
    assert ended.code == 2
    assert "Unknown environment variable PARASTORE_PROT" in ended.err


def test_a_person_sees_progress_and_each_finding_on_its_own_line(shell: Shell, folder: Path) -> None:
    spoil(folder)
    ended = shell.type("check")
    assert ended.code == 1
    assert "Checking" in ended.terminal
    assert "100%" in ended.terminal
    lines = [line.rpartition("\x1b[K")[2] for line in ended.terminal.splitlines()]
    assert [line for line in lines if line.startswith("arn:")] == LINES


def test_beside_a_running_server(shell: Shell, tmp_path: Path) -> None:
    with Server(tmp_path / "served") as server:
        assert shell.run("check", *flags(server.folder)).code == 0
