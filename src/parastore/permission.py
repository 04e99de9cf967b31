"""Whether a request may do what it asks: its resources, its actions and its condition keys, put to the policies."""

from __future__ import annotations

from collections.abc import Sequence

from parastore.arn import Arn
from parastore.context import Call
from parastore.operation import Operation
from parastore.policy.decide import asks, decide
from parastore.policy.denial import Denial
from parastore.policy.document import Policy
from parastore.policy.keys import keys_of
from parastore.policy.patterns import Keys
from parastore.shapes import Shape


async def permit(operation: Operation, request: Shape, resources: Sequence[Arn], call: Call) -> bool:
    """Raise AccessDeniedException, naming the first resource refused, unless all are allowed.

    True when that holds of every such request: when it depends on no condition key and no further action.
    """
    timeless = operation.also is None
    actions = (operation.action, *(operation.also(request) if operation.also is not None else ()))
    attached = await operation.policies(resources, call) if operation.policies is not None else {}
    for resource in resources:
        policies = attached.get(resource, ())
        # Most policies ask for no condition keys, so most requests need not say any.
        conditional = asks(call.held, ("",), policies)
        timeless = timeless and not conditional
        keys = await _keys(operation, request, resource, call, policies) if conditional else {}
        for action in actions:
            decision = decide(call.caller, action, resource, call.held, keys, policies)
            if not decision.allowed:
                keys = keys or await _keys(operation, request, resource, call, policies)
                raise Denial(decision, call.caller, action, str(resource), resource.account, keys).error()
    return timeless


async def _keys(operation: Operation, request: Shape, resource: Arn, call: Call, policies: Sequence[Policy]) -> Keys:
    conditions = operation.conditions
    if conditions is None:
        return keys_of(call)
    keys = {**keys_of(call), **conditions.of_request(request)}
    if asks(call.held, conditions.read, policies):
        keys |= await conditions.of_resource(resource, call)
    return keys
