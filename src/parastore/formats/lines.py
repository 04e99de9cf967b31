"""Formats of `KEY=VALUE` lines: dotenv, shell, Docker's --env-file, and GitHub Actions' $GITHUB_ENV.

They look alike and disagree on everything else: quotes, escapes, line breaks, and what a `#` means.
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Sequence

from parastore.formats.entry import Entry, FormatError, refuse

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]+\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def read_dotenv(text: str) -> list[Entry]:
    """As python-dotenv reads it, without filling in `${OTHER}`. A key without `=` is no setting."""
    from dotenv.parser import parse_stream  # noqa: PLC0415

    found = []
    for each in parse_stream(io.StringIO(text, newline="")):
        if each.error:
            raise FormatError(f"line {each.original.line} is no setting")
        if each.key is not None and each.value is not None:
            found.append(Entry(each.key, each.value))
    return found


def write_dotenv(entries: Sequence[Entry]) -> str:
    """Bare where that is safe; in single quotes, which mean the same to all loaders; else in double quotes."""
    _require_variables(entries)
    return "".join(f"{each.key}={_dotenv_value(each.value)}\n" for each in entries)


def _dotenv_value(value: str) -> str:
    if _PLAIN.match(value):
        return value
    return f'"{value.translate(_ESCAPES)}"' if re.search(r"['\\\r]", value) else f"'{value}'"


def read_shell(text: str) -> list[Entry]:
    """Assignments, with or without `export`, in a POSIX shell's quoting. Nothing is expanded or run."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        raise FormatError(f"not a shell's assignments: {error}") from None
    found = []
    for word in words:
        key, equals, value = word.partition("=")
        if equals and _VARIABLE.match(key):
            found.append(Entry(key, value))
        elif word != "export":
            raise FormatError("something other than assignments: only KEY=VALUE and export KEY=VALUE are read")
    return found


def write_shell(entries: Sequence[Entry]) -> str:
    """`export KEY='value'` lines, to be given to `eval` or sourced."""
    _require_variables(entries)
    return "".join(f"export {each.key}={shlex.quote(each.value)}\n" for each in entries)


def read_docker(text: str) -> list[Entry]:
    """As `docker run --env-file` does: no quotes, no escapes, all that follows `=` is the value."""
    found = []
    for line in text.splitlines():
        key, equals, value = line.lstrip().partition("=")
        if equals and not key.startswith("#"):
            found.append(Entry(key, value))
    return found


def write_docker(entries: Sequence[Entry]) -> str:
    """Raises FormatError for what takes more than one line: Docker has no way to write it."""
    _require_variables(entries)
    refuse([each for each in entries if len(each.value.splitlines()) > 1 or each.value[-1:].isspace()], _ONE_LINE)
    return "".join(f"{each.key}={each.value}\n" for each in entries)


_ONE_LINE = "Docker's env files cannot hold line breaks or blanks at the end"


def read_github(text: str) -> list[Entry]:
    """The lines of $GITHUB_ENV: `KEY=VALUE`, and `KEY<<END` with lines up to END."""
    found = []
    lines = iter(text.split("\n"))
    for line in lines:
        key, heredoc, end = line.partition("<<")
        if heredoc and "=" not in key:
            body = []
            for each in lines:
                if each == end:
                    break
                body.append(each)
            else:
                raise FormatError(f"{key} has no end")
            found.append(Entry(key, "\n".join(body)))
        elif "=" in line:
            name, _, value = line.partition("=")
            found.append(Entry(name, value))
    return found


def write_github(entries: Sequence[Entry]) -> str:
    """What is to be appended to $GITHUB_ENV. The end marker is one that no value has as a line."""
    _require_variables(entries)
    return "".join(f"{each.key}<<{_marker(each.value)}\n{each.value}\n{_marker(each.value)}\n" for each in entries)


def _marker(value: str) -> str:
    marker, lines = "PARASTORE_END", set(value.split("\n"))
    while marker in lines:
        marker += "_"
    return marker


def github_masks(values: Sequence[str]) -> str:
    """Workflow commands that make the runner hide values, each of their lines for itself, in the log."""
    lines = dict.fromkeys(line for value in values for line in value.splitlines() if line.strip())
    escaped = (line.replace("%", "%25").replace("\r", "%0D") for line in lines)
    return "".join(f"::add-mask::{line}\n" for line in escaped)


def _require_variables(entries: Sequence[Entry]) -> None:
    refuse([each for each in entries if not _VARIABLE.match(each.key)], "not the names of variables")
    refuse([each for each in entries if "\0" in each.value], "a variable cannot hold a NUL")
