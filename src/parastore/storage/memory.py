"""What is known for as long as nobody writes: a bounded memory that keeps what was asked for lately.

When it is full, what it has becomes old and it begins anew; what is old is taken over when it is asked for, and the
rest is forgotten when it is full again. To empty it instead would lose a working set that is a little too large.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 5_000  # things, and as many old ones; hostile look-ups cannot grow it further


class Memory(dict[Hashable, Any]):
    """`memory[key]` raises KeyError for what is not known."""

    __slots__ = ("_old",)

    def __init__(self) -> None:
        super().__init__()
        self._old: dict[Hashable, Any] = {}

    def __missing__(self, key: Hashable) -> Any:
        value = self._old[key]
        self.keep(key, value)
        return value

    def keep(self, key: Hashable, value: Any) -> None:
        """Remember this."""
        if len(self) >= MOST:
            self._old = dict(self)
            self.clear()
        self[key] = value


class Forgetful:
    """The part of a `Transaction` that knows nothing but what it reads now."""

    __slots__ = ()

    def recall(self, key: Hashable) -> Any:
        """See `Transaction`."""
        return None

    def note(self, key: Hashable, value: Any) -> None:
        """See `Transaction`."""

    async def noted(self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any) -> T:
        """See `Transaction`."""
        return await load(*args)

    async def known(
        self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any, small: Callable[[T], bool] | None = None
    ) -> T:
        """See `Transaction`."""
        return await load(*args)


class Writing(Forgetful):
    """The part of a `Transaction` that writes. `wrote` says whether it may have, since that was last set."""

    __slots__ = ("_notes", "wrote")

    def __init__(self) -> None:
        self._notes: dict[Hashable, Any] = {}
        self.wrote = False

    def recall(self, key: Hashable) -> Any:
        """See `Transaction`."""
        return self._notes.get(key)

    def note(self, key: Hashable, value: Any) -> None:
        """See `Transaction`."""
        self._notes[key] = value

    async def noted(self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any) -> T:
        """See `Transaction`."""
        found: T | None = self._notes.get(key)
        if found is None:
            found = self._notes[key] = await load(*args)
        return found

    def forget(self) -> None:
        """Forget all notes: of a transaction that ended, or a work that was undone."""
        self._notes.clear()


class Remembering:
    """The part of a `Transaction` that remembers. Whoever is one keeps `_memory`, and renews it when it must.

    No `Forgetful`: of an engine's reader that is also its transaction, `Writing` would come before that, and note.
    """

    __slots__ = ()
    _memory: Memory

    def recall(self, key: Hashable) -> Any:
        """See `Transaction`."""
        try:
            return self._memory[key]
        except KeyError:
            return None

    def note(self, key: Hashable, value: Any) -> None:
        """See `Transaction`."""

    async def noted(self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any) -> T:
        """See `Transaction`."""
        return await load(*args)

    async def known(
        self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any, small: Callable[[T], bool] | None = None
    ) -> T:
        """See `Transaction`."""
        # While it loads, another memory may take its place: what was loaded then belongs to this one.
        memory = self._memory
        try:
            found: T = memory[key]
        except KeyError:
            found = await load(*args)
            if small is None or small(found):
                memory.keep(key, found)
        return found
