"""What can be said of a data folder without knowing what its rows mean: files, database, schema.

Rooms check their own rows, in their `checks.py`, and report in the same words: a `Finding`, page by page.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from parastore.storage import migrations
from parastore.storage.protocol import StorageError, Transaction

CLOSED = "does not open in its place: altered, moved from elsewhere, or never sealed"
_HOLDS = {"BIGINT": "integer", "TEXT": "text", "BLOB": "blob"}  # declared type -> what the engine must hold
_SHOWN = 100  # findings of one kind and table; a broken import may give as many as there are rows


class Finding(NamedTuple):
    """A broken invariant: where, and what is wrong there. Neither text ever holds a value or a key."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Page(NamedTuple):
    """What was found among the next so many rows. What a page says is true of one moment, two pages may be of two."""

    rows: int
    findings: list[Finding]


def files(folder: Path) -> Iterator[Finding]:
    """Whether folder and files are closed to others.

    Files are looked at, never opened: closing a database file would drop this process's locks on it, if it has any.
    """
    for path in (folder, *sorted(folder.iterdir())):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            continue  # a running server's -wal and -shm come and go
        if mode & 0o077:
            private = "700" if path.is_dir() else "600"
            yield Finding(str(path), f"is open to others (mode {mode:04o}): chmod {private} {path}")


async def schema(tx: Transaction) -> list[Finding]:
    """Whether the schema is the one this version works with. Rooms cannot check another."""
    if "schema_migration" not in await tx.tables():
        raise StorageError("this is no Parastore database, or its first start did not end: start the server once")
    applied: dict[int, str] = dict(await tx.fetch_all("SELECT number, name FROM schema_migration"))
    known = {step.number: step.name for step in migrations.load()}
    findings = []
    for number, name in sorted((known | applied).items()):
        if number not in applied:
            findings.append(Finding(f"schema step {number} ({name})", "is not applied: start the server once"))
        elif number not in known:
            findings.append(
                Finding(f"schema step {number} ({name})", "is of a newer Parastore: check with that version")
            )
    return findings


async def database(tx: Transaction) -> list[Finding]:
    """Whether an SQLite database is whole: its pages, its indexes, its references."""
    findings = [
        Finding("database", " ".join(text.split()))
        for (text,) in await tx.fetch_all(f"PRAGMA integrity_check({_SHOWN})")
        if text != "ok"
    ]
    for table, rowid, parent, number in await tx.fetch_all(
        f'SELECT "table", rowid, parent, fkid FROM pragma_foreign_key_check LIMIT {_SHOWN}'  # noqa: S608
    ):
        keys = await tx.fetch_all(f"PRAGMA foreign_key_list({_quoted(table)})")
        columns = await tx.fetch_all(f"PRAGMA table_info({_quoted(table)})")
        shown = [name for _, name, _, _, _, position in columns if position]
        shown += [key[3] for key in keys if key[0] == number and key[3] not in shown]
        findings.append(Finding(await _row(tx, table, rowid, shown), f"refers to no {parent}"))
    return findings


async def types(tx: Transaction) -> list[Finding]:
    """Whether columns hold what they declare: SQLite takes anything anywhere. Rooms cannot check rows that do not."""
    findings = []
    for table in await tx.tables():
        columns = await tx.fetch_all(f"PRAGMA table_info({_quoted(table)})")
        key = [name for _, name, _, _, _, position in columns if position]
        # integrity_check sees to NOT NULL, but a key may be NULL in SQLite.
        wanted = {
            name: (_HOLDS[declared], _HOLDS[declared] if position else "null")
            for _, name, declared, _, _, position in columns
            if declared in _HOLDS
        }
        if not wanted:
            continue
        held = ", ".join(f"typeof({_quoted(name)})" for name in wanted)
        wrong = " OR ".join(f"typeof({_quoted(name)}) NOT IN {types}" for name, types in wanted.items())
        for rowid, *found in await tx.fetch_all(
            f"SELECT rowid, {held} FROM {_quoted(table)} WHERE {wrong} LIMIT {_SHOWN}"  # noqa: S608
        ):
            where = await _row(tx, table, rowid, key)
            findings += [
                Finding(where, f"{name} holds {kind}, must be {wanted[name][0]}")
                for name, kind in zip(wanted, found, strict=True)
                if kind not in wanted[name]
            ]
    return findings


async def _row(tx: Transaction, table: str, rowid: int, columns: list[str]) -> str:
    """A row by its key, which holds names and numbers only."""
    names = ", ".join(_quoted(column) for column in columns)
    row = await tx.fetch_row(f"SELECT {names} FROM {_quoted(table)} WHERE rowid = $1", rowid)  # noqa: S608
    shown = ", ".join(f"{name}={value}" for name, value in zip(columns, row or (), strict=False))
    return f"{table} ({shown})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
