"""How users, groups, roles, policies and tags are shown; and lists, page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from parastore.context import Call
from parastore.errors import ValidationException
from parastore.iam import keys
from parastore.iam.directory import policies, tags
from parastore.iam.directory.identities import Identity
from parastore.iam.directory.policies import ManagedPolicy, PolicyVersion
from parastore.iam.errors import InvalidInput, LimitExceeded
from parastore.iam.shapes import (
    AttachedPermissionsBoundary,
    Group,
    Policy,
    Role,
    RoleLastUsed,
    Tag,
    User,
)
from parastore.iam.shapes import PolicyVersion as VersionShape
from parastore.shapes import seconds

T = TypeVar("T")
MOST_TAGS = 50


def user(found: Identity, labels: Mapping[str, str] | None = None) -> User:
    """A user; with its tags and boundary where `labels` are given."""
    return User(
        path=found.path,
        user_name=found.name,
        user_id=found.id,
        arn=found.arn,
        create_date=seconds(found.created_at),
        permissions_boundary=boundary(found) if labels is not None else None,
        tags=tag_list(labels) if labels else None,
    )


def group(found: Identity) -> Group:
    """A group."""
    return Group(
        path=found.path,
        group_name=found.name,
        group_id=found.id,
        arn=found.arn,
        create_date=seconds(found.created_at),
    )


def role(found: Identity, labels: Mapping[str, str] | None = None, last_used: RoleLastUsed | None = None) -> Role:
    """A role; with its tags and boundary where `labels` are given."""
    return Role(
        path=found.path,
        role_name=found.name,
        role_id=found.id,
        arn=found.arn,
        create_date=seconds(found.created_at),
        assume_role_policy_document=quoted(found.trust or ""),
        description=found.description,
        max_session_duration=found.longest_session,
        permissions_boundary=boundary(found) if labels is not None else None,
        tags=tag_list(labels) if labels else None,
        role_last_used=last_used,
    )


def last_used(use: keys.LastUse | None) -> RoleLastUsed:
    """When a role was last used; empty when never, or not stored yet."""
    return RoleLastUsed() if use is None else RoleLastUsed(last_used_date=seconds(use.used_at), region=use.region)


def boundary(found: Identity) -> AttachedPermissionsBoundary | None:
    """The boundary of an identity."""
    if found.boundary is None:
        return None
    return AttachedPermissionsBoundary(
        permissions_boundary_type="PermissionsBoundaryPolicy", permissions_boundary_arn=found.boundary
    )


async def policy(found: ManagedPolicy, call: Call, *, full: bool = False) -> Policy:
    """A managed policy with its tags if it has any; `full` adds the description, which only GetPolicy shows."""
    labels = await tags.of(call.tx, found.id)
    return Policy(
        policy_name=found.name,
        policy_id=found.id,
        arn=found.arn,
        path=found.path,
        default_version_id=f"v{found.default_version}",
        attachment_count=len(await policies.holders(call.tx, call.account, found.arn)),
        permissions_boundary_usage_count=len(await policies.bounded_by(call.tx, call.account, found.arn)),
        is_attachable=True,
        description=(found.description or None) if full else None,
        create_date=seconds(found.created_at),
        update_date=seconds(found.updated_at),
        tags=tag_list(labels) if full or labels else None,
    )


def version(found: PolicyVersion, of: ManagedPolicy, *, document: bool = False) -> VersionShape:
    """A version of a managed policy, with its document if wanted."""
    return VersionShape(
        document=quoted(found.document) if document else None,
        version_id=f"v{found.version}",
        is_default_version=found.version == of.default_version,
        create_date=seconds(found.created_at),
    )


def quoted(document: str) -> str:
    """A document as IAM answers it: percent-encoded (RFC 3986)."""
    return quote(document, safe="")


def tag_list(labels: Mapping[str, str]) -> list[Tag]:
    """Tags as they are answered."""
    return [Tag(key=key, value=value) for key, value in labels.items()]


def tag_map(given: Sequence[Tag] | None) -> dict[str, str]:
    """Tags as they are asked for. Raises InvalidInput when a key comes twice, LimitExceeded for too many."""
    found = {each.key: each.value for each in given or ()}
    if len({key.lower() for key in found}) != len(given or ()):
        raise InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if len(found) > MOST_TAGS:
        raise LimitExceeded(f"The number of tags has reached the maximum limit: {MOST_TAGS}.")
    return found


class Paged(Protocol):
    """A request for a page of a list."""

    marker: str | None
    max_items: int | None


def page(found: Sequence[T], request: Paged, key: Callable[[T], str]) -> dict[str, Any]:
    """The part of a sorted list that a request asks for, and the members that say whether there is more.

    The answer is `items`, `is_truncated` and `marker`; `key` is what the list is sorted by.
    """
    after = opened(request.marker)
    rest = [each for each in found if key(each) > after] if after is not None else list(found)
    limit = request.max_items or 100
    more = len(rest) > limit
    return {"items": rest[:limit], "is_truncated": more, "marker": marker(key(rest[limit - 1])) if more else None}


def marker(text: str) -> str:
    """A place in a list, as clients get it."""
    return base64.b64encode(text.encode()).decode()


def opened(marker: str | None) -> str | None:
    """The place that a marker says. Raises ValidationException."""
    if marker is None:
        return None
    try:
        return base64.b64decode(marker, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValidationException("Invalid Marker.") from None
