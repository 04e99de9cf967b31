"""The console's rules by themselves, and its sources: types, words in both languages, a lock that serves everywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.console.browser import ROOT

NODE = Path(sys.executable).parent / "node"
CONSOLE = ROOT / "console"


def run(*command: str | Path) -> None:
    environment = {"PATH": f"{NODE.parent}:/usr/bin:/bin", "HOME": str(ROOT / ".cache")}
    done = subprocess.run(
        [str(each) for each in command],
        cwd=CONSOLE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("built")
def test_the_rules() -> None:
    run(NODE, "--test", "--no-warnings", ROOT / "tests" / "console" / "rules" / "rules.test.mts")


@pytest.mark.usefixtures("built")
def test_the_types() -> None:
    """Words missing in one language are among what the compiler refuses."""
    run(NODE, CONSOLE / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit")


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((CONSOLE / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
