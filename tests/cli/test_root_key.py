"""`parastore root-key`: what it shows, what it changes, and what a person types."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Shell
from tests.folders import check, make_folder
from tests.root_keys import PASSPHRASE, private, program

DONE = "a new term seals from now on"


def shown(shell: Shell) -> Any:
    ended = shell.run("root-key", "show", "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)["RootKey"]


def test_show(shell: Shell, folder: Path) -> None:
    ended = shell.run("root-key", "show")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "Provider  file"
    assert lines[1].startswith("Since     20")
    assert lines[2].startswith("Term 1    20")
    assert len(lines) == 3
    assert [each["Term"] for each in shown(shell)["Terms"]] == [1]


def test_rotate(shell: Shell, folder: Path) -> None:
    before = (folder / "root.key").read_text()
    ended = shell.run("root-key", "rotate")
    assert ended.code == 0
    assert "Term 2    20" in ended.out
    assert DONE in ended.err
    assert f"Keep a copy of {folder / 'root.key'} in a safe place" in ended.err
    after = (folder / "root.key").read_text()
    assert after != before
    for secret in (before.split()[1], after.split()[1]):
        assert secret not in ended.out + ended.err
    assert check(folder) == []


def test_move_and_rotate_with_a_passphrase_in_a_file(shell: Shell, folder: Path, tmp_path: Path) -> None:
    file = private(tmp_path / "passphrase", PASSPHRASE + "\n")
    ended = shell.run("root-key", "move", "--to", "passphrase", "--secret-file", str(file))
    assert ended.code == 0, ended.err
    assert shown(shell)["Parameters"] == {"secret_file": str(file)}
    assert "parastore-root-key-1" not in (folder / "root.key").read_text()
    ended = shell.run("root-key", "rotate")
    assert ended.code == 2
    assert "the new passphrase is the old one: put another into the file as its last line" in ended.err
    private(file, f"{PASSPHRASE}\nthe next passphrase\n")
    assert shell.run("root-key", "rotate").code == 0
    private(file, PASSPHRASE)
    ended = shell.run("account", "list")
    assert (ended.code, ended.out) == (2, "")
    assert "the passphrase is wrong" in ended.err


def test_move_by_settings(shell: Shell, folder: Path, tmp_path: Path) -> None:
    """What no option says comes from the file, as for `serve`."""
    path = program(tmp_path / "program")
    (tmp_path / "parastore.toml").write_text(f'root_key = "command"\nroot_key_command = ["{path}", "x"]\n')
    ended = shell.run("root-key", "move", "--to", "command", "--config", str(tmp_path / "parastore.toml"))
    assert ended.code == 0, ended.err
    assert f"command {path} x" in ended.out
    assert "see to its backup" in ended.err
    assert shell.run("root-key", "move", "--to", "file").code == 0
    assert shown(shell)["Provider"] == "file"
    assert len(shown(shell)["Terms"]) == 3


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("move",), "Missing option '--to'"),
        (("move", "--to", "paper"), "must be one of file, passphrase, command, kms, pkcs11, not 'paper'"),
        (("move", "--to", "kms"), "a root key held by kms needs the setting root_key_kms_key_id"),
        (("move", "--to", "passphrase"), "nobody can be asked"),
        (("move", "--to", "command", "--command", "/nowhere/program"), "cannot be run"),
        (("move", "--to", "pkcs11", "--pkcs11-module", "/nowhere.so", "--pkcs11-token", "x"), "PIN .* is not there"),
    ],
)
def test_what_cannot_be_done_changes_nothing(shell: Shell, folder: Path, words: tuple[str, ...], text: str) -> None:
    import re

    before = (folder / "root.key").read_bytes()
    ended = shell.run("root-key", *words)
    assert (ended.code, ended.out) == (2, "")
    assert re.search(text, ended.err), ended.err
    assert (folder / "root.key").read_bytes() == before
    assert len(shown(shell)["Terms"]) == 1


def test_a_root_key_of_another_folder(shell: Shell, folder: Path, tmp_path: Path) -> None:
    make_folder(tmp_path / "other")
    (tmp_path / "other" / "root.key").replace(folder / "root.key")
    ended = shell.run("root-key", "rotate")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Error: the root key does not fit this data: it belongs to another data folder\n"


def test_no_folder(shell: Shell, tmp_path: Path) -> None:
    ended = shell.run("root-key", "rotate", "--data-dir", str(tmp_path / "none"))
    assert (ended.code, ended.out) == (2, "")
    assert "No such file or directory" in ended.err


def test_a_passphrase_that_is_typed(shell: Shell, folder: Path) -> None:
    ended = shell.type("root-key", "move", "--to", "passphrase", typed=[PASSPHRASE, PASSPHRASE])
    assert ended.code == 0, ended.terminal
    assert "A new passphrase for the root key:" in ended.terminal
    assert "The same again:" in ended.terminal
    ended = shell.type("root-key", "rotate", typed=[PASSPHRASE, "the next passphrase", "the next passphrase"])
    assert ended.code == 0, ended.terminal
    assert DONE in ended.terminal
    assert PASSPHRASE not in ended.terminal
    assert shell.type("account", "list", typed=["the next passphrase"]).code == 0
    assert "nobody can be asked" in shell.run("account", "list").err


def test_a_server_asks_once_for_all_its_workers(shell: Shell, folder: Path) -> None:
    shell.type("root-key", "move", "--to", "passphrase", typed=[PASSPHRASE, PASSPHRASE])
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "parastore", "serve", "--port", "0", "--workers", "2", "--log-format", "json"],
        env=shell.environ,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    said = b""
    try:
        until = time.monotonic() + 60
        while b'"listening"' not in said and time.monotonic() < until:
            chunk = os.read(terminal, 4096)
            said += chunk
            if chunk.rstrip().endswith(b":"):
                os.write(terminal, PASSPHRASE.encode() + b"\n")
        assert said.count(b"The root key's passphrase:") == 1
        assert b"sealed" not in said
        assert PASSPHRASE.encode() not in said
        for each in (process.pid, *Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()):
            for name in ("cmdline", "environ"):
                assert PASSPHRASE.encode() not in Path(f"/proc/{each}/{name}").read_bytes()
    finally:
        process.terminate()
        assert process.wait(30) == 0
        os.close(terminal)


def test_without_any_standard_input_nobody_is_asked(shell: Shell, folder: Path) -> None:
    """As a service manager may start it: Python has no sys.stdin then."""
    ended = subprocess.run(
        ["sh", "-c", 'exec "$0" -m parastore root-key rotate <&-', sys.executable],
        env=shell.environ,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
