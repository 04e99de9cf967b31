"""The AWS SDK for JavaScript, version 3, against a running server: `js/lifecycle.mjs` and its own assertions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.sdk.boto3.test_wire import OURS

from parastore.testing.server import Keys, Server

HERE = Path(__file__).parent / "js"
NODE = Path(sys.executable).parent / "node"


def test_the_life_of_parameters(server: Server, keys: Keys, tmp_path: Path) -> None:
    # Skipping would hide that this SDK has not been tried for months.
    assert NODE.exists(), f"{NODE} is missing: run `make setup`"
    assert (HERE / "node_modules" / "@aws-sdk").exists(), "the SDK is not installed: run `make setup`"
    environment = {
        **keys.for_environment(),
        "AWS_ENDPOINT_URL_SSM": server.url,
        "AWS_REGION": "us-east-1",
        "ACCOUNT": keys.account,
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    finished = subprocess.run(
        [str(NODE), str(HERE / "lifecycle.mjs")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    assert json.loads(finished.stdout)["operations"] == sorted(OURS)


def test_the_lock_names_no_registry() -> None:
    """A lock made against a mirror must serve everywhere."""
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
