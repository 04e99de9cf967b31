"""A home of one's own, and a data folder that was started once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import Shell
from tests.folders import make_folder, place


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "home").mkdir()
    return Shell(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path, shell: Shell) -> Path:
    """The data folder that commands use when they are not told another."""
    make_folder(tmp_path / "data")
    shell.variables.update(place(tmp_path / "data"))
    return tmp_path / "data"
