"""Middy's and Powertools' parameters from npm against a running server; the SDK itself is in tests/sdk/test_js.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
JS = ROOT / "tests" / "sdk" / "js"


def test_middy_and_powertools(environ: dict[str, str]) -> None:
    assert (JS / "node_modules" / "@middy").exists(), "the clients are not installed: run `make setup`"
    node = Path(sys.executable).parent / "node"
    command = [str(node), str(JS / "clients.mjs")]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout == "middy\npowertools\n"
