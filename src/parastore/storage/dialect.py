"""What PostgreSQL writes in another way than SQLite: two column types, and NUL in text.

Statements of the schema are written for SQLite and read for PostgreSQL: BLOB is BYTEA there, and TEXT compares by code
points (COLLATE "C"), as SQLite's does and as the order of pages is defined. Everything else is one SQL for both.

PostgreSQL's text holds no NUL, and a client may send one. It is kept as two characters that begin with U+0001, and so
is U+0001 itself. Equality, order and prefixes stay what they were.
"""

from __future__ import annotations

import re

_SCHEMA = re.compile(r"\s*(CREATE|ALTER)\s+TABLE\b", re.IGNORECASE)
_NUL, _ESCAPE = "\x00", "\x01"
_WRITTEN = {"\x00": "\x01\x02", "\x01": "\x01\x03"}
_READ = {written: read for read, written in _WRITTEN.items()}


def statement(sql: str) -> str:
    """A statement as PostgreSQL takes it."""
    if not _SCHEMA.match(sql):
        return sql
    return re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', re.sub(r"\bBLOB\b", "BYTEA", sql))


def to_text(value: str) -> str:
    """Text as PostgreSQL keeps it."""
    if _NUL not in value and _ESCAPE not in value:
        return value
    return re.sub("[\x00\x01]", lambda found: _WRITTEN[found[0]], value)


def from_text(value: str) -> str:
    """The text that `to_text` got."""
    if _ESCAPE not in value:
        return value
    return re.sub("\x01.", lambda found: _READ[found[0]], value)
