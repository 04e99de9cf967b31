"""A backup for an age identity: restored without the root key, under a new one, by that identity and no other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from tests.folders import in_folder, make_folder

from parastore.server.check import findings
from parastore.server.location import Location

Identity = Callable[[str], tuple[str, Path]]


def parastore(*words: str | Path, code: int = 0) -> str:
    command = [sys.executable, "-m", "parastore", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    """Recipient and file of a new identity, as age-keygen writes it."""

    def make(name: str) -> tuple[str, Path]:
        made = pyrage.x25519.Identity.generate()
        recipient = str(made.to_public())
        file = tmp_path / name
        file.touch(0o600)
        file.write_text(f"# created: 2026-11-27T08:00:00Z\n# public key: {recipient}\n{made}\n")
        return recipient, file

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    make_folder(made)
    in_folder(made, lambda opened: opened.put("/app/secret", "hush", "SecureString"))
    return made


def new_folder(path: Path) -> Path:
    path.mkdir(mode=0o700)
    return path


def test_an_identity_restores_without_the_root_key(folder: Path, tmp_path: Path, identity: Identity) -> None:
    (mine, my_file), (other, other_file), (_, stranger) = (identity(name) for name in ("mine", "other", "stranger"))
    backup = tmp_path / "backup"
    parastore("root-key", "rotate", "--data-dir", folder)  # so that the ring has two terms
    parastore("backup", "--data-dir", folder, "--recipient", mine, "--recipient", other, backup)
    old = (folder / "root.key").read_bytes()

    async def look(opened: Any) -> str:
        value: str = await opened.get("/app/secret")
        return value

    for number, file in enumerate((my_file, other_file)):
        target = new_folder(tmp_path / f"restored {number}")
        assert "It has a new root key" in parastore("restore", "--data-dir", target, "--identity", file, backup)
        assert (target / "root.key").stat().st_mode & 0o777 == 0o600
        assert (target / "root.key").read_bytes() != old
        assert list(findings(Location(target))) == []
        assert in_folder(target, look) == "hush"
    assert "no identity in" in parastore(
        "restore", "--data-dir", new_folder(tmp_path / "none"), "--identity", stranger, backup, code=2
    )
    assert list((tmp_path / "none").iterdir()) == []
    # The root key opens it as well, and one that is there is never overwritten.
    (tmp_path / "none" / "root.key").touch(0o600)
    (tmp_path / "none" / "root.key").write_bytes(old)
    said = parastore("restore", "--data-dir", tmp_path / "none", "--identity", my_file, backup, code=2)
    assert "root.key is there" in said
    parastore("restore", "--data-dir", tmp_path / "none", backup)
    assert (tmp_path / "none" / "root.key").read_bytes() == old


def test_what_is_refused(folder: Path, tmp_path: Path, identity: Identity) -> None:
    recipient, file = identity("mine")
    backup, target = tmp_path / "backup", new_folder(tmp_path / "target")
    assert "age1nonsense is no recipient" in parastore(
        "backup", "--data-dir", folder, "--recipient", "age1nonsense", backup, code=2
    )
    assert not backup.exists()
    parastore("backup", "--data-dir", folder, backup)
    restore = ("restore", "--data-dir", target, "--identity", file)
    assert "for no recipient" in parastore(*restore, backup, code=2)
    parastore("backup", "--data-dir", folder, "--recipient", recipient, tmp_path / "for me")
    file.chmod(0o640)
    assert "chmod 600" in parastore(*restore, tmp_path / "for me", code=2)
    file.chmod(0o600)
    secret = file.read_text().splitlines()[-1]
    file.write_text(f"{secret[:-4]}AAAA\n")
    said = parastore(*restore, tmp_path / "for me", code=2)
    assert "is no file of identities" in said
    assert secret[:-4] not in said
    whole = (tmp_path / "for me").read_bytes()
    file.write_text(secret)
    (tmp_path / "cut").write_bytes(whole[:-1])
    assert "cut off" in parastore(*restore, tmp_path / "cut", code=2)
    assert list(target.iterdir()) == []
