"""Tags of users, roles and managed policies: TagUser, UntagRole, ListPolicyTags and their like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from parastore.context import Call
from parastore.iam import shapes
from parastore.iam.directory import tags
from parastore.iam.errors import InvalidInput, LimitExceeded
from parastore.iam.operations import access, shown
from parastore.iam.operations.access import tag_keys

Tagged = Literal["user", "role", "policy"]
Run = Callable[[Any, Call], Awaitable[Any]]


async def _owner(call: Call, action: str, kind: Tagged, request: Any, more: Any = access.NO_KEYS) -> str:
    if kind == "policy":
        found = await access.managed(call, action, request.policy_arn)
        if found.account == "aws":
            raise InvalidInput("Policies managed by AWS cannot be tagged.")
        return found.id
    return (await access.identity(call, action, kind, getattr(request, f"{kind}_name"), more)).id


def tag(kind: Tagged) -> Run:
    """TagUser, TagRole, TagPolicy."""
    name = f"Tag{kind.title()}"

    async def run(request: Any, call: Call) -> Any:
        owner = await _owner(call, name, kind, request, tag_keys(request.tags))
        added = shown.tag_map(request.tags)
        there = {key.lower() for key in await tags.of(call.tx, owner)}
        if len(there | {key.lower() for key in added}) > shown.MOST_TAGS:
            raise LimitExceeded(f"The number of tags has reached the maximum limit: {shown.MOST_TAGS}.")
        await tags.put(call.tx, owner, added)
        return getattr(shapes, f"{name}Response")()

    return run


def untag(kind: Tagged) -> Run:
    """UntagUser, UntagRole, UntagPolicy."""
    name = f"Untag{kind.title()}"

    async def run(request: Any, call: Call) -> Any:
        owner = await _owner(call, name, kind, request, {"aws:tagkeys": tuple(request.tag_keys)})
        await tags.remove(call.tx, owner, request.tag_keys)
        return getattr(shapes, f"{name}Response")()

    return run


def list_tags(kind: Tagged) -> Run:
    """ListUserTags, ListRoleTags, ListPolicyTags."""
    name = f"List{kind.title()}Tags"

    async def run(request: Any, call: Call) -> Any:
        found = shown.tag_list(await tags.of(call.tx, await _owner(call, name, kind, request)))
        page = shown.page(found, request, lambda each: each.key.lower())
        return getattr(shapes, f"{name}Response")(
            tags=page["items"], is_truncated=page["is_truncated"], marker=page["marker"]
        )

    return run
