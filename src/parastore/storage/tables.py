"""The tables of the schema as data: what a backup holds, and what a move carries from one database to another.

The steps of the schema are run on a database in memory and looked at there, so both engines have one description.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from parastore.storage import migrations
from parastore.storage.protocol import Row, Transaction

PAGE = 500  # rows; with the largest values 2 MB
_ARGUMENTS = 10_000  # of one statement: PostgreSQL takes 32,767, SQLite 32,766
Progress = Callable[[int, int], None]  # rows done, of how many there were at the beginning


class Table(NamedTuple):
    """A table: its columns, those of its primary key first, and how many those are."""

    name: str
    columns: tuple[str, ...]
    key: int

    def key_of(self, row: Row) -> Row:
        """A row's key; keys sort in Python as they do in both engines."""
        return row[: self.key]


@cache
def of_schema(number: int | None = None) -> tuple[Table, ...]:
    """The tables after step `number` of the schema, by default the last one; those others refer to come first."""
    import apsw  # noqa: PLC0415 (not for the nodes of a PostgreSQL)

    with closing(apsw.Connection(":memory:")) as connection:
        for step in migrations.load():
            if number is None or step.number <= number:
                for statement in step.statements:
                    connection.execute(statement)
        made: dict[str, Table] = {}
        refers: dict[str, set[str]] = {}
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
            columns: list[Any] = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
            key = [each[1] for each in sorted(columns, key=lambda each: each[5]) if each[5]]
            made[name] = Table(name, (*key, *(each[1] for each in columns if not each[5])), len(key))
            refers[name] = {each[2] for each in connection.execute(f'PRAGMA foreign_key_list("{name}")')} - {name}
    return tuple(made[name] for name in TopologicalSorter(refers).static_order())


async def count(tx: Transaction, tables: Iterable[Table]) -> int:
    """How many rows there are in all."""
    row = await tx.fetch_row("SELECT " + " + ".join(f"(SELECT count(*) FROM {each.name})" for each in tables))  # noqa: S608
    assert row is not None
    total: int = row[0]
    return total


async def pages(tx: Transaction, table: Table) -> AsyncIterator[list[Row]]:
    """The rows of a table in the order of their keys."""
    key, columns = ", ".join(table.columns[: table.key]), ", ".join(table.columns)
    select = f"SELECT {columns} FROM {table.name}"  # noqa: S608
    behind = ", ".join(f"${number + 1}" for number in range(table.key))
    rows = await tx.fetch_all(f"{select} ORDER BY {key} LIMIT {PAGE}")
    while rows:
        yield rows
        after = table.key_of(rows[-1])
        rows = await tx.fetch_all(f"{select} WHERE ({key}) > ({behind}) ORDER BY {key} LIMIT {PAGE}", *after)


async def put(tx: Transaction, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, in the place of those with their keys."""
    names, key = ", ".join(table.columns), ", ".join(table.columns[: table.key])
    changed = ", ".join(f"{name} = excluded.{name}" for name in table.columns[table.key :])
    conflict = f"ON CONFLICT ({key}) DO " + (f"UPDATE SET {changed}" if changed else "NOTHING")
    for some in _shares(rows, _ARGUMENTS // len(table.columns)):
        values = ", ".join(_places(position, len(table.columns)) for position in range(len(some)))
        args: list[Any] = [value for row in some for value in row]
        await tx.execute(f"INSERT INTO {table.name} ({names}) VALUES {values} {conflict}", *args)  # noqa: S608


async def delete(tx: Transaction, table: Table, keys: Iterable[Row]) -> None:
    """Delete rows by their keys."""
    where = " AND ".join(f"{name} = ${number}" for number, name in enumerate(table.columns[: table.key], 1))
    for key in keys:
        await tx.execute(f"DELETE FROM {table.name} WHERE {where}", *key)  # noqa: S608


def _places(position: int, width: int) -> str:
    return "(" + ", ".join(f"${position * width + number}" for number in range(1, width + 1)) + ")"


def _shares(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), most):
        yield rows[start : start + most]
