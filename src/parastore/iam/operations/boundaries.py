"""Permissions boundaries of users and roles: a managed policy beyond which nothing is allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from parastore.context import Call
from parastore.iam import shapes
from parastore.iam.directory import identities, policies
from parastore.iam.directory.identities import Kind
from parastore.iam.errors import NoSuchEntity
from parastore.iam.operations.access import check_policy_arn, identity
from parastore.policy.patterns import Keys


def keys(boundary: str | None) -> Keys:
    """The condition keys of a boundary in a request."""
    return {} if boundary is None else {"iam:permissionsboundary": boundary}


async def check(call: Call, boundary: str | None) -> None:
    """Raise NoSuchEntity unless the policy is there."""
    if boundary is not None:
        check_policy_arn(boundary)
        if await policies.find(call.tx, call.account, boundary) is None:
            raise NoSuchEntity(f"Scope ARN: {boundary} does not exist or is not attachable.")


def put(kind: Kind) -> Callable[[Any, Call], Awaitable[Any]]:
    """PutUserPermissionsBoundary, PutRolePermissionsBoundary."""
    name = f"Put{kind.title()}PermissionsBoundary"

    async def run(request: Any, call: Call) -> Any:
        boundary = request.permissions_boundary
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"), keys(boundary))
        await check(call, boundary)
        await identities.update(call.tx, found._replace(boundary=boundary))
        return getattr(shapes, f"{name}Response")()

    return run


def delete(kind: Kind) -> Callable[[Any, Call], Awaitable[Any]]:
    """DeleteUserPermissionsBoundary, DeleteRolePermissionsBoundary."""
    name = f"Delete{kind.title()}PermissionsBoundary"

    async def run(request: Any, call: Call) -> Any:
        found = await identity(call, name, kind, getattr(request, f"{kind}_name"))
        if found.boundary is None:
            raise NoSuchEntity(f"{kind.title()} {found.name} has no permissions boundary.")
        await identities.update(call.tx, found._replace(boundary=None))
        return getattr(shapes, f"{name}Response")()

    return run
