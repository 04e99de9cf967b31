"""What clients saw of parameters through failures, and whether it can be: checked in time linear in what was seen.

`tests.properties.linear` looks for one order of everything and needs to know how every write ended. Here some writes
have no known end, and there are many; so what must follow is checked one by one.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Seen(NamedTuple):
    """An operation on one parameter. `version` is None of a put whose end is unknown, 0 of a get that found none."""

    begin: float
    end: float
    kind: str  # put, get
    version: int | None
    value: str


def faults(history: Sequence[Seen], stored: dict[int, str]) -> list[str]:
    """What cannot be. `stored` are the kept versions at the end, 100 at the most, the current one among them."""
    found: list[str] = []
    puts = [each for each in history if each.kind == "put" and each.version is not None]
    unknown = {each.value for each in history if each.kind == "put" and each.version is None}
    given: dict[int, str] = {}
    for each in puts:
        assert each.version is not None
        if given.setdefault(each.version, each.value) != each.value:
            found.append(f"version {each.version} was given to {given[each.version]} and to {each.value}")
    newest, oldest = max(stored, default=0), min(stored, default=1)
    if sorted(stored) != list(range(oldest, newest + 1)):
        found.append(f"kept versions are {sorted(stored)}")
    for version, value in given.items():
        if version > newest:
            found.append(f"version {version} ({value}) was acknowledged and is lost")
        elif version >= oldest and stored[version] != value:
            found.append(f"version {version} was acknowledged as {value} and is {stored[version]}")
    for version, value in stored.items():
        if version not in given and value not in unknown:
            found.append(f"version {version} ({value}) is nobody's")
    if newest - len(given) > len(unknown):
        found.append(f"{newest} versions, {len(given)} acknowledged and {len(unknown)} unknown")
    return found + list(_back_in_time(history))


def _back_in_time(history: Sequence[Seen]) -> list[str]:
    """Operations that began after another had ended and saw less than that one told of."""
    ended = sorted((each.end, each.version) for each in history if each.version is not None)
    ends = [end for end, _ in ended]
    highest: list[int] = []
    for _, version in ended:
        highest.append(max(version, highest[-1] if highest else 0))
    found = []
    for each in history:
        before = bisect_left(ends, each.begin)
        if each.version is None or not before:
            continue
        known = highest[before - 1]
        if each.version < known or (each.kind == "put" and each.version == known):
            found.append(f"a {each.kind} gave version {each.version} after version {known} had been seen")
    return found


def longest_gap(moments: Sequence[float]) -> float:
    """The longest time between two of these."""
    ordered = sorted(moments)
    return max((after - before for before, after in itertools.pairwise(ordered)), default=0.0)
