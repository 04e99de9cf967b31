"""Documentation is complete: every setting, command, operation, error and health path has its words."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import click
import pytest

import parastore
from parastore.cli.main import main
from parastore.errors import ServiceError
from parastore.iam.operations import OPERATIONS as IAM_OPERATIONS
from parastore.server.settings import DEFAULTS, TABLE
from parastore.ssm.operations import OPERATIONS
from parastore.sts.operations import OPERATIONS as STS_OPERATIONS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLE)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    rows = [row for row in page("configuration.md").splitlines() if row.startswith("| `") and f"`{name}`" in row]
    assert len(rows) == 1, name
    default = DEFAULTS[name]
    if default is not None and name != "data_dir":
        shown = f"{default:g}" if isinstance(default, float) else str(default).lower()
        assert f"| `{shown}` |" in rows[0]


def test_the_table_names_no_setting_that_is_gone() -> None:
    for row in re.findall(r"(?m)^\| (`\w+`(?:, `\w+`)*) \|", page("configuration.md")):
        assert set(re.findall(r"\w+", row)) <= set(TABLE)


@pytest.mark.parametrize("name", [each.name for each in OPERATIONS])
def test_every_operation_is_documented(name: str) -> None:
    assert f"`{name}`" in page("api.md")


@pytest.mark.parametrize("name", [each.name for each in (*IAM_OPERATIONS, *STS_OPERATIONS)])
def test_every_operation_on_identities_is_documented(name: str) -> None:
    assert f"`{name}`" in page("access.md")


def errors() -> set[str]:
    for module in pkgutil.walk_packages(parastore.__path__, "parastore."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)

    def below(kind: type[ServiceError]) -> set[type[ServiceError]]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__()))

    return {
        each.code
        for each in below(ServiceError) - {ServiceError}
        if each.__module__.startswith("parastore.")
        and ".kms." not in each.__module__
        and each.__module__ != "parastore.wire.route"
    }


@pytest.mark.parametrize("code", sorted(errors()))
def test_every_error_is_documented(code: str) -> None:
    assert f"`{code}`" in page("api.md") + page("access.md")


def commands() -> list[str]:
    context = click.Context(main)
    found = []
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            found += [f"{name} {each}" for each in command.commands]
        else:
            found.append(name)
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    group, _, name = command.partition(" ")
    pages = page("operations.md") + page("cli.md")
    rows = [row for row in pages.splitlines() if row.startswith(f"| `parastore {group}")]
    assert any(not name or f" {name}`" in row or f"`{name}`" in row for row in rows), command


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/version", "/metrics", "/console", "/health", "/_localstack/health"]
)
def test_every_health_path_is_documented(path: str) -> None:
    assert f"`{path}`" in page("operations.md")


@pytest.mark.parametrize("document", [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "README.ko.md"], ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_both_readmes_show_the_same_commands() -> None:
    def blocks(name: str) -> list[str]:
        return re.findall(r"```.*?```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)

    assert blocks("README.md") == blocks("README.ko.md")


def told_commands() -> list[tuple[str, str]]:
    """Every `parastore ...` in the runbooks, with the page that has it."""
    found = []
    for document in sorted((DOCS / "operations").glob("*.md")):
        text = document.read_text(encoding="utf-8").replace("\\\n", " ")
        inside = [
            line for block in re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL) for line in block.splitlines()
        ]
        for line in (*inside, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))):
            code = line.partition("  #")[0].removeprefix("$ ")
            for words in re.findall(r"(?:^|&& |-- |[A-Z_]=\S* )(?:\S*/bin/)?parastore ([^|&;]+)", code):
                found.append((document.name, words.strip()))
    return [each for each in found if each[1] != "root key"]  # the label of a key in a token


@pytest.mark.parametrize(("document", "words"), sorted(set(told_commands())))
def test_runbooks_name_commands_and_flags_that_are_there(document: str, words: str) -> None:
    command: click.Command = main
    rest = shlex.split(words)
    while isinstance(command, click.Group) and rest:
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            break
        command, rest = found, rest[1:]
    assert command is not main, words
    assert not isinstance(command, click.Group) or not rest, words
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= known | {"--help"}, words


def test_all_runbooks_are_there_and_listed() -> None:
    headings = {line for each in (DOCS / "operations").glob("*.md") for line in each.read_text("utf-8").splitlines()}
    for title in (
        "# Install",
        "# Upgrade",
        "# Back up, restore, move",
        "# Rotate keys",
        "## A node is lost",
        "## The database is lost",
        "## The root key is lost",
        "## The disk is full",
        "## The clock is wrong",
        "## Break glass",
    ):
        assert title in headings, title
    index = page("operations.md")
    assert [each.name for each in (DOCS / "operations").glob("*.md") if f"operations/{each.name}" not in index] == []
