"""GetKeyPolicy, PutKeyPolicy and ListKeyPolicies."""

from __future__ import annotations

from parastore.context import Call
from parastore.kms.operations.access import may_change, named
from parastore.kms.operations.markers import read_marker
from parastore.kms.rules import policies
from parastore.kms.shapes import (
    GetKeyPolicyRequest,
    GetKeyPolicyResponse,
    ListKeyPoliciesRequest,
    ListKeyPoliciesResponse,
    PutKeyPolicyRequest,
)
from parastore.kms.store import keys


async def get_key_policy(request: GetKeyPolicyRequest, call: Call) -> GetKeyPolicyResponse:
    """A key's policy. Raises NotFoundException."""
    key = await named(call, request.key_id, "GetKeyPolicy", by_alias=False, abroad=False)
    policies.check_name(request.policy_name)
    return GetKeyPolicyResponse(policy=policies.text_of(key), policy_name=policies.NAME)


async def put_key_policy(request: PutKeyPolicyRequest, call: Call) -> None:
    """Replace a key's policy. Raises MalformedPolicyDocument..., LimitExceeded... and the errors of finding a key."""
    key = await named(call, request.key_id, "PutKeyPolicy", by_alias=False, abroad=False)
    policies.check_name(request.policy_name)
    policies.check(request.policy)
    if not request.bypass_policy_lockout_safety_check:
        policies.check_lockout(may_change(call, key, request.policy))
    await keys.update(call.tx, key._replace(policy=request.policy))


async def list_key_policies(request: ListKeyPoliciesRequest, call: Call) -> ListKeyPoliciesResponse:
    """The names of a key's policies: the one there is."""
    await named(call, request.key_id, "ListKeyPolicies", by_alias=False, abroad=False)
    read_marker(request.marker, "ListKeyPolicies")
    return ListKeyPoliciesResponse(policy_names=[policies.NAME], truncated=False)
