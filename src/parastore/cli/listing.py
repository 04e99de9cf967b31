"""`parastore ls`, `tree`, `find`: what there is. Secrets are masked, and not even decrypted without --reveal."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import Any

import click

from parastore.cli.aws import aws_command, complete_names, progress_bar, say
from parastore.cli.output import Output, output_options, style
from parastore.client import names, read
from parastore.client.connect import Place, open_client

_COLUMNS = ("Name", "Type", "Value", "Version", "LastModifiedDate")
_reveal = click.option("--reveal", is_flag=True, help="Show the values of SecureStrings.")


def _tree(client: Any, path: str, reveal: bool) -> list[read.Record]:
    with progress_bar("Reading") as progress:
        found = read.tree(client, path, decrypt=reveal, progress=progress)
    return found if reveal else [read.masked(each) for each in found]


@click.command(
    "ls",
    epilog="""\b
Examples:
  parastore ls /myapp
  parastore ls -R /myapp -o json
  parastore ls -R / --query "[?Type=='SecureString'].Name" -o text
""",
)
@aws_command
@output_options
@click.argument("path", shell_complete=complete_names, default="/")
@click.option("-R", "--recursive", is_flag=True, help="All below PATH, not only the next level.")
@_reveal
def ls(place: Place, output: Output, path: str, recursive: bool, reveal: bool) -> None:
    """List the parameters below PATH and, with a slash at the end, its folders."""
    found = _tree(open_client(place), path, reveal)
    output.show(found if recursive else _one_level(found, path), _COLUMNS)


def _one_level(found: Iterable[read.Record], path: str) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for each in found:
        head, slash, _ = names.relative(each["Name"], path).partition("/")
        if not slash:
            rows[each["Name"]] = each
            continue
        below = names.folder(path) + head + "/"
        count = rows.get(below, {}).get("Count", 0) + 1
        rows[below] = {"Name": below, "Count": count, "Value": f"({count} below)"}
    return list(rows.values())


@click.command(epilog="Example: parastore tree /myapp")
@aws_command
@click.argument("path", shell_complete=complete_names, default="/")
@click.option("--values", is_flag=True, help="With values.")
@_reveal
def tree(place: Place, path: str, values: bool, reveal: bool) -> None:
    """Draw the hierarchy below PATH."""
    client = open_client(place)
    found = _tree(client, path, reveal) if values or reveal else read.describe(client, path)
    click.echo(style(path, bold=True))
    root: dict[str, Any] = {}
    for each in found:
        node = root
        for part in names.relative(each["Name"], path).split("/"):
            node = node.setdefault(part, {})
        node[""] = each
    _draw(root, "")
    say(f"{len(found)} parameters" if len(found) != 1 else "1 parameter")


def _draw(node: dict[str, Any], indent: str) -> None:
    children = [(part, below) for part, below in node.items() if part]
    for index, (part, below) in enumerate(children):
        last = index == len(children) - 1
        leaf = below.get("")
        note = ""
        if leaf is not None:
            note = f"  ({leaf['Type']})" + (f"  {leaf['Value']!r}" if "Value" in leaf else "")
        click.echo(f"{indent}{'└── ' if last else '├── '}{part}{style(note, dim=True)}")
        _draw(below, indent + ("    " if last else "│   "))


@click.command(
    epilog="""\b
Examples:
  parastore find password
  parastore find '/myapp/*/db/*' --type SecureString
  parastore find --tag team=core --path /myapp
"""
)
@aws_command
@output_options
@click.argument("pattern", default="")
@click.option("--path", default="/", help="Look below this path only.")
@click.option("--type", "kind", type=click.Choice(["String", "StringList", "SecureString"]), help="Of this type.")
@click.option("--tier", type=click.Choice(["Standard", "Advanced"]), help="Of this tier.")
@click.option("--tag", metavar="KEY[=VALUE]", multiple=True, help="With this tag.")
@click.option("--value", "text", metavar="TEXT", help="With this in its value; secrets only with --reveal.")
@_reveal
def find(
    place: Place,
    output: Output,
    pattern: str,
    path: str,
    kind: str | None,
    tier: str | None,
    tag: tuple[str, ...],
    text: str | None,
    reveal: bool,
) -> None:
    """Find parameters whose name holds PATTERN, whatever its case, or matches it when it has `*`, `?` or `[`."""
    client = open_client(place)
    filters: list[dict[str, Any]] = []
    filters += [{"Key": "Type", "Values": [kind]}] if kind else []
    filters += [{"Key": "Tier", "Values": [tier]}] if tier else []
    for each in tag:
        key, equals, value = each.partition("=")
        filters.append({"Key": f"tag:{key}"} | ({"Values": [value]} if equals else {}))
    found = [each for each in read.describe(client, path, filters) if _matches(each["Name"], pattern)]
    with progress_bar("Reading") as progress:
        values, _ = read.get_many(client, [each["Name"] for each in found], decrypt=reveal, progress=progress)
    rows = [each | values[each["Name"]] for each in found if each["Name"] in values]
    rows = rows if reveal else [read.masked(each) for each in rows]
    if text is not None:
        rows = [each for each in rows if text in each["Value"] and (reveal or each["Type"] != "SecureString")]
    output.show(rows, _COLUMNS)


def _matches(name: str, pattern: str) -> bool:
    low, wanted = name.lower(), pattern.lower()
    return fnmatch.fnmatchcase(low, wanted) if set("*?[") & set(pattern) else wanted in low
