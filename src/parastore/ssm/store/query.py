"""A SELECT of parameters that begins at ranges of indexes, and goes to a parameter's row for what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.store.ranges import LAST, Range, below
from parastore.ssm.store.records import Place

_KEY = "account, region, path"
_ALL = 2**62  # a limit that is none


class Query:
    """The paths in ranges, of which there is one at least; the conditions they must meet; and the arguments of both.

    Both planners keep to the order in which it is written, whatever they know of the tables: SQLite knows nothing, and
    PostgreSQL next to nothing after a mass of writes, when it takes an account to have two parameters. They see through
    no SELECT with a limit, and so not that account and Region are the same for all that is joined.
    """

    def __init__(self, place: Place, ranges: Sequence[Range]) -> None:
        self.args: list[Any] = [place.account, place.region]
        self._ranges = ranges
        self._tests: list[str] = []

    def select(self, columns: str, limit: int, *, by_level: bool = False) -> str:
        """A SELECT of columns of the first `limit` parameters."""
        if not self._tests and not by_level and len(self._ranges) == 1 and self._ranges[0].plain:
            # All in a range of paths: the key's index gives the rows themselves.
            return self._range(self._ranges[0], self._argument(limit), columns)
        candidates = self._paths("account AS a, region AS r, path AS candidate", limit, by_level=by_level)
        return (
            f"SELECT {columns} FROM ({candidates}) AS c"
            " LEFT JOIN parameter p ON p.account = c.a AND p.region = c.r AND p.path = c.candidate"
            f" ORDER BY {_order('c.candidate', by_level)}"
        )

    def count(self, most: int) -> str:
        """A SELECT of how many paths there are, up to `most`, and of the last of them."""
        return f"SELECT count(*), max(path) FROM ({self._paths('path', most)}) AS examined"

    def _paths(self, columns: str, limit: int, *, by_level: bool = False) -> str:
        straight = not self._tests and not by_level and all(each.ordered for each in self._ranges)
        listed = self._listed(limit if straight else _ALL)
        where = f" WHERE {' AND '.join(self._tests)}" if self._tests else ""
        return (
            f"SELECT {columns} FROM ({listed}) AS listed{where} ORDER BY {_order('path', by_level)}"
            f" LIMIT {self._argument(limit)}"
        )

    def last(self, number: int) -> str:
        """A SELECT of the last of `number` paths, of nothing if there are fewer. Asks for no conditions."""
        listed = self._listed(number)
        return f"SELECT path FROM ({listed}) AS listed ORDER BY path LIMIT 1 OFFSET {self._argument(number - 1)}"

    def _listed(self, most: int) -> str:
        limit = self._argument(most)
        if len(self._ranges) == 1 and self._ranges[0].ordered:
            return self._range(self._ranges[0], limit)
        each = " UNION ALL ".join(f"SELECT {_KEY} FROM ({self._range(one, limit)}) AS r" for one in self._ranges)
        return f"SELECT {_KEY} FROM ({each}) AS found ORDER BY path LIMIT {limit}"

    def _range(self, one: Range, limit: str, columns: str = _KEY) -> str:
        terms = "".join(f" AND {column} {relation} {self._argument(value)}" for column, relation, value in one.terms)
        entries = f"SELECT {columns} FROM {one.table} WHERE account = $1 AND region = $2{terms}{one.limits}"
        inside = f"path >= {self._argument(one.low)} AND path < {self._argument(one.high)}"
        if one.ordered:
            return f"{entries} AND {inside} ORDER BY path LIMIT {limit}"
        # Behind a limit the order of paths is no reason to begin at another index.
        return f"SELECT {_KEY} FROM ({entries} LIMIT {limit}) AS entries WHERE {inside}"

    def _argument(self, value: object) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def behind(self, path: str) -> None:
        """Go on behind a path in the order of levels."""
        level, depth = self._argument(depth_of(path)), _depth("path")
        self._tests.append(f"({depth} > {level} OR {depth} = {level} AND path > {self._argument(path)})")

    def add(self, condition: Condition) -> None:
        field = condition.field
        if field == "path":
            self._tests.append(self._any_of("path", condition))
        elif field.startswith("tag:"):
            key = f"e.key = {self._argument(field.removeprefix('tag:'))}"
            value = "" if condition.match == "present" else f" AND {self._any_of('e.value', condition)}"
            self._add_entry("parameter_tag", key + value)
        else:
            table = "parameter_label" if field == "label" else "parameter"
            # Not the bare column: PostgreSQL might read through the column's index for the path.
            self._add_entry(table, self._any_of(f"(e.{field} || '')", condition))

    def _add_entry(self, table: str, terms: str) -> None:
        # With an offset PostgreSQL looks for one entry at a time, and does not join the whole table.
        self._tests.append(
            f"EXISTS (SELECT 1 FROM {table} e WHERE e.account = $1 AND e.region = $2 AND e.path = listed.path"
            f" AND {terms} LIMIT 1 OFFSET 0)"
        )

    def _any_of(self, column: str, condition: Condition) -> str:
        return "(" + " OR ".join(self._one(column, condition.match, value) for value in condition.values) + ")"

    def _one(self, column: str, match: str, value: str) -> str:
        if match == "equals":
            return f"{column} = {self._argument(value)}"
        if match == "contains":
            # LIKE ignores case on one engine and not on the other; replace() does not.
            return f"replace({column}, {self._argument(value)}, '') <> {column}"
        low, high = (value, value + LAST) if match == "prefix" else below(value)
        inside = f"{column} >= {self._argument(low)} AND {column} < {self._argument(high)}"
        level = f" AND {_depth(column)} = {self._argument(depth_of(value) + 1)}" if match == "children" else ""
        return f"({inside}{level})"


def _depth(path: str) -> str:
    return f"length({path}) - length(replace({path}, '/', ''))"


def _order(path: str, by_level: bool) -> str:
    return f"{_depth(path)}, {path}" if by_level else path
