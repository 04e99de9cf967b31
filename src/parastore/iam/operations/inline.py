"""Inline policies of users, groups and roles: PutUserPolicy, GetRolePolicy, ListGroupPolicies and their like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from parastore.context import Call
from parastore.iam import shapes
from parastore.iam.directory import policies
from parastore.iam.directory.identities import Kind
from parastore.iam.errors import NoSuchEntity
from parastore.iam.operations import documents, shown
from parastore.iam.operations.access import identity

Run = Callable[[Any, Call], Awaitable[Any]]


def put(kind: Kind) -> Run:
    """PutUserPolicy, PutGroupPolicy, PutRolePolicy."""
    name = f"Put{kind.title()}Policy"

    async def run(request: Any, call: Call) -> Any:
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"))
        there = await policies.inline_of(call.tx, found.id) | {request.policy_name: request.policy_document}
        documents.check_inline(kind, found.name, list(there.values()))
        documents.parsed(request.policy_document)
        await policies.put_inline(call.tx, found.id, request.policy_name, request.policy_document)
        return getattr(shapes, f"{name}Response")()

    return run


def get(kind: Kind) -> Run:
    """GetUserPolicy, GetGroupPolicy, GetRolePolicy."""
    name = f"Get{kind.title()}Policy"

    async def run(request: Any, call: Call) -> Any:
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"))
        document = (await policies.inline_of(call.tx, found.id)).get(request.policy_name)
        if document is None:
            raise _missing(kind, request.policy_name)
        return getattr(shapes, f"{name}Response")(
            **{f"{kind}_name": found.name},
            policy_name=request.policy_name,
            policy_document=shown.quoted(document),
        )

    return run


def delete(kind: Kind) -> Run:
    """DeleteUserPolicy, DeleteGroupPolicy, DeleteRolePolicy."""
    name = f"Delete{kind.title()}Policy"

    async def run(request: Any, call: Call) -> Any:
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"))
        if not await policies.delete_inline(call.tx, found.id, request.policy_name):
            raise _missing(kind, request.policy_name)
        return getattr(shapes, f"{name}Response")()

    return run


def list_names(kind: Kind) -> Run:
    """ListUserPolicies, ListGroupPolicies, ListRolePolicies."""
    name = f"List{kind.title()}Policies"

    async def run(request: Any, call: Call) -> Any:
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"))
        page = shown.page(sorted(await policies.inline_of(call.tx, found.id)), request, str)
        return getattr(shapes, f"{name}Response")(
            policy_names=page["items"], is_truncated=page["is_truncated"], marker=page["marker"]
        )

    return run


def _missing(kind: Kind, name: str) -> NoSuchEntity:
    return NoSuchEntity(f"The {kind} policy with name {name} cannot be found.")
