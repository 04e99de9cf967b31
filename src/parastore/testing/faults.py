"""An engine that fails when it is told to.

    engine = FailingEngine(open_sqlite(folder), nth(3))             # the third call fails, whatever it is
    engine = FailingEngine(open_sqlite(folder), share(0.1, seed))   # one call in ten
    engine = FailingEngine(open_sqlite(folder), nth(1, "commit"))   # the first commit, and nothing is stored

Calls are `read` (getting a reader), `fetch` and `execute` (a statement), `begin`, `commit` (then nothing is stored),
and `answer`: the commit is done, and its answer lost.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Literal, TypeVar

from parastore.storage.protocol import Engine, Row, StorageError, Transaction

T = TypeVar("T")
Point = Literal["read", "fetch", "execute", "begin", "commit", "answer"]
POINTS: tuple[Point, ...] = ("read", "fetch", "execute", "begin", "commit", "answer")
Plan = Callable[[Point], bool]  # whether this call fails


def never(point: Point) -> bool:
    """Nothing fails."""
    return False


def nth(number: int, *points: Point) -> Plan:
    """The `number`th call fails, once; only `points` count if any are named."""
    seen = 0

    def plan(point: Point) -> bool:
        nonlocal seen
        if points and point not in points:
            return False
        seen += 1
        return seen == number

    return plan


def share(part: float, seed: object, *points: Point) -> Plan:
    """Each call fails with the probability `part`; only `points` if any are named."""
    dice = random.Random(str(seed))  # noqa: S311 - a test's dice

    def plan(point: Point) -> bool:
        return (not points or point in points) and dice.random() < part

    return plan


class FailingEngine:
    """An engine in front of another. `plan` may be changed at any time; `failed` counts what it made fail."""

    def __init__(self, engine: Engine, plan: Plan = never) -> None:
        self.engine = engine
        self.plan = plan
        self.failed = 0

    def touch(self, point: Point) -> None:
        """Raise StorageError if this call is to fail."""
        if self.plan(point):
            self.failed += 1
            raise StorageError(f"the disk failed, as the test wants, at {point}")

    def read(self) -> Transaction:
        self.touch("read")
        return _FailingTransaction(self, self.engine.read())

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, quiet: bool = False) -> T:
        async def watched(tx: Transaction) -> T:
            result = await work(_FailingTransaction(self, tx))
            self.touch("commit")
            return result

        self.touch("begin")
        result = await self.engine.write(watched, quiet=quiet)
        self.touch("answer")
        return result

    async def scrub(self) -> bool:
        return await self.engine.scrub()

    async def close(self) -> None:
        await self.engine.close()


class _FailingTransaction:
    def __init__(self, engine: FailingEngine, tx: Transaction) -> None:
        self._engine = engine
        self._tx = tx

    async def fetch_row(self, sql: str, *args: Any) -> Row | None:
        self._engine.touch("fetch")
        return await self._tx.fetch_row(sql, *args)

    async def fetch_all(self, sql: str, *args: Any) -> list[Row]:
        self._engine.touch("fetch")
        return await self._tx.fetch_all(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        self._engine.touch("execute")
        return await self._tx.execute(sql, *args)

    async def tables(self) -> list[str]:
        return await self._tx.tables()

    def recall(self, key: Hashable) -> Any:
        return self._tx.recall(key)

    def note(self, key: Hashable, value: Any) -> None:
        self._tx.note(key, value)

    async def noted(self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any) -> T:
        return await self._tx.noted(key, load, *args)

    async def known(
        self, key: Hashable, load: Callable[..., Awaitable[T]], *args: Any, small: Callable[[T], bool] | None = None
    ) -> T:
        return await self._tx.known(key, load, *args, small=small)
