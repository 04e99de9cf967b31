"""Write the man pages of all commands: `python tools/make_man.py FOLDER`. Their words are those of `--help`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import parastore
from parastore.cli.main import main


def contexts(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[click.Context]:
    """A command and all below it."""
    context = click.Context(command, info_name=name, parent=parent)
    yield context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from contexts(below, each, context)


def page(context: click.Context) -> str:
    """The page of a command, in roff's man macros."""
    command, path = context.command, context.command_path
    short = " ".join((command.help or "").partition("\n\n")[0].split()).rstrip(".")
    lines = [
        f'.TH "{path.replace(" ", "-").upper()}" "1" "" "parastore {parastore.__version__}"',
        ".SH NAME",
        f"{escaped(path.replace(' ', '-'))} \\- {escaped(short)}",
        ".SH SYNOPSIS",
        f"\\fB{escaped(path)}\\fP {escaped(' '.join(command.collect_usage_pieces(context)))}",
        ".SH DESCRIPTION",
        *paragraphs(inspect.cleandoc(command.help or "")),
    ]
    options = [each.get_help_record(context) for each in command.get_params(context) if isinstance(each, click.Option)]
    lines.append(".SH OPTIONS")
    for name, words in filter(None, options):
        lines += [".TP", f"\\fB{escaped(name)}\\fP", escaped(words)]
    if isinstance(command, click.Group):
        lines.append(".SH COMMANDS")
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            words = below.get_short_help_str(200)
            lines += [".TP", f"\\fB{escaped(f'{path} {name}'.replace(' ', '-'))}\\fP(1)", escaped(words)]
    if command.epilog:
        lines += [".SH EXAMPLES", *paragraphs(re.sub(r"Examples?:\s*", "", command.epilog, count=1))]
    return "\n".join(lines) + "\n"


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs of click's help: one after a line with a backspace keeps its lines."""
    for number, each in enumerate(text.strip().split("\n\n")):
        if number:
            yield ".PP"
        if each.startswith("\b\n"):
            yield ".nf"
            yield from (escaped(line.strip()) for line in each.removeprefix("\b\n").splitlines())
            yield ".fi"
        else:
            yield escaped(" ".join(each.split()))


def escaped(text: str) -> str:
    """As roff wants it: a backslash, a hyphen, and a dot or quote that would begin a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def write(folder: Path) -> list[Path]:
    """All pages."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for context in contexts(main, "parastore"):
        file = folder / f"{context.command_path.replace(' ', '-')}.1"
        file.write_text(page(context), encoding="utf-8")
        made.append(file)
    return made


if __name__ == "__main__":
    write(Path(sys.argv[1]))
