"""Simulation: what policies would decide on actions and resources, and which statement decides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from parastore import arn as arns
from parastore.context import Call, Caller
from parastore.errors import ValidationException
from parastore.iam.directory import identities, principals
from parastore.iam.directory.identities import Identity
from parastore.iam.errors import InvalidInput, LimitExceeded, NoSuchEntity
from parastore.iam.operations import documents, shown
from parastore.iam.operations.access import arn_of, permit
from parastore.iam.shapes import (
    EvaluationResult,
    GetContextKeysForCustomPolicyRequest,
    GetContextKeysForCustomPolicyResponse,
    GetContextKeysForPrincipalPolicyRequest,
    GetContextKeysForPrincipalPolicyResponse,
    PermissionsBoundaryDecisionDetail,
    PolicyIdentifier,
    Position,
    SimulateCustomPolicyRequest,
    SimulateCustomPolicyResponse,
    SimulatePrincipalPolicyRequest,
    SimulatePrincipalPolicyResponse,
    Statement,
)
from parastore.policy import positions
from parastore.policy.decide import Decision, Held, decide_named
from parastore.policy.document import Kind, Policy
from parastore.policy.keys import of_principal
from parastore.policy.patterns import Keys

MOST_TEXT = 65_536  # characters of all policies in a request
MOST_MISSING = 100  # condition keys that a result names as missing
_STRETCH = 32  # decisions in a row before others get their turn
Verdict = Literal["allowed", "explicitDeny", "implicitDeny"]
_KINDS: dict[str, identities.Kind] = {"user": "user", "group": "group", "role": "role"}


class _Scene(NamedTuple):
    """Who would call, and what would be held and attached."""

    caller: Caller
    held: Held
    attached: tuple[Policy, ...]


async def simulate_custom_policy(request: SimulateCustomPolicyRequest, call: Call) -> SimulateCustomPolicyResponse:
    """Decide by policies that are given. Raises MalformedPolicyDocument, InvalidInput."""
    await permit(call, "SimulateCustomPolicy", arn_of(call, "*"))
    held = Held(_given(request.policy_input_list, "PolicyInputList"), _boundary(request))
    page = await _page(request, _Scene(_caller(request, call, None), held, _attached(request)))
    return SimulateCustomPolicyResponse(
        evaluation_results=page["items"], is_truncated=page["is_truncated"], marker=page["marker"]
    )


async def simulate_principal_policy(
    request: SimulatePrincipalPolicyRequest, call: Call
) -> SimulatePrincipalPolicyResponse:
    """Decide by the policies of an identity, and others that are given."""
    source = await _source(call, "SimulatePrincipalPolicy", request.policy_source_arn)
    held = await principals.load(call.tx, source)
    excluded = {_excluded(each) for each in request.policy_exclusion_list or ()}
    kept = tuple(each for each in held.identity if each.name not in excluded)
    bounds = held.boundary if request.permissions_boundary_policy_input_list is None else _boundary(request)
    held = held._replace(identity=kept + _given(request.policy_input_list, "PolicyInputList"), boundary=bounds)
    page = await _page(request, _Scene(_caller(request, call, source), held, _attached(request)))
    return SimulatePrincipalPolicyResponse(
        evaluation_results=page["items"], is_truncated=page["is_truncated"], marker=page["marker"]
    )


async def get_context_keys_for_custom_policy(
    request: GetContextKeysForCustomPolicyRequest, call: Call
) -> GetContextKeysForCustomPolicyResponse:
    """The condition keys that given policies ask for."""
    await permit(call, "GetContextKeysForCustomPolicy", arn_of(call, "*"))
    return GetContextKeysForCustomPolicyResponse(context_key_names=_asked(_given(request.policy_input_list, "")))


async def get_context_keys_for_principal_policy(
    request: GetContextKeysForPrincipalPolicyRequest, call: Call
) -> GetContextKeysForPrincipalPolicyResponse:
    """The condition keys that an identity's policies ask for, and others that are given."""
    source = await _source(call, "GetContextKeysForPrincipalPolicy", request.policy_source_arn)
    held = await principals.load(call.tx, source)
    found = (*held.identity, *(held.boundary or ()), *_given(request.policy_input_list, ""))
    return GetContextKeysForPrincipalPolicyResponse(context_key_names=_asked(found))


def _asked(policies: Sequence[Policy]) -> list[str]:
    return sorted({key for policy in policies for key in policy.document.keys})


async def _source(call: Call, action: str, text: str) -> Identity:
    named = arns.parse(text)
    kind = None if named is None else _KINDS.get(named.resource.partition("/")[0])
    if named is None or kind is None or named.account != call.account:
        raise ValidationException(f"Invalid Entity Arn: {text} does not clearly define entity type and name.")
    found = await identities.find(call.tx, call.account, kind, named.resource.rpartition("/")[2])
    await permit(call, action, text, owner=found.id if found else None)
    if found is None or found.arn != text:
        raise NoSuchEntity(f"The {kind} with name {named.resource.rpartition('/')[2]} cannot be found.")
    return found


def _given(texts: Sequence[str] | None, name: str) -> tuple[Policy, ...]:
    if sum(map(len, texts or ())) > MOST_TEXT:
        raise LimitExceeded(f"Cannot exceed quota for PolicySize: {MOST_TEXT}")
    return tuple(Policy(f"{name}.{number}", documents.parsed(text)) for number, text in enumerate(texts or (), start=1))


