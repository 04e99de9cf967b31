"""What a condition says in terms of indexes: ranges that hold every parameter that meets it (migration 0007)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple, get_args

from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.shapes import ParameterTier, ParameterType

FIRST, LAST = " ", "\U0010ffff"  # sort before and behind every character of a name
_USUAL = {"data_type": "text"}  # what a partial index leaves out, for nearly every parameter has it
_KINDS = {"type": get_args(ParameterType), "tier": get_args(ParameterTier)}


class Range(NamedTuple):
    """The entries of a table that meet the terms (column, relation, value), with paths from `low` to before `high`."""

    table: str = "parameter"
    terms: tuple[tuple[str, str, str | int], ...] = ()
    low: str = "/"
    high: str = "0"  # the character after "/"

    @property
    def ordered(self) -> bool:
        """Whether an index gives the paths in order: it does where all terms are equalities."""
        return all(relation == "=" for _, relation, _ in self.terms)

    @property
    def plain(self) -> bool:
        """Whether it is all parameters of a range of paths."""
        return self.table == "parameter" and not self.terms

    @property
    def limits(self) -> str:
        """What the range's index is limited to, as SQL; the planner must see it to use that index."""
        return "".join(f" AND {column} <> '{_USUAL[column]}'" for column, _, _ in self.terms if column in _USUAL)


def below(path: str) -> tuple[str, str]:
    """The half-open range of paths that everything below `path` lies in."""
    return (path + "/", path + "0") if path != "/" else ("/", "0")


def only(path: str) -> Range:
    """The range of one path."""
    return Range("parameter", (), path, path + FIRST)


def bounds(conditions: Sequence[Condition]) -> tuple[str, str]:
    """The half-open range of paths that the conditions leave, as far as one range can say it."""
    low, high = "/", "0"
    for condition in conditions:
        if condition.field == "path" and (ranges := _of_path(condition)):
            low = max(low, min(each.low for each in ranges))
            high = min(high, max(each.high for each in ranges))
    return low, high


class Choice(NamedTuple):
    """Where a list may begin: ranges without a path in common, with just what meets all conditions but the rest."""

    ranges: Sequence[Range]
    rest: Sequence[Condition]

    @property
    def ordered(self) -> bool:
        return all(each.ordered for each in self.ranges)

    def within(self, low: str, high: str) -> Choice:
        """The part that lies from `low` to before `high`."""
        clipped = [each._replace(low=max(low, each.low), high=min(high, each.high)) for each in self.ranges]
        return self._replace(ranges=[each for each in clipped if each.low < each.high])


def choices(conditions: Sequence[Condition]) -> list[Choice]:
    """All that the conditions give, one ordered one at least."""
    found = [
        Choice(ranges, [each for each in conditions if each is not condition])
        for condition in conditions
        if (ranges := _of(condition)) is not None
    ]
    if any(condition.field in _KINDS for condition in conditions):
        found.append(Choice(_of_kind(conditions), [each for each in conditions if each.field not in _KINDS]))
    if not any(each.ordered for each in found):
        found.append(Choice([Range()], conditions))
    return found


def _of(condition: Condition) -> list[Range] | None:
    field, match, values = condition.field, condition.match, dict.fromkeys(condition.values)
    if field == "path":
        return _of_path(condition)
    if field == "label":
        return [Range("parameter_label", (("label", "=", value),)) for value in values]
    if field.startswith("tag:"):
        key = ("key", "=", field.removeprefix("tag:"))
        if match == "present":
            return [Range("parameter_tag", (key, ("value", ">=", "")))]
        return [Range("parameter_tag", (key, *terms)) for terms in _terms("value", condition)]
    if field in _KINDS or (field in _USUAL and any(_USUAL[field].startswith(value) for value in values)):
        return None
    return [Range("parameter", terms) for terms in _terms(field, condition)]


def _terms(column: str, condition: Condition) -> list[tuple[tuple[str, str, str], ...]]:
    if condition.match == "equals":
        return [((column, "=", value),) for value in dict.fromkeys(condition.values)]
    return [((column, ">=", low), (column, "<", high)) for low, high in _prefixed(condition.values)]


def _of_path(condition: Condition) -> list[Range] | None:
    if condition.match == "contains":
        return None
    if condition.match == "children":
        values = dict.fromkeys(condition.values)
        return [Range("parameter", (("depth", "=", depth_of(each) + 1),), *below(each)) for each in values]
    if condition.match == "equals":
        return [only(value) for value in dict.fromkeys(condition.values)]
    if condition.match == "prefix":
        spans = _prefixed(condition.values)
    else:
        spans = _outermost(below(value) for value in condition.values)
    return [Range("parameter", (), low, high) for low, high in spans]


def _prefixed(values: Iterable[str]) -> list[tuple[str, str]]:
    return _outermost((value, value + LAST) for value in values)


def _outermost(spans: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without those that lie in another one; spans of prefixes never overlap in part."""
    found: list[tuple[str, str]] = []
    for low, high in sorted(spans):
        if not found or low >= found[-1][1]:
            found.append((low, high))
    return found


def _of_kind(conditions: Sequence[Condition]) -> list[Range]:
    """Every pair of a type and a tier that the conditions leave: one index has both."""
    left = {
        field: [value for value in values if all(_meets(each, value) for each in conditions if each.field == field)]
        for field, values in _KINDS.items()
    }
    return [
        Range("parameter", (("type", "=", kind), ("tier", "=", tier)))
        for kind, tier in itertools.product(left["type"], left["tier"])
    ]


def _meets(condition: Condition, value: str) -> bool:
    if condition.match == "equals":
        return value in condition.values
    return any(value.startswith(each) for each in condition.values)
