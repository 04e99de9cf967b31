"""Works that wait to be committed together, and how those who asked are told.

Works of a group run without savepoints, for hardly any fails after it has written. When one does, the transaction is
given up and its works are done again, each behind a savepoint: apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from parastore.storage.protocol import StorageError, Transaction

# What a work raised, or its result in a tuple.
Outcome = BaseException | tuple[Any]


class Waiting(NamedTuple):
    """A work whose turn has not come, whom to tell, since when it waits, and whether it needs a savepoint."""

    work: Callable[[Transaction], Awaitable[Any]]
    done: asyncio.Future[Any]
    since: float
    apart: bool = False


class Undone(Exception):
    """A work failed after it had written, and took those of its group along: they are to be done again, apart."""


def apart(group: list[Waiting]) -> list[Waiting]:
    """The same works, each to run behind a savepoint."""
    return [each._replace(apart=True) for each in group]


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
