"""What an engine promises, and all that the rest of the product knows of one.

SQL is written once, with `$1`, `$2` ... for its arguments. Rows are plain tuples in the order selected. Values are int,
str, bytes, float or None; times are int milliseconds since the epoch.

INVARIANT: a reader sees every write that was acknowledged before `read` gave it, on this worker or any other.
INVARIANT: `write` returns only after what it did is durable; when it raises, nothing of it is stored. Two cases cannot
be known: a caller that was cancelled does not learn what became of its work, and a commit that failed on its way to
the disk or over the network may be found stored later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
Row = tuple[Any, ...]


class Transaction(Protocol):
    """Reads, and in a transaction writes. What `Engine.read` gives refuses `execute`."""

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        """The first row, or None."""

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        """All rows."""

    async def execute(self, sql: str, *args: Any) -> int:
        """Run one statement that changes something; how many rows it changed."""

    async def tables(self) -> list[str]:
        """The names of the tables there are, sorted."""

    def recall(self, key: Hashable) -> Any:
        """What is known under `key`, or None: without a coroutine, for the hottest path."""

    def note(self, key: Hashable, value: Any) -> None:
        """Let later works of this transaction `recall` what this one has written; forgotten when it is undone.

        Whoever writes what a note says writes the note too; None is no note. Outside of transactions nothing is noted.
        """

    async def noted(self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any) -> T:
        """What is noted under `key`, or what `load(*args)` reads, which is noted then."""

    async def known(
        self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any, small: Callable[[T], bool] | None = None
    ) -> T:
        """What `load(*args)` reads through this; it may be remembered under `key` for as long as nothing was written.

        What is not `small` is not remembered: there may be ten thousand of them.
        """


class Engine(Protocol):
    """A database: `read` for a request that reads, `write` for a unit of work."""

    def read(self) -> Transaction:
        """A reader for one request."""

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, quiet: bool = False) -> T:
        """Run `work` in one transaction and return its result once it is durable.

        A `quiet` work writes nothing from which anything that is remembered follows (`known`), so nobody has to forget.

        A work whose transaction was lost before its end, or undone for another's sake, runs again from its beginning.
        What `work` raises rolls it back and comes through. Raises `StorageError` when the engine fails.
        """

    async def scrub(self) -> bool:
        """Leave nothing of what was deleted or replaced in the engine's files; False when that cannot be done now."""

    async def close(self) -> None:
        """Finish what is under way, then let go of the database."""


@runtime_checkable
class Pooled(Protocol):
    """An engine whose reads share connections."""

    def pool(self) -> dict[str, int]:
        """How many connections for reads are open, and how many of them are in use."""


class StorageError(Exception):
    """The engine failed. The text says to an operator what happened and what to do; clients get a 500 without it."""
