"""AllowedPattern: does a value match a regular expression that a stranger wrote?

AWS uses Java's engine, which can backtrack for ever. Here RE2 decides in linear time whatever it can express; what it
cannot (look-around, back-references, possessive quantifiers, class intersection) goes to the `regex` engine, which
gives up after `BUDGET` seconds for the whole value. What could not be matched in that time was not validated, and is
refused; so is what would be unrolled into more than `MAX_COPIES` parts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from parastore.ssm.errors import InvalidAllowedPatternException, ParameterPatternMismatchException

if TYPE_CHECKING:
    import regex

BUDGET = 0.02
# `regex` unrolls a fixed count when it compiles, `(a{9}){9}` into 81 parts of up to 1 KB: 20 characters could take all
# memory there is. This many take 20 ms and 10 MB, and are enough for a value's 4096 characters one by one.
MAX_COPIES = 10_000

_COUNT = re.compile(r"(.?)\{(\d+)", re.DOTALL)
_SPACED = re.compile(r"\(\?[^():=!<>]*x")  # white space and comments may part a group from its count
_PYTHON_ONLY = re.compile(r"(?<!\\)(?:\\\\)*\(\?P")  # named groups are (?<name>...) in Java
_NAMED_REFERENCE = re.compile(r"((?<!\\)(?:\\\\)*)\\k(?=<)")
_RE2_OPTIONS = re2.Options()
_RE2_OPTIONS.log_errors = False
_RE2_OPTIONS.never_capture = True

Matcher = Callable[[Iterable[str]], bool]  # whether every item matches as a whole


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Matcher:
    if _PYTHON_ONLY.search(pattern):
        raise InvalidAllowedPatternException
    if "&&" not in pattern:  # RE2 would read Java's class intersection as plain characters
        try:
            linear = re2.compile(pattern, _RE2_OPTIONS)
        except re2.error:
            pass
        else:
            return lambda items: all(linear.fullmatch(item) is not None for item in items)
    if _copies(pattern) > MAX_COPIES:
        return lambda items: False
    import regex  # noqa: PLC0415 (a tenth of a server's start, and few patterns need it)

    try:
        _bounded(pattern)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise InvalidAllowedPatternException from error
    return lambda items: _all_in_time(_bounded(pattern), items)


@lru_cache(maxsize=16)
def _bounded(pattern: str) -> regex.Pattern[str]:
    # V1 has Java's set operations ([a-z&&[^b]]); ASCII makes \d and \w mean what they mean in Java.
    # A named group is referred to by \k<name> in Java and by \g<name> here.
    import regex  # noqa: PLC0415

    named = _NAMED_REFERENCE.sub(r"\1\\g", pattern)
    return regex.compile(named, regex.V1 | regex.ASCII, cache_pattern=False)


def _copies(pattern: str) -> int:
    """At most how many parts a pattern has when its fixed counts are unrolled.

    A count that does not follow a parenthesis is of one character or set; only those of groups multiply.
    """
    spaced = _SPACED.search(pattern) is not None
    parts, groups = len(pattern), 1
    for before, count in _COUNT.findall(pattern):
        if before == ")" or spaced:
            groups *= max(1, int(count))
        else:
            parts += int(count)
    return parts * groups


def _all_in_time(pattern: regex.Pattern[str], items: Iterable[str]) -> bool:
    # Processor time, as the engine's own timeout counts: a busy machine must not refuse a good value.
    deadline = time.process_time() + BUDGET
    try:
        for item in items:
            left = deadline - time.process_time()
            if left <= 0 or pattern.fullmatch(item, timeout=left) is None:
                return False
    except TimeoutError:
        return False
    return True


def check_syntax(pattern: str) -> None:
    """Raise InvalidAllowedPatternException unless `pattern` is a regular expression."""
    _matcher(pattern)


def check_match(pattern: str, items: Iterable[str]) -> None:
    """Raise ParameterPatternMismatchException unless every item matches as a whole."""
    if not _matcher(pattern)(items):
        raise ParameterPatternMismatchException(pattern)
