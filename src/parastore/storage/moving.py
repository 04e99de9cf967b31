"""One database made like another: rows are compared in the order of their keys, and what differs is put right.

What is equal is left alone, so a move that was interrupted goes on where it was, and a pass that finds nothing to do is
the proof that the two are the same, row by row. Values are carried as they are, sealed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from parastore.storage import tables
from parastore.storage.protocol import Engine, Row, Transaction
from parastore.storage.tables import PAGE, Progress, Table


class Pass(NamedTuple):
    """What one pass looked at, put and deleted, in rows."""

    rows: int
    put: int
    deleted: int


async def make_alike(source: Transaction, target: Engine, progress: Progress = lambda done, total: None) -> Pass:
    """One pass. `source` is of one moment; the target has the same schema, and nobody else writes it."""
    everything = tables.of_schema()
    total = await tables.count(source, everything)
    rows = put = 0
    surplus: list[tuple[Table, list[Row]]] = []
    for table in everything:
        missing: list[Row] = []
        extra: list[Row] = []
        async for old, new in _merged(source, target.read(), table):
            if old is None:
                assert new is not None
                extra.append(table.key_of(new))
                continue
            rows += 1
            if old != new:
                missing.append(old)
            if len(missing) >= PAGE:
                put += await _put(target, table, missing)
                missing = []
            if rows % PAGE == 0:
                progress(rows, max(rows, total))
        put += await _put(target, table, missing)
        surplus.append((table, extra))
    progress(rows, max(rows, total))
    # Those that are referred to go last.
    for table, extra in reversed(surplus):
        if extra:
            await _delete(target, table, extra)
    return Pass(rows, put, sum(len(extra) for _, extra in surplus))


async def _put(target: Engine, table: Table, rows: list[Row]) -> int:
    if rows:
        await target.write(lambda tx: tables.put(tx, table, rows))
    return len(rows)


async def _delete(target: Engine, table: Table, keys: list[Row]) -> None:
    await target.write(lambda tx: tables.delete(tx, table, keys))


async def _merged(
    source: Transaction, target: Transaction, table: Table
) -> AsyncIterator[tuple[Row | None, Row | None]]:
    """Rows with the same key side by side, None where one has none."""
    olds, news = _rows(source, table), _rows(target, table)
    old, new = await anext(olds, None), await anext(news, None)
    while old is not None or new is not None:
        if new is None or (old is not None and table.key_of(old) < table.key_of(new)):
            yield old, None
            old = await anext(olds, None)
        elif old is None or table.key_of(new) < table.key_of(old):
            yield None, new
            new = await anext(news, None)
        else:
            yield old, new
            old, new = await anext(olds, None), await anext(news, None)


async def _rows(tx: Transaction, table: Table) -> AsyncIterator[Row]:
    async for page in tables.pages(tx, table):
        for row in page:
            yield row
