"""Man pages: one for every command, with its options and examples."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import click
import pytest

from parastore.cli.main import COMMANDS, main

TOOL = Path(__file__).parents[2] / "tools" / "make_man.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_man", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_has_a_page(tool: ModuleType, tmp_path: Path) -> None:
    names = {each.stem for each in tool.write(tmp_path)}
    assert {f"parastore-{name}" for name in COMMANDS} <= names
    assert "parastore-account-key-list" in names
    text = (tmp_path / "parastore-exec.1").read_text()
    assert ".SH EXAMPLES\n.nf\nparastore exec /myapp/prod \\-\\- ./manage.py runserver\n" in text
    assert "\\-\\-pristine" in text
    assert "parastore\\-exec\\fP(1)\nRun COMMAND with" in (tmp_path / "parastore.1").read_text()


def test_every_option_of_every_command_has_its_words() -> None:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        for each in command.params:
            if isinstance(each, click.Option):
                assert each.help, (name, each.name)
        if not isinstance(command, click.Group):
            assert command.help, name
