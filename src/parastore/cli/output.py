"""Data on stdout: as a table that fits the terminal, as JSON, YAML, text or TSV, cut by JMESPath.

`text` is for a shell: values with tabs between them, one row a line, no head. `tsv` has a head, and writes a tab, a
line break or a backslash inside a value as `\\t`, `\\n`, `\\r` and `\\\\`, so that every row is one line.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import click

FORMS = ("table", "json", "yaml", "text", "tsv")
Row = dict[str, Any]


class Output(NamedTuple):
    """How the data is wanted."""

    form: str
    query: str | None

    def show(self, data: list[Row] | Row, columns: Sequence[str]) -> None:
        """Write it. `columns` are the members that tables have, unless a query says what is wanted."""
        wanted: Any = data
        if self.query is not None:
            import jmespath  # noqa: PLC0415

            try:
                wanted = jmespath.search(self.query, json.loads(_json(data)))
            except jmespath.exceptions.JMESPathError as error:
                raise click.BadParameter(f"not a JMESPath expression: {error}", param_hint="--query") from None
        if self.form == "json":
            click.echo(_json(wanted))
        elif self.form == "yaml":
            import yaml  # noqa: PLC0415

            text = yaml.safe_dump(json.loads(_json(wanted)), sort_keys=False, allow_unicode=True)
            click.echo(text.removesuffix("...\n"), nl=False)
        else:
            head, rows = _grid(wanted, None if self.query else columns)
            _FORMS[self.form](head, rows)


def output_options(run: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `-o` and `--query`, and the `output` they say."""

    @click.option("-o", "--output", "form", type=click.Choice(FORMS), default="table", help="How to print the data.")
    @click.option("--query", metavar="JMESPATH", help="What of the data to print, as in the AWS CLI.")
    @functools.wraps(run)
    def command(form: str, query: str | None, **arguments: Any) -> Any:
        return run(output=Output(form, query), **arguments)

    return command


def style(text: str, **how: Any) -> str:
    """Colour on a terminal, unless NO_COLOR says otherwise (no-color.org)."""
    return text if os.environ.get("NO_COLOR") or not sys.stdout.isatty() else click.style(text, **how)


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _grid(data: Any, columns: Sequence[str] | None) -> tuple[list[str], list[list[str]]]:
    """Head and rows of anything: rows of named members, rows of lists, single values."""
    items = data if isinstance(data, list) else [] if data is None else [data]
    if items and all(isinstance(each, dict) for each in items):
        head = list(columns) if columns is not None else list(dict.fromkeys(key for each in items for key in each))
        return head, [[_cell(each.get(key)) for key in head] for each in items]
    if columns is not None and not items:
        return list(columns), []
    return [], [[_cell(cell) for cell in each] if isinstance(each, list) else [_cell(each)] for each in items]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return ", ".join(f"{key}={each}" for key, each in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)


def _table(head: list[str], rows: list[list[str]]) -> None:
    lines = [[_shown(cell) for cell in row] for row in ([head] if head else []) + rows]
    if not rows or not lines:
        return
    widths = [max(width(row[index]) if index < len(row) else 0 for row in lines) for index in range(len(lines[0]))]
    if sys.stdout.isatty():
        widths = _fitted(widths, shutil.get_terminal_size().columns)
    for number, row in enumerate(lines):
        cells = [_cut(cell, widths[index]) for index, cell in enumerate(row)]
        text = "  ".join(cell + " " * (widths[index] - width(cell)) for index, cell in enumerate(cells)).rstrip()
        click.echo(style(text, bold=True) if head and number == 0 else text)


def _shown(cell: str) -> str:
    """A cell on one line, without what would move a terminal's cursor."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in cell)


def _fitted(widths: list[int], room: int) -> list[int]:
    """Take from the widest columns until the row fits."""
    widths = list(widths)
    while sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return widths


def width(text: str) -> int:
    """Columns of a terminal that a text takes; Korean and other wide letters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else not unicodedata.combining(each) for each in text)


def _cut(text: str, room: int) -> str:
    if width(text) <= room:
        return text
    kept = ""
    for each in text:
        if width(kept + each) > room - 1:
            break
        kept += each
    return kept + "…"


def _text(head: list[str], rows: list[list[str]]) -> None:
    for row in rows:
        click.echo("\t".join(row))


def _tsv(head: list[str], rows: list[list[str]]) -> None:
    codes = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    for row in ([head] if head else []) + rows:
        click.echo("\t".join("".join(codes.get(each, each) for each in cell) for cell in row))


_FORMS = {"table": _table, "text": _text, "tsv": _tsv}