def _boundary(request: Any) -> tuple[Policy, ...] | None:
    given = request.permissions_boundary_policy_input_list
    return None if given is None else _given(given, "PermissionsBoundaryPolicyInputList")


def _attached(request: Any) -> tuple[Policy, ...]:
    if request.resource_policy is None:
        return ()
    if request.caller_arn is None:
        raise InvalidInput("A ResourcePolicy needs a CallerArn, whom its Principal may name.")
    return (Policy("ResourcePolicy", documents.parsed(request.resource_policy, Kind.RESOURCE)),)


def _caller(request: Any, call: Call, source: Identity | None) -> Caller:
    text = request.caller_arn or (source.arn if source is not None else None)
    if text is None:
        return Caller(call.account, f"arn:aws:iam::{call.account}:user/simulated", "AIDASIMULATED", "")
    named = arns.parse(text)
    if named is None or not named.resource.startswith(("user/", "role/", "group/")):
        raise InvalidInput(f"Invalid caller ARN: {text}")
    user_id = source.id if source is not None and source.arn == text else "AIDASIMULATED"
    return Caller(named.account, text, user_id, "", role=text if named.resource.startswith("role/") else None)


def _excluded(given: PolicyIdentifier) -> str | None:
    if given.policy_arn is not None:
        return given.policy_arn
    inline = given.inline_policy_identifier
    return None if inline is None else f"{inline.attachment_type}_{inline.attachment_name}_{inline.policy_name}"


async def _page(request: Any, scene: _Scene) -> dict[str, Any]:
    """Decide what the page shows and no more: a request may name millions of pairs of action and resource."""
    resources = request.resource_arns or ["*"]
    total = len(request.action_names) * len(resources)
    start = _after(request.marker)
    end = min(start + (request.max_items or 100), total)
    keys = _keys(request, scene)
    asked = _asked((*scene.held.identity, *(scene.held.boundary or ()), *scene.attached))
    missing = [key for key in asked if key not in keys][:MOST_MISSING]
    found = []
    for number in range(start, end):
        action, resource = divmod(number, len(resources))
        found.append(_result(request, scene, keys, missing, request.action_names[action], resources[resource]))
        if number % _STRETCH == 0:
            await asyncio.sleep(0)  # large policies take a while, and others wait
    more = end < total
    return {"items": found, "is_truncated": more, "marker": shown.marker(str(end)) if more else None}


def _after(marker: str | None) -> int:
    text = shown.opened(marker) or "0"
    if not text.isdigit() or len(text) > 9:
        raise ValidationException("Invalid Marker.")
    return int(text)


def _keys(request: Any, scene: _Scene) -> dict[str, str | tuple[str, ...]]:
    known_caller = request.caller_arn is not None or isinstance(request, SimulatePrincipalPolicyRequest)
    keys = of_principal(scene.caller, scene.held) if known_caller else {}
    for entry in request.context_entries or ():
        values = tuple(entry.context_key_values or ())
        several = (entry.context_key_type or "").endswith("List")
        keys[(entry.context_key_name or "").lower()] = values if several or len(values) != 1 else values[0]
    return keys


def _result(
    request: Any, scene: _Scene, keys: Keys, missing: list[str], action: str, resource: str
) -> EvaluationResult:
    named = arns.parse(resource)
    owner = arns.parse(request.resource_owner) if request.resource_owner else None
    account = owner.account if owner else named.account if named else scene.caller.account
    decision = decide_named(scene.caller, action, resource, account, scene.held, keys, scene.attached)
    bounded = None
    if scene.held.boundary is not None:
        within = decide_named(scene.caller, action, resource, "", Held(scene.held.boundary), keys)
        bounded = PermissionsBoundaryDecisionDetail(allowed_by_permissions_boundary=within.allowed)
    return EvaluationResult(
        eval_action_name=action,
        eval_resource_name=resource,
        eval_decision=_verdict(decision),
        matched_statements=_matched(decision),
        missing_context_values=missing,
        permissions_boundary_decision_detail=bounded,
    )


def _matched(decision: Decision) -> list[Statement]:
    if decision.policy is None or decision.statement is None:
        return []
    name = decision.policy.name
    start, end = positions.of_statement(decision.policy.document.text, decision.statement.number)
    return [
        Statement(
            source_policy_id=name.rpartition("/")[2] if name.startswith("arn:") else name,
            source_policy_type=_source_type(name),
            start_position=Position(line=start.line, column=start.column),
            end_position=Position(line=end.line, column=end.column),
        )
    ]


def _source_type(name: str) -> Literal["user", "group", "role", "aws-managed", "user-managed", "resource", "none"]:
    if name.startswith("arn:"):
        return "aws-managed" if name.split(":")[4] == "aws" else "user-managed"
    if name == "ResourcePolicy":
        return "resource"
    kind = _KINDS.get(name.partition("_")[0])
    return "none" if kind is None else kind


def _verdict(decision: Decision) -> Verdict:
    if decision.allowed:
        return "allowed"
    return "explicitDeny" if decision.explicit else "implicitDeny"
