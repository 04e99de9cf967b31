"""Reads for which an answer that is some seconds old is good enough, when a client says so (docs/adr/0016).

Only what Parameter Store stored is read so. Who may read it, and the keys that open it, are always those of this
moment.
"""

from __future__ import annotations

from typing import Protocol

from parastore.context import Call
from parastore.operation import Operation
from parastore.storage.protocol import Transaction
from parastore.wire.http import HttpRequest

HEADER = b"x-parastore-consistency"
EVENTUAL = b"eventual"
SERVICE = "ssm"


class Behind(Protocol):
    """Where such reads go."""

    def read(self) -> Transaction:
        """A reader for one request."""


def is_wanted(operation: Operation, http: HttpRequest) -> bool:
    """Whether this is such a read."""
    return not operation.writes and operation.service == SERVICE and http.headers.get(HEADER) == EVENTUAL


def behind(call: Call, replica: Behind) -> Call:
    """The call with its own reads on the replica, and those of the services it uses where they were."""
    now, strictly = call.tx, call.dispatch
    moved = call.within(replica.read())
    moved.dispatch = lambda inner, action, members: strictly(inner.within(now), action, members)
    return moved
