"""Patterns of policies: `*` is any run of characters, `?` one, `${key}` what the request says of a condition key.

`${key, 'text'}` gives a default; `${*}`, `${?}` and `${$}` stand for the characters themselves. A variable that has no
value, or several, makes the pattern match nothing. What a variable brings in is taken literally, wildcards included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

# What a request says of condition keys, by key in lower case: one text, or any number of them for a key of many values.
Keys = Mapping[str, str | tuple[str, ...]]


class Wildcard(Enum):
    """A part of a pattern that is no text."""

    ANY = "*"
    ONE = "?"


class Variable(NamedTuple):
    """A condition key, in lower case, whose value stands here; `default` where the request has none."""

    key: str
    default: str | None


Part = str | Wildcard | Variable
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"(.*?),\s*'(.*)'", re.DOTALL)


def parse(text: str, *, wildcards: bool = True, variables: bool = True) -> tuple[Part, ...]:
    """The parts of a pattern. Without `variables` (policies of Version 2008-10-17) `${...}` is text."""
    parts: list[Part] = []
    at = 0
    for found in _VARIABLE.finditer(text) if variables else ():
        parts += _plain(text[at : found.start()], wildcards)
        at = found.end()
        inside = found[1]
        if inside in ("*", "?", "$"):
            parts.append(inside)
        else:
            default = _DEFAULT.fullmatch(inside)
            key = default[1] if default else inside
            parts.append(Variable(key.strip().lower(), default[2] if default else None))
    parts += _plain(text[at:], wildcards)
    return tuple(parts)


def _plain(text: str, wildcards: bool) -> list[Part]:
    if not wildcards:
        return [text] if text else []
    return [Wildcard(piece) if piece in ("*", "?") else piece for piece in re.split(r"([*?])", text) if piece]


class Pattern:
    """A compiled pattern. `keys` are the condition keys its variables name; `fold` lets case not matter."""

    __slots__ = ("_fold", "_parts", "_test", "keys")

    def __init__(self, parts: Sequence[Part], *, fold: bool = False) -> None:
        self._fold = fold
        self._parts = tuple(parts)
        self.keys = frozenset(part.key for part in self._parts if isinstance(part, Variable))
        self._test = None if self.keys else _tester(self._parts, fold)

    def matches(self, text: str, keys: Keys) -> bool:
        """Whether the whole of `text` fits."""
        test = self._test or self._resolved(keys)
        return test is not None and bool(test(text.lower() if self._fold else text))

    def _resolved(self, keys: Keys) -> Callable[[str], object] | None:
        parts: list[Part] = []
        for part in self._parts:
            if isinstance(part, Variable):
                value = keys.get(part.key, part.default)
                # AWS takes an empty value for none.
                value = value or part.default
                if not isinstance(value, str):
                    return None
                parts.append(value)
            else:
                parts.append(part)
        return _tester(tuple(parts), self._fold)


@lru_cache(maxsize=1024)
def _tester(parts: tuple[Part, ...], fold: bool) -> Callable[[str], object]:
    if all(isinstance(part, str) for part in parts):
        whole = "".join(part for part in parts if isinstance(part, str))
        return (whole.lower() if fold else whole).__eq__
    if all(part is Wildcard.ANY for part in parts):
        return _anything
    # Between two stars the earliest fit is as good as any, so it is final (atomic): no pattern takes more than the
    # product of the two lengths, however many stars it has.
    pieces = [""]
    for part in parts:
        if part is Wildcard.ANY:
            pieces.append("")
        elif part is Wildcard.ONE:
            pieces[-1] += "."
        else:
            assert isinstance(part, str)
            pieces[-1] += re.escape(part.lower() if fold else part)
    first, *middle, last = pieces if len(pieces) > 1 else (*pieces, None)
    expression = first or ""
    expression += "".join(f"(?>.*?{piece})" for piece in middle if piece)
    if last is not None:
        expression += f".*{last}"
    return re.compile(expression, re.DOTALL).fullmatch


def _anything(text: str) -> bool:
    return True
