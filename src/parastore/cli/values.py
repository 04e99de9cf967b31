"""A value from a prompt without echo, from `-` (stdin), from `@file`, or, for what is no secret, from an argument."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parastore.cli import exits


def read_value(given: str | None, *, hidden: bool, keep_newline: bool) -> str:
    """The value, asked for without echo if it is to be `hidden`.

    One line break at the end of a file or of stdin is dropped unless it is to be kept. `@@` stands for a value that
    begins with `@`. Raises Ended when there is nobody to ask.
    """
    if given is None:
        if not sys.stdin.isatty():
            raise exits.Ended(exits.UNABLE, "no value, and no terminal to ask on: give `-` to read it from stdin")
        text: str = click.prompt("Value", hide_input=hidden, confirmation_prompt=hidden, err=True)
        return text
    if given == "-":
        return _ended(sys.stdin.buffer.read(), "stdin", keep_newline)
    if given.startswith("@@"):
        given = given[1:]
    elif given.startswith("@"):
        try:
            return _ended(Path(given[1:]).expanduser().read_bytes(), given[1:], keep_newline)
        except OSError as error:
            raise exits.Ended(exits.UNABLE, f"cannot read {given[1:]}: {error.strerror}") from None
    return given


def is_argument(given: str | None) -> bool:
    """Whether the value itself stood in the command line."""
    return given is not None and given != "-" and (given.startswith("@@") or not given.startswith("@"))


def _ended(data: bytes, source: str, keep_newline: bool) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise exits.Ended(exits.UNABLE, f"{source} is not UTF-8 text: encode it first, as base64 perhaps") from None
    if keep_newline:
        return text
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
