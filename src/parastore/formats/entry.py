"""What every format reads and writes, and what it says when it cannot."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Entry(NamedTuple):
    """A setting. `kind` is a parameter type where the file says one, else None."""

    key: str
    value: str
    kind: str | None = None


class FormatError(Exception):
    """A file cannot be read, or cannot hold an entry. The text has the place, never a value."""


def shallow(read: Callable[[str], list[Entry]]) -> Callable[[str], list[Entry]]:
    """A reader that refuses what is nested deeper than Python's parsers go, or refers to itself."""

    @functools.wraps(read)
    def reader(text: str) -> list[Entry]:
        try:
            return read(text)
        except RecursionError:
            raise FormatError("nested too deeply") from None

    return reader


def refuse(entries: Iterable[Entry], why: str) -> None:
    """Raise FormatError naming the entries, if there are any."""
    if keys := [each.key for each in entries]:
        raise FormatError(f"{why}: {', '.join(keys)}")
