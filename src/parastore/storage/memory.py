"""What is known for as long as nobody writes: a bounded memory that keeps what was asked for lately.

When it is full, what it has becomes old and it begins anew; what is old is taken over when it is asked for, and the
rest is forgotten when it is full again. To empty it instead would lose a working set that is a little too large.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

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
