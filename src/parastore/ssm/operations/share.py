"""PutResourcePolicy, GetResourcePolicies, DeleteResourcePolicy; and what other accounts share."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from parastore.arn import Arn
from parastore.context import Call
from parastore.policy.decide import Policies, offers
from parastore.policy.document import Kind, Policy, parse
from parastore.policy.keys import keys_of
from parastore.ssm.errors import (
    ResourceNotFoundException,
    ResourcePolicyConflictException,
    ResourcePolicyInvalidParameterException,
    ResourcePolicyNotFoundException,
)
from parastore.ssm.operations.paging import open_token, seal_token
from parastore.ssm.rules import names, sharing
from parastore.ssm.rules.names import parameter_arn
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import (
    DeleteResourcePolicyRequest,
    DeleteResourcePolicyResponse,
    GetResourcePoliciesRequest,
    GetResourcePoliciesResponse,
    GetResourcePoliciesResponseEntry,
    PutResourcePolicyRequest,
    PutResourcePolicyResponse,
)
from parastore.ssm.store import records
from parastore.ssm.store import sharing as stored
from parastore.ssm.store.records import Place, of_account
from parastore.ssm.store.sharing import ResourcePolicy

_EXAMINED = 500  # policies looked at for a page of what others share


async def put_resource_policy(request: PutResourcePolicyRequest, call: Call) -> PutResourcePolicyResponse:
    """Attach a policy, or replace one. Raises the errors of resource policies."""
    parameter = await _parameter(request.resource_arn, call)
    sharing.check_policy(request.policy, parameter_arn(call.account, call.region, parameter.path), parameter.tier)
    sharing.check_pair(request.policy_id, request.policy_hash)
    policy_id = request.policy_id or uuid.uuid4().hex
    if request.policy_hash is not None:
        await _find(parameter, policy_id, request.policy_hash, call)
    # With the request's id, so that the same text written again has another hash.
    digest = hashlib.sha256(f"{call.request_id}\n{policy_id}\n{request.policy}".encode()).hexdigest()
    await stored.save(call, parameter.path, ResourcePolicy(policy_id, request.policy, digest), call.now)
    return PutResourcePolicyResponse(policy_hash=digest, policy_id=policy_id)


async def get_resource_policies(request: GetResourcePoliciesRequest, call: Call) -> GetResourcePoliciesResponse:
    """The policies of a parameter. Raises ResourceNotFoundException, ResourcePolicyInvalidParameterException."""
    parameter = await _parameter(request.resource_arn, call)
    start = int(open_token(request.next_token, request, call) or 0)
    end = start + (request.max_results or 50)
    found = await stored.of_parameter(call, parameter.path)
    return GetResourcePoliciesResponse(
        next_token=seal_token(str(end), request, call) if len(found) > end else None,
        policies=[
            GetResourcePoliciesResponseEntry(policy=each.policy, policy_hash=each.hash, policy_id=each.id)
            for each in found[start:end]
        ],
    )


async def delete_resource_policy(request: DeleteResourcePolicyRequest, call: Call) -> DeleteResourcePolicyResponse:
    """Remove a policy. Raises ResourceNotFoundException, ResourcePolicyNotFoundException, ...ConflictException."""
    parameter = await _parameter(request.resource_arn, call)
    await _find(parameter, request.policy_id, request.policy_hash, call)
    await stored.delete(call, parameter.path, request.policy_id)
    return DeleteResourcePolicyResponse()


async def policies_of(resources: Sequence[Arn], call: Call) -> Policies:
    """The policies of parameters in the Region of the call."""
    found = {}
    for resource in resources:
        if resource.account and resource.region == call.region:
            path = resource.resource.removeprefix("parameter")
            key = ("resource_policy", resource.account, call.region, path)
            found[resource] = await call.tx.known(key, _load_policies, of_account(call, resource.account), path)
    return found


async def _load_policies(place: Place, path: str) -> Sequence[Policy]:
    return [_compiled(each.policy) for each in await stored.of_parameter(place, path)]


def _compiled(text: str) -> Policy:
    return Policy("", parse(text, Kind.RESOURCE))


async def shared_with(call: Call, after: str | None, limit: int) -> tuple[list[tuple[str, str]], str | None]:
    """Account and path of parameters that others let the caller list, behind `after`, and where to go on."""
    account, _, path = (after or "").partition(" ")
    shares = await stored.with_others(call.tx, call.region, call.account, (account, path), _EXAMINED)
    found: list[tuple[str, str]] = []
    for number, share in enumerate(shares):
        arn = parameter_arn(share.account, call.region, share.path)
        place = (share.account, share.path)
        policies = (_compiled(share.policy),)
        if place not in found and offers(policies, call.caller, "ssm:DescribeParameters", arn, keys_of(call)):
            found.append(place)
        last_of_place = number + 1 == len(shares) or shares[number + 1][:2] != place
        if last_of_place and len(found) == limit and number + 1 < len(shares):
            return found, " ".join(place)
    return found, " ".join(shares[-1][:2]) if len(shares) == _EXAMINED else None


async def _parameter(arn: str, call: Call) -> Version:
    named = names.arn_of_parameter(arn)
    if named is None:
        raise ResourcePolicyInvalidParameterException(
            f"{arn} is not the ARN of a parameter.", ParameterNames=["ResourceArn"]
        )
    found = await records.find(call, named.path) if named.region == call.region else None
    if found is None:
        raise ResourceNotFoundException(f"The parameter {arn} is not found.")
    return found


async def _find(parameter: Version, policy_id: str, policy_hash: str, call: Call) -> None:
    for each in await stored.of_parameter(call, parameter.path):
        if each.id == policy_id:
            if each.hash != policy_hash:
                raise ResourcePolicyConflictException(
                    "The PolicyHash is not the one of the policy: somebody has changed it. Read it again and retry."
                )
            return
    raise ResourcePolicyNotFoundException(f"The parameter has no resource policy {policy_id}.")
