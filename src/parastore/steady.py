"""Answers that stay the same until somebody writes: a body that was answered before is answered again unread.

A program reads the same parameters over and over. What its request means, that it is allowed, and the answer follow
from what is stored, so they are remembered together, for as long as what is stored is (`Transaction.known`). Of a
secret the way to open it is remembered, never the secret: it is opened anew for each answer, and KMS's part in that is
recorded anew. What a policy with conditions decides is not remembered at all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from parastore.arn import Arn
from parastore.audit.event import Said, said
from parastore.context import Call
from parastore.operation import Operation
from parastore.shapes import Shape, encode
from parastore.sigv4.claim import Claim
from parastore.wire.http import HttpRequest

SMALL = 4096  # bytes of a request's body and its answer together: ten thousand of them are 40 MB


class Step(NamedTuple):
    """What another service did for an answer; `opening` does it again, if that may be done unasked."""

    operation: Operation
    said: Said
    via: str | None
    opening: Callable[[], bytes] | None


class Answered:
    """An answer, what the trail tells of it and of its steps, and whether the same follows the next time."""

    __slots__ = ("_body", "_response", "said", "stays", "steps")

    def __init__(self, body: bytes, response: Shape, what: Said, steps: Sequence[Step], stays: bool) -> None:
        self._body = body
        self._response = response if steps else None
        self.said = what
        self.steps = steps
        self.stays = stays

    def body(self) -> bytes:
        """The answer's body. One with secrets is kept for the first who asks only."""
        if self._response is None:
            return self._body
        body, self._body = self._body, b""
        return body or encode(self._response)


def place_of(operation: Operation, http: HttpRequest, claim: Claim) -> Hashable:
    """Under which name an answer is remembered. The caller is one and the same for a key while nobody writes."""
    return operation.action, claim.key_id, claim.region, http.body, http.headers.get(b"content-encoding")


async def run_steady(operation: Operation, request: Shape, resources: Sequence[Arn], call: Call) -> Answered:
    """Run an operation that has a `steady`."""
    response = await operation.run(request, call)
    assert response is not None
    assert operation.steady is not None
    assert call.http is not None
    body, steps = encode(response), call.steps
    again = (
        len(call.http.body) + len(body) <= SMALL  # the request's is a part of the place
        and len(steps) == len(call.records)  # a step that failed has a record only
        and all(step.opening for step in steps)
        and operation.steady(request)
    )
    return Answered(body, response, said(operation, request, response, call, resources), steps, again)


def stays(answered: Answered) -> bool:
    """Whether to remember it."""
    return answered.stays
