"""Roles and who may assume them."""

from __future__ import annotations

from typing import Annotated

from parastore.iam.shapes.terms import (
    Arn,
    Marker,
    Path,
    PathPrefix,
    PolicyDocument,
    Role,
    RoleDescription,
    Tag,
    TagKey,
    UserName,
)
from parastore.shapes import Shape, Timestamp, items, number


class CreateRoleRequest(Shape, kw_only=True):
    """Make a role with its trust policy."""

    path: Path | None = None
    role_name: UserName
    assume_role_policy_document: PolicyDocument
    description: RoleDescription | None = None
    max_session_duration: Annotated[int, number(3600, 43200)] | None = None
    permissions_boundary: Arn | None = None
    tags: Annotated[list[Tag], items(maximum=50)] | None = None


class CreateRoleResponse(Shape, kw_only=True):
    """What CreateRole answers."""

    role: Role | None = None


class GetRoleRequest(Shape, kw_only=True):
    """Show a role."""

    role_name: UserName


class GetRoleResponse(Shape, kw_only=True):
    """What GetRole answers."""

    role: Role | None = None


class ListRolesRequest(Shape, kw_only=True):
    """List the roles of a path."""

    path_prefix: PathPrefix | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListRolesResponse(Shape, kw_only=True):
    """What ListRoles answers."""

    roles: list[Role] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class UpdateRoleRequest(Shape, kw_only=True):
    """Give a role another description or longest session."""

    role_name: UserName
    description: RoleDescription | None = None
    max_session_duration: Annotated[int, number(3600, 43200)] | None = None


class UpdateRoleResponse(Shape, kw_only=True):
    """What UpdateRole answers."""


class UpdateRoleDescriptionRequest(Shape, kw_only=True):
    """Give a role another description."""

    role_name: UserName
    description: RoleDescription


class UpdateRoleDescriptionResponse(Shape, kw_only=True):
    """What UpdateRoleDescription answers."""

    role: Role | None = None


class DeleteRoleRequest(Shape, kw_only=True):
    """Delete a role that has nothing attached."""

    role_name: UserName


class DeleteRoleResponse(Shape, kw_only=True):
    """What DeleteRole answers."""


class UpdateAssumeRolePolicyRequest(Shape, kw_only=True):
    """Give a role another trust policy."""

    role_name: UserName
    policy_document: PolicyDocument


class UpdateAssumeRolePolicyResponse(Shape, kw_only=True):
    """What UpdateAssumeRolePolicy answers."""


class TagRoleRequest(Shape, kw_only=True):
    """Put tags on a role."""

    role_name: UserName
    tags: Annotated[list[Tag], items(maximum=50)]


class TagRoleResponse(Shape, kw_only=True):
    """What TagRole answers."""


class UntagRoleRequest(Shape, kw_only=True):
    """Take tags off a role."""

    role_name: UserName
    tag_keys: Annotated[list[TagKey], items(maximum=50)]


class UntagRoleResponse(Shape, kw_only=True):
    """What UntagRole answers."""


class ListRoleTagsRequest(Shape, kw_only=True):
    """List the tags of a role."""

    role_name: UserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListRoleTagsResponse(Shape, kw_only=True):
    """What ListRoleTags answers."""

    tags: list[Tag] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class PutRolePermissionsBoundaryRequest(Shape, kw_only=True):
    """Bound a role by a managed policy."""

    role_name: UserName
    permissions_boundary: Arn


class PutRolePermissionsBoundaryResponse(Shape, kw_only=True):
    """What PutRolePermissionsBoundary answers."""


class DeleteRolePermissionsBoundaryRequest(Shape, kw_only=True):
    """Take the boundary off a role."""

    role_name: UserName


class DeleteRolePermissionsBoundaryResponse(Shape, kw_only=True):
    """What DeleteRolePermissionsBoundary answers."""


class ListInstanceProfilesForRoleRequest(Shape, kw_only=True):
    """List the instance profiles of a role."""

    role_name: UserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class InstanceProfile(Shape, kw_only=True):
    """An instance profile. There are none here."""

    path: str | None = None
    instance_profile_name: str | None = None
    instance_profile_id: str | None = None
    arn: str | None = None
    create_date: Timestamp | None = None
    roles: list[Role] | None = None
    tags: list[Tag] | None = None


class ListInstanceProfilesForRoleResponse(Shape, kw_only=True):
    """What ListInstanceProfilesForRole answers."""

    instance_profiles: list[InstanceProfile] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
