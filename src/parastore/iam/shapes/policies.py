"""Managed policies and their versions."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.iam.shapes.terms import (
    Arn,
    ExistingUserName,
    Marker,
    Path,
    PolicyDescription,
    PolicyDocument,
    PolicyPath,
    PolicyVersionId,
    Tag,
    TagKey,
)
from parastore.shapes import Integer, Shape, Timestamp, items, number


class CreatePolicyRequest(Shape, kw_only=True):
    """Make a managed policy with its first version."""

    policy_name: ExistingUserName
    path: PolicyPath | None = None
    policy_document: PolicyDocument
    description: PolicyDescription | None = None
    tags: Annotated[list[Tag], items(maximum=50)] | None = None


class Policy(Shape, kw_only=True):
    """A managed policy, without its document."""

    policy_name: str | None = None
    policy_id: str | None = None
    arn: str | None = None
    path: str | None = None
    default_version_id: str | None = None
    attachment_count: Integer | None = None
    permissions_boundary_usage_count: Integer | None = None
    is_attachable: bool | None = None
    description: str | None = None
    create_date: Timestamp | None = None
    update_date: Timestamp | None = None
    tags: list[Tag] | None = None


class CreatePolicyResponse(Shape, kw_only=True):
    """What CreatePolicy answers."""

    policy: Policy | None = None


class GetPolicyRequest(Shape, kw_only=True):
    """Show a managed policy."""

    policy_arn: Arn


class GetPolicyResponse(Shape, kw_only=True):
    """What GetPolicy answers."""

    policy: Policy | None = None


class ListPoliciesRequest(Shape, kw_only=True):
    """List managed policies."""

    scope: Literal["All", "AWS", "Local"] | None = None
    only_attached: bool | None = None
    path_prefix: PolicyPath | None = None
    policy_usage_filter: Literal["PermissionsPolicy", "PermissionsBoundary"] | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListPoliciesResponse(Shape, kw_only=True):
    """What ListPolicies answers."""

    policies: list[Policy] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class DeletePolicyRequest(Shape, kw_only=True):
    """Delete a policy that is attached to nothing and has one version."""

    policy_arn: Arn


class DeletePolicyResponse(Shape, kw_only=True):
    """What DeletePolicy answers."""


class CreatePolicyVersionRequest(Shape, kw_only=True):
    """Add a version, and make it the default if asked to."""

    policy_arn: Arn
    policy_document: PolicyDocument
    set_as_default: bool | None = None


class PolicyVersion(Shape, kw_only=True):
    """A version of a managed policy; its document is URL-encoded."""

    document: str | None = None
    version_id: str | None = None
    is_default_version: bool | None = None
    create_date: Timestamp | None = None


class CreatePolicyVersionResponse(Shape, kw_only=True):
    """What CreatePolicyVersion answers."""

    policy_version: PolicyVersion | None = None


class GetPolicyVersionRequest(Shape, kw_only=True):
    """Show a version with its document."""

    policy_arn: Arn
    version_id: PolicyVersionId


class GetPolicyVersionResponse(Shape, kw_only=True):
    """What GetPolicyVersion answers."""

    policy_version: PolicyVersion | None = None


class ListPolicyVersionsRequest(Shape, kw_only=True):
    """List the versions of a policy."""

    policy_arn: Arn
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListPolicyVersionsResponse(Shape, kw_only=True):
    """What ListPolicyVersions answers."""

    versions: list[PolicyVersion] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class DeletePolicyVersionRequest(Shape, kw_only=True):
    """Delete a version that is not the default."""

    policy_arn: Arn
    version_id: PolicyVersionId


class DeletePolicyVersionResponse(Shape, kw_only=True):
    """What DeletePolicyVersion answers."""


class SetDefaultPolicyVersionRequest(Shape, kw_only=True):
    """Choose the version that is in force."""

    policy_arn: Arn
    version_id: PolicyVersionId


class SetDefaultPolicyVersionResponse(Shape, kw_only=True):
    """What SetDefaultPolicyVersion answers."""


class TagPolicyRequest(Shape, kw_only=True):
    """Put tags on a policy."""

    policy_arn: Arn
    tags: Annotated[list[Tag], items(maximum=50)]


class TagPolicyResponse(Shape, kw_only=True):
    """What TagPolicy answers."""


class UntagPolicyRequest(Shape, kw_only=True):
    """Take tags off a policy."""

    policy_arn: Arn
    tag_keys: Annotated[list[TagKey], items(maximum=50)]


class UntagPolicyResponse(Shape, kw_only=True):
    """What UntagPolicy answers."""


class ListPolicyTagsRequest(Shape, kw_only=True):
    """List the tags of a policy."""

    policy_arn: Arn
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListPolicyTagsResponse(Shape, kw_only=True):
    """What ListPolicyTags answers."""

    tags: list[Tag] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class ListEntitiesForPolicyRequest(Shape, kw_only=True):
    """List who has a policy."""

    policy_arn: Arn
    entity_filter: Literal["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] | None = None
    path_prefix: Path | None = None
    policy_usage_filter: Literal["PermissionsPolicy", "PermissionsBoundary"] | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class PolicyGroup(Shape, kw_only=True):
    """A group that has a policy."""

    group_name: str | None = None
    group_id: str | None = None


class PolicyUser(Shape, kw_only=True):
    """A user that has a policy."""

    user_name: str | None = None
    user_id: str | None = None


class PolicyRole(Shape, kw_only=True):
    """A role that has a policy."""

    role_name: str | None = None
    role_id: str | None = None


class ListEntitiesForPolicyResponse(Shape, kw_only=True):
    """What ListEntitiesForPolicy answers."""

    policy_groups: list[PolicyGroup] | None = None
    policy_users: list[PolicyUser] | None = None
    policy_roles: list[PolicyRole] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
