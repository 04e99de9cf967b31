"""Many parameters at a time, page by page.

A page begins behind the last key of the page before, so writes between pages neither repeat nor skip what stays.
Filters begin at the index of what they ask for (see `ranges`). With several filters, or one that no index helps, a page
examines at most `EXAMINED` entries of an index; then it may be short, or empty, and still not be the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Reading, Version
from parastore.ssm.store import labels, ranges
from parastore.ssm.store.query import Query
from parastore.ssm.store.ranges import FIRST, Choice, Range, below, only
from parastore.ssm.store.records import COLUMNS, READ_COLUMNS, SMALL, Place, find_replaced, opened_reading
from parastore.storage.protocol import Row

V = TypeVar("V")

EXAMINED = 2000
_NAMES = 5  # times as many where names alone are compared, with one value: that needs no row of a parameter
_DESCRIBED = COLUMNS.replace("value", "NULL")
_LEVEL = (
    f"SELECT {READ_COLUMNS} FROM parameter WHERE account = $1 AND region = $2 AND depth = $3"
    " AND path > $4 AND path < $5 ORDER BY path LIMIT $6"
)


class Page(NamedTuple, Generic[V]):
    """What was found, and the key to go on behind; None when this is the end."""

    versions: list[V]
    next: str | None


async def describe(place: Place, conditions: Sequence[Condition], after: str | None, limit: int) -> Page[Version]:
    """Current versions in the order of their paths, without their content."""
    low, high = ranges.bounds(conditions)
    if after is not None:
        low = max(low, after + FIRST)
    choices = ranges.choices(conditions)
    exact = next((each for each in choices if each.ordered and not each.rest), None)
    if exact is not None:
        choice, stop = exact.within(low, high), None
    else:
        choice, stop = await _narrowest(place, choices, low, high, _examined(conditions))
    if not choice.ranges:
        return Page([], None)
    query = Query(place, choice.ranges)
    for condition in choice.rest:
        query.add(condition)
    rows = await place.tx.fetch_all(query.select(_DESCRIBED, limit + 1), *query.args)
    found = [Version(*row) for row in rows[:limit]]
    return Page(found, found[-1].path if len(rows) > limit else stop)


def _examined(conditions: Sequence[Condition]) -> int:
    if all(condition.field == "path" for condition in conditions):
        return max(EXAMINED, _NAMES * EXAMINED // sum(len(condition.values) for condition in conditions))
    return EXAMINED


async def _narrowest(
    place: Place, choices: Sequence[Choice], low: str, high: str, most: int
) -> tuple[Choice, str | None]:
    """The choice that comes farthest when `most` of its paths are examined, cut there; and the last of these paths.

    The last is None where there is nothing behind it.
    """
    reached: list[tuple[str, Choice]] = []
    for choice in choices:
        stop = await _stop(place, choice, low, high, most)
        if stop is None:
            return choice.within(low, high), None
        reached.append((stop, choice))
    stop, choice = max(reached, key=lambda each: each[0])
    return choice.within(low, stop + FIRST), stop


async def _stop(place: Place, choice: Choice, low: str, high: str, most: int) -> str | None:
    """The path that `most` examined paths end with; None if there are fewer. `""` if they cannot be had in order."""
    inside = choice.within(low, high) if choice.ordered else choice
    if not inside.ranges:
        return None
    query = Query(place, inside.ranges)
    row = await place.tx.fetch_row(query.last(most), *query.args)
    return (row[0] if choice.ordered else "") if row else None


async def describe_one(place: Place, path: str, conditions: Sequence[Condition]) -> Version | None:
    """The current version of one parameter without its content, if it meets the conditions."""
    query = Query(place, [only(path)])
    for condition in conditions:
        query.add(condition)
    row = await place.tx.fetch_row(query.select(_DESCRIBED, 1), *query.args)
    return Version(*row) if row else None


async def by_path(
    place: Place, path: str, recursive: bool, conditions: Sequence[Condition], after: str | None, limit: int
) -> Page[Reading]:
    """Current versions below `path`, nearer levels first, by path within a level."""
    low, high = below(path)
    depth, beyond = depth_of(path) + 1, low
    if after is not None:
        depth, beyond = depth_of(after), after
    for choice in ranges.choices(conditions) if conditions else ():
        if await _stop(place, choice, low, high, EXAMINED) is None:
            few = choice.within(low, high)
            found = await _readings(place, await _few(place, path, recursive, few, after, limit + 1), conditions)
            return Page(found[:limit], found[limit - 1].path if len(found) > limit else None)
    last = await _deepest(place) if recursive else depth
    found = []
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


async def _few(place: Place, path: str, recursive: bool, choice: Choice, after: str | None, limit: int) -> list[Row]:
    """Rows of the same from a choice of few paths, all of which are brought into order."""
    if not choice.ranges:
        return []
    query = Query(place, choice.ranges)
    if not recursive:
        query.add(Condition("path", "children", (path,)))
    if after is not None:
        query.behind(after)
    for condition in choice.rest:
        query.add(condition)
    return await place.tx.fetch_all(query.select(READ_COLUMNS, limit, by_level=True), *query.args)


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
    level = Range("parameter", (("depth", "=", depth),), beyond + FIRST, high)
    bound = Query(place, [level])
    row = await place.tx.fetch_row(bound.count(examine), *bound.args)
    assert row is not None
    examined, stop = row[0], row[1] if row[0] == examine else None
    query = Query(place, [level if stop is None else level._replace(high=stop + FIRST)])
    for condition in conditions:
        query.add(condition)
    rows = await place.tx.fetch_all(query.select(READ_COLUMNS, limit), *query.args)
    return await _readings(place, rows, conditions), examined, stop


async def _readings(place: Place, rows: Sequence[Row], conditions: Sequence[Condition]) -> list[Reading]:
    """Current versions, or with a filter for a label the versions that carry it."""
    found = [opened_reading(place, row) for row in rows]
    for condition in conditions:
        if condition.field == "label":
            found = [await _labelled(place, each, condition.values[0]) for each in found]
    return found


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
