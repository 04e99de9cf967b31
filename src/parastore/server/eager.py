"""Carry on, in a task, a coroutine that was begun without one.

Most requests finish without waiting, so the front runs a handler's first step itself (`coroutine.send(None)`) and makes
a task only for what is left: a task costs more than many a handler. Until its first wait such a coroutine has no
current task, so `asyncio.timeout` and anyio's scopes cannot be entered before it.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class Continuation(Coroutine[Any, Any, T]):
    """A started coroutine that waits for `first`, as something `loop.create_task` accepts.

    The task first gets `first` to wait for, as if the coroutine had just yielded it. A task that is cancelled before
    its own first step throws into the coroutine, which is why this is no generator: one that has not begun would
    swallow it.
    """

    __slots__ = ("_coroutine", "_first", "_waiting")

    def __init__(self, coroutine: Coroutine[Any, Any, T], first: Any) -> None:
        self._coroutine = coroutine
        self._first = first
        self._waiting = True

    def send(self, value: Any) -> Any:
        """See Coroutine."""
        if self._waiting:
            self._waiting = False
            first, self._first = self._first, None
            return first
        return self._coroutine.send(value)

    def throw(
        self,
        kind: Any,
        value: BaseException | object = None,
        traceback: TracebackType | None = None,
    ) -> Any:
        """See Coroutine."""
        self._waiting = False
        self._first = None
        if value is None and traceback is None:
            return self._coroutine.throw(kind)
        return self._coroutine.throw(kind, value, traceback)

    def close(self) -> None:
        """See Coroutine."""
        self._waiting = False
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, T]:
        raise TypeError("a Continuation is run by a task")
