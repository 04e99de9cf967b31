"""Where an installation keeps its data: the data folder, and the database when that is not a file in it.

With PostgreSQL the folder holds the root key only, and every node needs one with the same key.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

if TYPE_CHECKING:
    from parastore.storage.protocol import Engine
    from parastore.storage.snapshot import Snapshot

_MASK = "****"
_SECRETS = ("password", "sslpassword")  # of libpq's parameters, the ones that are secrets


class DatabaseUrl:
    """A `postgresql://` URL; shown without its password."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Raises ValueError for what is no such URL."""
        parts = urlsplit(text)
        if parts.scheme not in ("postgresql", "postgres") or not text.isprintable() or " " in text:
            raise ValueError("not a URL of PostgreSQL")
        self._text = text

    def reveal(self) -> str:
        """The URL with everything in it."""
        return self._text

    @property
    def has_password(self) -> bool:
        """Whether the URL itself holds a secret."""
        parts = urlsplit(self._text)
        login = parts.netloc.rpartition("@")[0]
        return ":" in login or any(name in _SECRETS for name, _ in parse_qsl(parts.query))

    def __str__(self) -> str:
        if not self.has_password:
            return self._text
        parts = urlsplit(self._text)
        login, at, hosts = parts.netloc.rpartition("@")
        user, colon, _ = login.partition(":")
        query = [
            (name, _MASK if name in _SECRETS else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        shown = f"{parts.scheme}://{user}{colon and ':' + _MASK}{at}{hosts}{parts.path}"
        return f"{shown}?{urlencode(query, safe='*/', quote_via=quote)}" if query else shown

    def __repr__(self) -> str:
        return f"DatabaseUrl({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatabaseUrl) and other._text == self._text

    def __hash__(self) -> int:
        return hash((DatabaseUrl, self._text))


class Location(NamedTuple):
    """A data folder, and the database beside it if it has one. `connections` are those that read, of each process."""

    folder: Path
    database: DatabaseUrl | None = None
    connections: int = 2

    def open(self, *, create: bool = False) -> Engine:
        """The engine on the data; only `create` makes an SQLite database that is not there. Raises StorageError."""
        # Each engine is loaded only where it is used.
        if self.database is None:
            from parastore.storage.sqlite import open_sqlite  # noqa: PLC0415

            return open_sqlite(self.folder, create=create)
        from parastore.storage.postgres import PostgresEngine  # noqa: PLC0415

        return PostgresEngine(self.database.reveal(), self.connections)

    async def look(self) -> Snapshot:
        """A connection that only reads, and sees one moment between its `begin` and `end`. Raises StorageError."""
        from parastore.storage import snapshot  # noqa: PLC0415

        if self.database is None:
            return snapshot.of_sqlite(self.folder / "parastore.db")
        return await snapshot.of_postgres(self.database.reveal())

    def __str__(self) -> str:
        return str(self.folder) if self.database is None else str(self.database)
