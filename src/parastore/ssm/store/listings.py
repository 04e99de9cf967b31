"""Many parameters at a time, page by page.

A page begins behind the last key of the page before, so writes between pages neither repeat nor skip what stays. With
filters a page examines at most `EXAMINED` parameters; then it may be short, or empty, and still not be the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Reading, Version
from parastore.ssm.store import labels
from parastore.ssm.store.records import COLUMNS, READ_COLUMNS, SMALL, Place, find_replaced, opened_reading

V = TypeVar("V")

EXAMINED = 2000
_LEVEL = (
    f"SELECT {READ_COLUMNS} FROM parameter WHERE account = $1 AND region = $2 AND depth = $3"
    " AND path > $4 AND path < $5 ORDER BY path LIMIT $6"
)
_LAST = "\U0010ffff"  # sorts behind every character of a name


class Page(NamedTuple, Generic[V]):
    """What was found, and the key to go on behind; None when this is the end."""

    versions: list[V]
    next: str | None


class _Query:
    """Conditions of a WHERE clause and the arguments they use."""

    def __init__(self, place: Place) -> None:
        self.args: list[Any] = [place.account, place.region]
        self.conditions = ["p.account = $1", "p.region = $2"]

    def argument(self, value: object) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def where(self, column: str, relation: str, value: object) -> None:
        self.conditions.append(f"p.{column} {relation} {self.argument(value)}")

    def add(self, condition: Condition) -> None:
        if condition.field == "label":
            self.conditions.append(
                "EXISTS (SELECT 1 FROM parameter_label l WHERE l.account = p.account AND l.region = p.region"
                f" AND l.path = p.path AND l.label = {self.argument(condition.values[0])})"
            )
        elif condition.field.startswith("tag:"):
            self._add_tag(condition)
        else:
            self.conditions.append(self._any_of(f"p.{condition.field}", condition))

    def _add_tag(self, condition: Condition) -> None:
        key = self.argument(condition.field.removeprefix("tag:"))
        value = "" if condition.match == "present" else f" AND {self._any_of('t.value', condition)}"
        self.conditions.append(
            "EXISTS (SELECT 1 FROM parameter_tag t WHERE t.account = p.account AND t.region = p.region"
            f" AND t.path = p.path AND t.key = {key}{value})"
        )

    def _any_of(self, column: str, condition: Condition) -> str:
        return "(" + " OR ".join(self._one(column, condition.match, value) for value in condition.values) + ")"

    def _one(self, column: str, match: str, value: str) -> str:
        if match == "equals":
            return f"{column} = {self.argument(value)}"
        if match == "contains":
            # LIKE ignores case on one engine and not on the other; replace() does not.
            return f"replace({column}, {self.argument(value)}, '') <> {column}"
        low, high = (value, value + _LAST) if match == "prefix" else below(value)
        inside = f"{column} >= {self.argument(low)} AND {column} < {self.argument(high)}"
        level = f" AND p.depth = {self.argument(depth_of(value) + 1)}" if match == "children" else ""
        return f"({inside}{level})"

    def select(self, columns: str, order: str, limit: int) -> str:
        return (
            f"SELECT {columns} FROM parameter p WHERE {' AND '.join(self.conditions)}"
            f" ORDER BY {order} LIMIT {self.argument(limit)}"
        )


def below(path: str) -> tuple[str, str]:
    """The half-open range of paths that everything below `path` lies in."""
    return (path + "/", path + "0") if path != "/" else ("/", "0")  # "0" is the character after "/"


def _range(conditions: Sequence[Condition]) -> tuple[str, str]:
    """The range of paths that the conditions leave, as far as one range can say it."""
    low, high = "/", "0"
    for condition in conditions:
        if condition.field == "path" and len(condition.values) == 1:
            value = condition.values[0]
            if condition.match == "prefix":
                low, high = max(low, value), min(high, value + _LAST)
            elif condition.match in ("children", "descendants"):
                start, end = below(value)
                low, high = max(low, start), min(high, end)
    return low, high


async def describe(place: Place, conditions: Sequence[Condition], after: str | None, limit: int) -> Page[Version]:
    """Current versions in the order of their paths, without their content."""
    low, high = _range(conditions)
    start = (">", after) if after is not None else (">=", low)
    stop = None
    if conditions and not any(each.field == "path" and each.match == "equals" for each in conditions):
        bound = _Query(place)
        bound.where("path", *start)
        bound.where("path", "<", high)
        _, stop = await _examined(place, bound, EXAMINED)
    query = _Query(place)
    query.where("path", *start)
    query.where("path", *(("<=", stop) if stop is not None else ("<", high)))
    for condition in conditions:
        query.add(condition)
    rows = await place.tx.fetch_all(query.select(COLUMNS.replace("value", "NULL"), "p.path", limit + 1), *query.args)
    found = [Version(*row) for row in rows[:limit]]
    return Page(found, found[-1].path if len(rows) > limit else stop)


async def describe_one(place: Place, path: str, conditions: Sequence[Condition]) -> Version | None:
    """The current version of one parameter without its content, if it meets the conditions."""
    query = _Query(place)
    query.where("path", "=", path)
    for condition in conditions:
        query.add(condition)
    row = await place.tx.fetch_row(query.select(COLUMNS.replace("value", "NULL"), "p.path", 1), *query.args)
    return Version(*row) if row else None


async def by_path(
    place: Place, path: str, recursive: bool, conditions: Sequence[Condition], after: str | None, limit: int
) -> Page[Reading]:
    """Current versions below `path`, nearer levels first, by path within a level."""
    low, high = below(path)
    depth, beyond = depth_of(path) + 1, low
    if after is not None:
        depth, beyond = depth_of(after), after
    last = await _deepest(place) if recursive else depth
    found: list[Reading] = []
    examine = EXAMINED
    while depth <= last:
        rows, examined, stop = await _level(place, depth, beyond, high, conditions, limit + 1 - len(found), examine)
        found += rows
        examine -= examined
        if len(found) > limit:
            return Page(found[:limit], found[limit - 1].path)
        if stop is not None:
            return Page(found, stop)
        depth, beyond = depth + 1, low
    return Page(found, None)


async def _deepest(place: Place) -> int:
    row = await place.tx.fetch_row(
        "SELECT max(depth) FROM parameter WHERE account = $1 AND region = $2", place.account, place.region
    )
    return (row[0] if row else None) or 0


async def _level(
    place: Place, depth: int, beyond: str, high: str, conditions: Sequence[Condition], limit: int, examine: int
) -> tuple[list[Reading], int, str | None]:
    """One level of a range: what matches, how many were examined for it, and where that stopped if it did."""
    if not conditions:
        key = ("level", place.account, place.region, depth, beyond, high, limit)
        found: list[Reading] | None = place.tx.recall(key)
        if found is None:
            found = await place.tx.known(key, _plain_level, place, key[3:], small=_is_small)
        return found, 0, None
    examined, stop = await _examined(place, _level_query(place, depth, beyond, high), examine)
    query = _level_query(place, depth, beyond, high)
    if stop is not None:
        query.where("path", "<=", stop)
    for condition in conditions:
        query.add(condition)
    rows = await place.tx.fetch_all(query.select(READ_COLUMNS, "p.path", limit), *query.args)
    found = [opened_reading(place, row) for row in rows]
    for condition in conditions:
        if condition.field == "label":
            found = [await _labelled(place, each, condition.values[0]) for each in found]
    return found, examined, stop


async def _labelled(place: Place, current: Reading, label: str) -> Reading:
    """The version that carries a label, under the name of the current one."""
    number = await labels.find(place, current.path, label)
    if number is None or number == current.version:
        return current
    version = await find_replaced(place, current.path, number)
    if version is None:
        return current
    return Reading(
        current.path,
        current.name,
        version.version,
        version.type,
        version.content,
        version.data_type,
        version.modified_at,
    )


async def _plain_level(place: Place, bounds: tuple[Any, ...]) -> list[Reading]:
    rows = await place.tx.fetch_all(_LEVEL, place.account, place.region, *bounds)
    return [opened_reading(place, row) for row in rows]


def _is_small(level: list[Reading]) -> bool:
    return len(level) > 0 and sum(len(each.content) for each in level) <= SMALL


async def _examined(place: Place, bound: _Query, most: int) -> tuple[int, str | None]:
    """How many of a range may be examined, at most `most`; and the last of them if there may be more behind it."""
    row = await place.tx.fetch_row(
        f"SELECT count(*), max(path) FROM ({bound.select('p.path', 'p.path', most)}) AS examined", *bound.args
    )
    assert row is not None
    return row[0], row[1] if row[0] == most else None


def _level_query(place: Place, depth: int, beyond: str, high: str) -> _Query:
    query = _Query(place)
    query.where("depth", "=", depth)
    query.where("path", ">", beyond)
    query.where("path", "<", high)
    return query
