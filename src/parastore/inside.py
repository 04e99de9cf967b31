"""A service that uses another for its caller, as SSM uses KMS: the same authorization, the same transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from parastore.audit.event import of_failure, of_same, said
from parastore.context import Call
from parastore.errors import ServiceError
from parastore.operation import Operation
from parastore.permission import permit
from parastore.policy.decide import owns
from parastore.shapes import Shape
from parastore.steady import Step

Dispatch = Callable[[Call, str, dict[str, Any]], Awaitable[Shape | None]]


def dispatcher(internal: Mapping[str, Operation], service: str) -> Dispatch:
    """What lets `service` run these operations, by their actions."""

    def dispatch(call: Call, action: str, members: dict[str, Any]) -> Awaitable[Shape | None]:
        operation = internal[action]
        within = call.within(call.tx, f"{service}.{call.region}.amazonaws.com")
        return _run(operation, operation.request(**members), within)

    return dispatch


async def _run(operation: Operation, request: Shape, call: Call) -> Shape | None:
    resources = operation.resources(request, call)
    try:
        always = owns(call.caller, resources) or await permit(operation, request, resources, call)
        response = await operation.run(request, call)
    except ServiceError as error:
        call.records.append(of_failure(operation, request, error, call, resources))
        raise
    what = said(operation, request, response, call, resources)
    call.records.append(of_same(operation, what, call, call.caller, call.via))
    call.steps.append(Step(operation, what, call.via, call.opening if always else None))
    return response
