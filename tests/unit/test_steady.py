"""What of an answer is remembered, and what is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from parastore.context import Call, Caller, SecretValue
from parastore.operation import Operation
from parastore.ssm.shapes import GetParameterRequest, GetParameterResponse, Parameter
from parastore.steady import SMALL, Answered, Step, run_steady
from parastore.wire.http import HttpRequest

ANSWER = len(b'{"Parameter":{"Value":""}}')


def answered(body: bytes, value: str = "v", *, steady: bool = True, steps: Any = (), failed: int = 0) -> Answered:
    """What comes of a GetParameter with this body, this value, and these steps of other services."""

    async def run(request: GetParameterRequest, call: Call) -> GetParameterResponse:
        call.steps += steps
        call.records += [b"{}"] * (len(steps) + failed)
        return GetParameterResponse(parameter=Parameter(value=SecretValue(value)))

    operation = Operation(
        "ssm", "AmazonSSM", "GetParameter", GetParameterRequest, GetParameterResponse, run, lambda request, call: (),
        steady=lambda request: steady,
    )  # fmt: skip
    nothing: Any = None
    http = HttpRequest("POST", b"/", b"", {}, body)
    caller = Caller("1" * 12, "arn:aws:iam::111111111111:root", "1" * 12, "AKIA")
    call = Call("id", caller, "us-east-1", 0, nothing, nothing, nothing, http=http)
    return asyncio.run(run_steady(operation, GetParameterRequest(name="/a"), (), call))


def step(opening: Any) -> Step:
    nothing: Any = None
    return Step(nothing, nothing, "ssm.us-east-1.amazonaws.com", opening)


@pytest.mark.parametrize(("size", "stays"), [(SMALL - ANSWER - 1, True), (SMALL - ANSWER, False), (1 << 20, False)])
def test_a_large_body_is_not_remembered(size: int, stays: bool) -> None:
    """A body stands in the name under which an answer is remembered, and may be a mebibyte of blanks."""
    assert answered(b" " * size).stays is stays


@pytest.mark.parametrize(("size", "stays"), [(SMALL - ANSWER, True), (SMALL - ANSWER + 1, False)])
def test_a_large_answer_is_not_remembered(size: int, stays: bool) -> None:
    assert answered(b"", "v" * size).stays is stays


def test_what_depends_on_others_is_not_remembered() -> None:
    assert not answered(b"{}", steady=False).stays
    assert not answered(b"{}", steps=[step(None)]).stays
    assert not answered(b"{}", failed=1).stays
    assert answered(b"{}", steps=[step(lambda: b"v")]).stays


def test_a_secrets_body_is_given_once() -> None:
    """Then it is made anew; one without secrets is kept."""
    secret = answered(b"{}", steps=[step(lambda: b"v")])
    first = secret.body()
    assert secret._body == b""
    assert secret.body() == first
    plain = answered(b"{}")
    assert plain.body() is plain.body()
