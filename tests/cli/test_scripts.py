"""The command line as a client, script by script, each with an account of its own on one server."""

from __future__ import annotations

from pathlib import Path

import botocore.loaders
import botocore.session
import pytest
from tests.cli.script import environment, run_script

from parastore.testing.server import Keys, Server

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))
LOADER = botocore.loaders.Loader()


@pytest.fixture(autouse=True)
def models_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore parses its model of SSM for every session, which is most of what a command in this process takes."""
    monkeypatch.setattr(botocore.session, "create_loader", lambda *paths: LOADER)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_script(file: Path, shared_server: Server, tmp_path: Path) -> None:
    keys, other = shared_server.new_account(), shared_server.new_account()
    run_script(
        file,
        tmp_path,
        environment(make_home(tmp_path, shared_server, keys, other), AWS_PROFILE="here", URL=shared_server.url),
    )


def make_home(folder: Path, server: Server, keys: Keys, other: Keys) -> Path:
    """A home with two profiles: `here` and `there` are two accounts."""
    aws = folder / "home" / ".aws"
    aws.mkdir(parents=True)
    named = {"here": keys, "there": other}
    where = f"region = us-east-1\nendpoint_url = {server.url}\n"
    (aws / "config").write_text("".join(f"[profile {name}]\n{where}" for name in named))
    (aws / "credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id = {each.access_key_id}\naws_secret_access_key = {each.secret_access_key}\n"
            for name, each in named.items()
        )
    )
    return folder / "home"
