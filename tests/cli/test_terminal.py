"""What depends on a terminal: questions, echo, widths, colours."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest
from tests.cli.script import environment
from tests.cli.terminal import converse
from tests.cli.test_scripts import make_home
from tests.conftest import Client

from parastore.testing.server import Keys, Server

HUSH = "typed-0nce-and-Never-Shown"


@pytest.fixture
def environ(shared_server: Server, keys: Keys, tmp_path: Path) -> dict[str, str]:
    return environment(make_home(tmp_path, shared_server, keys, keys), AWS_PROFILE="here")


def parastore(*words: str) -> list[str]:
    return [sys.executable, "-m", "parastore", *words]


def test_a_secret_is_typed_twice_and_not_shown(environ: dict[str, str], ssm: Client) -> None:
    ended = converse(parastore("put", "-s", "/t/key"), environ, [("Value:", HUSH), ("Repeat for confirmation:", HUSH)])
    assert ended.code == 0, ended.terminal
    assert HUSH not in ended.terminal
    assert ssm.get_parameter(Name="/t/key", WithDecryption=True)["Parameter"]["Value"] == HUSH


@pytest.mark.parametrize(("answer", "code", "left"), [("n", 7, 1), ("", 7, 1), ("y", 0, 0)])
def test_deletions_ask(environ: dict[str, str], ssm: Client, answer: str, code: int, left: int) -> None:
    ssm.put_parameter(Name="/t/a", Value="x", Type="String")
    ended = converse(parastore("rm", "/t/a"), environ, [("[y/N]:", answer)])
    assert "- /t/a\n" in ended.terminal
    assert ended.code == code
    assert len(ssm.describe_parameters()["Parameters"]) == left


def test_ctrl_c_is_no_answer(environ: dict[str, str], ssm: Client) -> None:
    ssm.put_parameter(Name="/t/a", Value="x", Type="String")
    ended = converse(parastore("rm", "/t/a"), environ, [("[y/N]:", "\x03")])
    assert ended.code == 130
    assert len(ssm.describe_parameters()["Parameters"]) == 1


def test_a_bar_where_there_is_something_to_wait_for(environ: dict[str, str], ssm: Client) -> None:
    for number in range(60):
        ssm.put_parameter(Name=f"/t/n{number}", Value="x", Type="String")
    ended = converse(parastore("ls", "-R", "/t", "-o", "text"), environ)
    assert "Reading  [####" in ended.terminal
    assert "Reading" not in converse(parastore("ls", "-R", "/t/n1"), environ).terminal


@pytest.mark.parametrize(("variables", "bold"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_table_fits_the_terminal(environ: dict[str, str], ssm: Client, variables: dict[str, str], bold: bool) -> None:
    ssm.put_parameter(Name="/t/wide", Value="설정값" * 40, Type="String")
    ended = converse(parastore("ls", "/t"), environ | {"TERM": "xterm", **variables}, columns=70)
    table = [line for line in ended.terminal.splitlines() if "/t/wide" in line or "Name" in line]
    assert ("\x1b[1m" in ended.terminal) is bold
    assert "…" in table[-1]
    assert all(len(line) + sum(each in "설정값" for each in line) <= 70 for line in map(click.unstyle, table))
