"""What answering needs, put together once: the engine, the keys, the operations, the trail.

A house is given to the pipeline with each request. What the server varies while it runs (limits, the key ring) is in
objects of the house, not in the house.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from parastore.eventual import Behind
from parastore.iam.uses import Uses
from parastore.inside import Dispatch, dispatcher
from parastore.operation import Operation
from parastore.seal.barrier import Barrier
from parastore.sigv4.attempts import Attempts
from parastore.storage.protocol import Engine
from parastore.wire.route import Routes, routes

Watch = Callable[[str, str, float], None]  # action, error code ("" of a success), seconds


class Limits(Protocol):
    """Says of an account's request in a Region whether it is one too many at that moment, in milliseconds."""

    def admits(self, account: str, region: str, action: str, now: int) -> bool: ...


class Trail(Protocol):
    """Keeps the audit records of what changed nothing, before it returns. Raises ServiceUnavailableException."""

    def write(self, *records: bytes | Callable[[], bytes]) -> None: ...

    def pass_on(self, records: Sequence[bytes]) -> None:
        """Tell others of records that storage has."""


class Quota:
    """The limits in force; None is no limits."""

    __slots__ = ("limits",)

    def __init__(self) -> None:
        self.limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class House:
    """What answering needs: an engine, the barrier that has the key ring, what clients may call, how services call,
    where it is recorded.

    `clock` gives milliseconds since the epoch, `max_body` bounds a decompressed body, in bytes. `watch` is told of
    every answer, `uses` of every verified request, `attempts` of every wrong signature. `replica` is where reads go
    that need not be of this moment, if anywhere.
    """

    engine: Engine
    barrier: Barrier
    table: Routes
    dispatch: Mapping[str, Dispatch]
    max_body: int
    clock: Callable[[], int]
    quota: Quota
    watch: Watch
    uses: Uses
    attempts: Attempts
    trail: Trail
    replica: Behind | None


def furnish(
    engine: Engine,
    barrier: Barrier,
    *,
    public: Iterable[Operation],
    internal: Iterable[Operation],
    clock: Callable[[], int],
    trail: Trail,
    max_body: int = 1 << 20,
    watch: Watch = lambda action, code, seconds: None,
    replica: Behind | None = None,
) -> House:
    """A house where clients may call `public` operations and services, on their callers' behalf, `internal` ones."""
    table, inside = routes(public), {each.action: each for each in internal}
    dispatch = {each.service: dispatcher(inside, each.service) for each in table.values()}
    return House(engine, barrier, table, dispatch, max_body, clock, Quota(), watch, Uses(), Attempts(), trail, replica)
