"""Starting: what `--version` and `--help` load, and how long that takes a processor."""

from __future__ import annotations

import os
import subprocess
import sys

from parastore.cli.main import COMMANDS

HEAVY = {"boto3", "botocore", "uvicorn", "apsw", "cryptography", "yaml", "jmespath", "detect_secrets", "pydantic"}


def test_nothing_heavy_is_loaded() -> None:
    words = [
        ["--version"],
        ["--help"],
        ["get", "--help"],
        ["exec", "--help"],
        ["import", "--help"],
        ["serve", "--help"],
    ]
    code = f"""
import sys
from parastore.cli.main import main
for words in {words!r}:
    main(words, prog_name="parastore", standalone_mode=False)
print(*sys.modules)
"""
    out = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert all(f"\n  {name} " in out for name in COMMANDS)
    assert not HEAVY & set(out.splitlines()[-1].split())


def test_the_version_costs_less_than_150_ms() -> None:
    # Processor time, the least of four: other processes on the machine take turns, but not of that.
    costs = []
    for _ in range(4):
        before = os.times()
        subprocess.check_output([sys.executable, "-m", "parastore", "--version"])
        after = os.times()
        costs.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(costs) < 0.15, costs
