"""Managed policies on users, groups and roles: AttachUserPolicy, DetachRolePolicy, ListAttachedGroupPolicies..."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from parastore.context import Call
from parastore.iam import shapes
from parastore.iam.directory import policies
from parastore.iam.directory.identities import Kind
from parastore.iam.errors import LimitExceeded, NoSuchEntity
from parastore.iam.operations import shown
from parastore.iam.operations.access import check_policy_arn, identity
from parastore.iam.shapes import AttachedPolicy

Run = Callable[[Any, Call], Awaitable[Any]]
MOST_ATTACHED = 10


def attach(kind: Kind) -> Run:
    """AttachUserPolicy, AttachGroupPolicy, AttachRolePolicy."""
    name = f"Attach{kind.title()}Policy"

    async def run(request: Any, call: Call) -> Any:
        arn = request.policy_arn
        check_policy_arn(arn)
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"), {"iam:policyarn": arn})
        if await policies.find(call.tx, call.account, arn) is None:
            raise NoSuchEntity(f"Policy {arn} does not exist or is not attachable.")
        there = await policies.attached_to(call.tx, found.id)
        if arn not in there and len(there) >= MOST_ATTACHED:
            raise LimitExceeded(f"Cannot exceed quota for PoliciesPer{kind.title()}: {MOST_ATTACHED}")
        await policies.attach(call.tx, found.id, arn)
        return getattr(shapes, f"{name}Response")()

    return run


def detach(kind: Kind) -> Run:
    """DetachUserPolicy, DetachGroupPolicy, DetachRolePolicy."""
    name = f"Detach{kind.title()}Policy"

    async def run(request: Any, call: Call) -> Any:
        arn = request.policy_arn
        check_policy_arn(arn)
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"), {"iam:policyarn": arn})
        if not await policies.detach(call.tx, found.id, arn):
            raise NoSuchEntity(f"Policy {arn} was not found.")
        return getattr(shapes, f"{name}Response")()

    return run


def list_attached(kind: Kind) -> Run:
    """ListAttachedUserPolicies, ListAttachedGroupPolicies, ListAttachedRolePolicies."""
    name = f"ListAttached{kind.title()}Policies"

    async def run(request: Any, call: Call) -> Any:
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"))
        # The path stands between `policy` and the name.
        arns = [arn for arn in await policies.attached_to(call.tx, found.id) if _path(arn).startswith(_prefix(request))]
        page = shown.page(arns, request, str)
        return getattr(shapes, f"{name}Response")(
            attached_policies=[
                AttachedPolicy(policy_name=arn.rpartition("/")[2], policy_arn=arn) for arn in page["items"]
            ],
            is_truncated=page["is_truncated"],
            marker=page["marker"],
        )

    return run


def _path(arn: str) -> str:
    return arn.partition(":policy")[2]


def _prefix(request: Any) -> str:
    return request.path_prefix or "/"
