"""Works that wait to be committed together, and how those who asked are told.

Works of a group run without savepoints, for hardly any fails after it has written. When one does, the transaction is
given up and its works are done again, each behind a savepoint: apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol

from parastore.storage.protocol import StorageError, Transaction

# What a work raised, or its result in a tuple.
Outcome = BaseException | tuple[Any]


class Waiting(NamedTuple):
    """A work whose turn has not come, whom to tell, since when it waits, whether it is `quiet` (see `Engine.write`),
    and whether it needs a savepoint.
    """

    work: Callable[[Transaction], Awaitable[Any]]
    done: asyncio.Future[Any]
    since: float
    quiet: bool
    apart: bool = False


class Undone(Exception):
    """A work failed after it had written, and took those of its group along: they are to be done again, apart."""


def apart(group: list[Waiting]) -> list[Waiting]:
    """The same works, each to run behind a savepoint."""
    return [each._replace(apart=True) for each in group]


class Open(Transaction, Protocol):
    """An engine's open transaction. `wrote` says whether it may have written since that was last set."""

    wrote: bool

    async def control(self, sql: str) -> None:
        """Run statements about the transaction itself."""

    def lost(self, error: BaseException) -> Exception | None:
        """Why all of it is worth nothing, if it is, after a work has raised this."""

    def forget(self) -> None:
        """Forget all notes."""


async def attempt(each: Waiting, tx: Open, *, alone: bool) -> Outcome:
    """Run a work: what it raised, or its result in a tuple. Raises Undone, and what has lost the whole transaction."""
    if each.apart:
        await tx.control("SAVEPOINT work")
    tx.wrote = False
    try:
        result = (await each.work(tx),)
    except BaseException as error:  # it is for the one who waits for this work, and nobody else
        lost = tx.lost(error)
        if lost is not None:
            raise lost from error
        if each.apart:
            await tx.control("ROLLBACK TO SAVEPOINT work; RELEASE SAVEPOINT work")
            tx.forget()
        elif tx.wrote:
            await tx.control("ROLLBACK")
            if not alone:
                raise Undone from error
        return error
    if each.apart:
        await tx.control("RELEASE SAVEPOINT work")
    return result


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
