from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
import uvloop

from parastore.server.eager import Continuation

LOOPS = pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])


class Finished:
    """What a coroutine returned in its first step."""

    def __init__(self, value: Any) -> None:
        self.value = value


def begin(coroutine: Coroutine[Any, Any, Any]) -> Finished | asyncio.Task[Any]:
    try:
        first = coroutine.send(None)
    except StopIteration as stop:
        return Finished(stop.value)
    return asyncio.get_running_loop().create_task(Continuation(coroutine, first))


def run(new_loop: Any, main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)


@LOOPS
def test_a_coroutine_that_never_waits_needs_no_task(new_loop: Any) -> None:
    async def answer() -> int:
        return 7

    async def main() -> Any:
        return begin(answer())

    done = run(new_loop, main())
    assert isinstance(done, Finished)
    assert done.value == 7


@LOOPS
def test_waits_of_every_sort_go_on_in_the_task(new_loop: Any) -> None:
    async def answer(future: asyncio.Future[int], lock: asyncio.Lock) -> list[Any]:
        seen: list[Any] = [await future]
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        async with lock:
            seen.append("locked")
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
            seen.append(asyncio.current_task() is not None)
        return seen

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        lock = asyncio.Lock()
        await lock.acquire()
        task = begin(answer(future, lock))
        assert isinstance(task, asyncio.Task)
        loop.call_later(0.002, future.set_result, 3)
        loop.call_later(0.01, lock.release)
        return await task

    assert run(new_loop, main()) == [3, "locked", True]


@LOOPS
def test_a_bare_yield_first(new_loop: Any) -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 1

    async def main() -> Any:
        task = begin(answer())
        assert isinstance(task, asyncio.Task)
        return await task

    assert run(new_loop, main()) == 1


@LOOPS
def test_a_future_that_is_done_before_the_task_first_runs(new_loop: Any) -> None:
    async def answer(future: asyncio.Future[int]) -> int:
        return await future

    async def main() -> Any:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = begin(answer(future))
        future.set_result(5)
        assert isinstance(task, asyncio.Task)
        return await task

    assert run(new_loop, main()) == 5


@LOOPS
def test_exceptions_of_the_future_reach_the_coroutine_and_its_own_reach_the_task(new_loop: Any) -> None:
    async def answer(future: asyncio.Future[int]) -> int:
        try:
            await future
        except KeyError:
            await asyncio.sleep(0)
            raise LookupError("mine") from None
        return 0

    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = begin(answer(future))
        assert isinstance(task, asyncio.Task)
        future.set_exception(KeyError("theirs"))
        with pytest.raises(LookupError, match="mine"):
            await task

    run(new_loop, main())


@LOOPS
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_cancelling_reaches_the_coroutine_at_its_wait(new_loop: Any, steps: int) -> None:
    seen: list[str] = []

    async def answer(future: asyncio.Future[int]) -> str:
        try:
            await future
        except asyncio.CancelledError:
            seen.append("cancelled")
            await asyncio.sleep(0)
            seen.append("cleaned")
            raise
        return "never"

    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = begin(answer(future))
        assert isinstance(task, asyncio.Task)
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    run(new_loop, main())
    assert seen == ["cancelled", "cleaned"]


@LOOPS
def test_a_coroutine_may_refuse_to_be_cancelled(new_loop: Any) -> None:
    async def answer(future: asyncio.Future[int]) -> str:
        try:
            await future
        except asyncio.CancelledError:
            return "finished anyway"
        return "never"

    async def main() -> Any:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = begin(answer(future))
        assert isinstance(task, asyncio.Task)
        task.cancel()
        return await task

    assert run(new_loop, main()) == "finished anyway"


def test_closing_runs_the_coroutines_finally() -> None:
    seen = []

    async def answer() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            seen.append("closed")

    coroutine = answer()
    Continuation(coroutine, coroutine.send(None)).close()
    assert seen == ["closed"]


def test_it_is_for_tasks_only() -> None:
    async def answer() -> None:
        await asyncio.sleep(0)

    coroutine = answer()
    continuation = Continuation(coroutine, coroutine.send(None))
    with pytest.raises(TypeError, match="task"):
        continuation.__await__()
    continuation.close()
