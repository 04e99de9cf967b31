"""Where the statements of a document stand in its text, for those who ask which one decided."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


class Place(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


def of_statement(text: str, number: int) -> tuple[Place, Place]:
    """Where a statement of a document that parses begins, and the place behind its end."""
    start, end = _statements(text)[number]
    return _place(text, start), _place(text, end)


@lru_cache(maxsize=64)
def _statements(text: str) -> list[tuple[int, int]]:
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _decoder.raw_decode(text, start)
        if name == "Statement":
            return _elements(text, start) if text[start] == "[" else [(start, end)]
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return []


def _elements(text: str, at: int) -> list[tuple[int, int]]:
    found = []
    while text[at] != "]":
        start = _skip(text, at + 1)
        _, end = _decoder.raw_decode(text, start)
        found.append((start, end))
        at = _skip(text, end)
    return found


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return at if space is None else space.end()


def _place(text: str, at: int) -> Place:
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
