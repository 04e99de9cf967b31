"""Starting: what `--version` and `--help` load, and how long that takes a processor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from parastore.cli.main import COMMANDS

HEAVY = {"boto3", "botocore", "uvicorn", "apsw", "cryptography", "yaml", "jmespath", "detect_secrets", "pydantic"}


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["get", "--help"], ["exec", "--help"], ["import", "--help"]]
)
def test_nothing_heavy_is_loaded(words: list[str]) -> None:
    code = f"import sys; sys.argv[1:] = {words!r}\nfrom parastore.cli.main import main\n"
    code += "try:\n    main(prog_name='parastore')\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    out = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert not HEAVY & set(out.splitlines()[-1].split())


def test_the_version_costs_less_than_150_ms() -> None:
    # Processor time, the least of five: other processes on the machine take turns, but not of that.
    costs = []
    for _ in range(5):
        before = os.times()
        subprocess.check_output([sys.executable, "-m", "parastore", "--version"])
        after = os.times()
        costs.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(costs) < 0.15, costs


def test_every_command_is_there() -> None:
    out = subprocess.check_output([sys.executable, "-m", "parastore", "--help"], text=True)
    assert all(f"\n  {name} " in out for name in COMMANDS)
