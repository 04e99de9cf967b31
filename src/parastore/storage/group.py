"""Works that wait to be committed together, and how those who asked are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from parastore.storage.protocol import StorageError, Transaction

# What a work raised, or its result in a tuple.
Outcome = BaseException | tuple[Any]


class Waiting(NamedTuple):
    """A work whose turn has not come, whom to tell, and since when it waits."""

    work: Callable[[Transaction], Awaitable[Any]]
    done: asyncio.Future[Any]
    since: float


def settle(done: asyncio.Future[Any], outcome: Outcome) -> None:
    """Tell of an outcome, unless nobody waits for it any more."""
    if done.cancelled():
        return
    if isinstance(outcome, BaseException):
        done.set_exception(outcome)
    else:
        done.set_result(outcome[0])


def refuse(group: list[Waiting], error: Exception) -> None:
    """Tell everybody of a failure."""
    for each in group:
        # One error for each: an exception collects the traceback of everybody who raises it.
        settle(each.done, StorageError(*error.args) if isinstance(error, StorageError) else error)
