"""Back to a moment: a whole path, by the histories of what is there."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.script import environment
from tests.cli.test_scripts import make_home
from tests.conftest import Client

from parastore.testing.server import Keys, Server


@pytest.fixture
def environ(shared_server: Server, keys: Keys, tmp_path: Path) -> dict[str, str]:
    return environment(make_home(tmp_path, shared_server, keys, keys), AWS_PROFILE="here")


def rollback(environ: dict[str, str], *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "parastore", "rollback", *words]
    ended = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=False, timeout=100, stdin=subprocess.DEVNULL
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_a_path_goes_back_to_a_moment(environ: dict[str, str], ssm: Client) -> None:
    for name, kind in (("a", "String"), ("b", "SecureString"), ("same", "String"), ("hot", "String")):
        ssm.put_parameter(Name=f"/r/{name}", Value=f"old {name}", Type=kind)
    time.sleep(0.05)
    moment = datetime.now(UTC).isoformat()
    time.sleep(0.05)
    ssm.put_parameter(Name="/r/a", Value="bad", Overwrite=True)
    ssm.put_parameter(Name="/r/b", Value="worse", Overwrite=True)
    ssm.put_parameter(Name="/r/b", Value="worst", Overwrite=True)
    ssm.put_parameter(Name="/r/new", Value="n", Type="String")
    for number in range(101):
        ssm.put_parameter(Name="/r/hot", Value=str(number), Overwrite=True)

    plan = (
        "Made since, and left as they are: /r/new\n"
        "~ /r/a  String  bad -> old a  (as version 1)\n"
        "~ /r/b  SecureString  ******** -> ********  (as version 1)\n"
        "! /r/hot  (its version of then is not kept any more: the oldest is 3, of "
    )
    code, _, err = rollback(environ, "/r", "--at", moment, "--dry-run")
    assert err.startswith(plan)
    assert "2 to change, 1 unchanged, 1 left out" in err
    assert code == 3
    assert ssm.get_parameter(Name="/r/a")["Parameter"]["Version"] == 2
    code, _, err = rollback(environ, "/r", "--at", moment)
    assert (code, "--yes says yes" in err) == (2, True)

    code, _, err = rollback(environ, "/r", "--at", moment, "--yes")
    assert (code, err.startswith(plan), "wrote 2" in err) == (3, True, True)
    assert err.rstrip().endswith(": /r/hot")
    assert "worst" not in err
    found = ssm.get_parameters(Names=[f"/r/{name}" for name in ("a", "b", "new", "same")], WithDecryption=True)
    assert {each["Name"]: (each["Version"], each["Type"], each["Value"]) for each in found["Parameters"]} == {
        "/r/a": (3, "String", "old a"),
        "/r/b": (4, "SecureString", "old b"),
        "/r/new": (1, "String", "n"),
        "/r/same": (1, "String", "old same"),
    }
    # The same again changes nothing: the values are those of then.
    code, _, err = rollback(environ, "/r/a", "--at", moment, "--yes")
    assert (code, err) == (0, "1 unchanged\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("/none", "--at", "30m"), 3, "nothing at or below /none"),
        (("/r", "--at", "yesterday"), 2, "'yesterday' is no time such as"),
        (("/r", "3", "--at", "30m"), 2, "a version or --at, not both"),
    ],
)
def test_what_is_refused(environ: dict[str, str], words: tuple[str, ...], code: int, said: str) -> None:
    ended, _, err = rollback(environ, *words)
    assert (ended, said in err) == (code, True), err
