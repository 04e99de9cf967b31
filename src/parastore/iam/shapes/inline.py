"""Inline policies: documents that belong to one user, group or role."""

from __future__ import annotations

from typing import Annotated

from parastore.iam.shapes.terms import ExistingUserName, Marker, PolicyDocument, UserName
from parastore.shapes import Shape, number


class PutUserPolicyRequest(Shape, kw_only=True):
    """Write an inline policy of a user."""

    user_name: ExistingUserName
    policy_name: ExistingUserName
    policy_document: PolicyDocument


class PutUserPolicyResponse(Shape, kw_only=True):
    """What PutUserPolicy answers."""


class GetUserPolicyRequest(Shape, kw_only=True):
    """Show an inline policy of a user."""

    user_name: ExistingUserName
    policy_name: ExistingUserName


class GetUserPolicyResponse(Shape, kw_only=True):
    """What GetUserPolicy answers."""

    user_name: str | None = None
    policy_name: str | None = None
    policy_document: str | None = None


class DeleteUserPolicyRequest(Shape, kw_only=True):
    """Delete an inline policy of a user."""

    user_name: ExistingUserName
    policy_name: ExistingUserName


class DeleteUserPolicyResponse(Shape, kw_only=True):
    """What DeleteUserPolicy answers."""


class PutGroupPolicyRequest(Shape, kw_only=True):
    """Write an inline policy of a group."""

    group_name: ExistingUserName
    policy_name: ExistingUserName
    policy_document: PolicyDocument


class PutGroupPolicyResponse(Shape, kw_only=True):
    """What PutGroupPolicy answers."""


class GetGroupPolicyRequest(Shape, kw_only=True):
    """Show an inline policy of a group."""

    group_name: ExistingUserName
    policy_name: ExistingUserName


class GetGroupPolicyResponse(Shape, kw_only=True):
    """What GetGroupPolicy answers."""

    group_name: str | None = None
    policy_name: str | None = None
    policy_document: str | None = None


class DeleteGroupPolicyRequest(Shape, kw_only=True):
    """Delete an inline policy of a group."""

    group_name: ExistingUserName
    policy_name: ExistingUserName


class DeleteGroupPolicyResponse(Shape, kw_only=True):
    """What DeleteGroupPolicy answers."""


class PutRolePolicyRequest(Shape, kw_only=True):
    """Write an inline policy of a role."""

    role_name: UserName
    policy_name: ExistingUserName
    policy_document: PolicyDocument


class PutRolePolicyResponse(Shape, kw_only=True):
    """What PutRolePolicy answers."""


class GetRolePolicyRequest(Shape, kw_only=True):
    """Show an inline policy of a role."""

    role_name: UserName
    policy_name: ExistingUserName


class GetRolePolicyResponse(Shape, kw_only=True):
    """What GetRolePolicy answers."""

    role_name: str | None = None
    policy_name: str | None = None
    policy_document: str | None = None


class DeleteRolePolicyRequest(Shape, kw_only=True):
    """Delete an inline policy of a role."""

    role_name: UserName
    policy_name: ExistingUserName


class DeleteRolePolicyResponse(Shape, kw_only=True):
    """What DeleteRolePolicy answers."""


class ListUserPoliciesRequest(Shape, kw_only=True):
    """List the names of a user's inline policies."""

    user_name: ExistingUserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListUserPoliciesResponse(Shape, kw_only=True):
    """What ListUserPolicies answers."""

    policy_names: list[str] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class ListGroupPoliciesRequest(Shape, kw_only=True):
    """List the names of a group's inline policies."""

    group_name: ExistingUserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListGroupPoliciesResponse(Shape, kw_only=True):
    """What ListGroupPolicies answers."""

    policy_names: list[str] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class ListRolePoliciesRequest(Shape, kw_only=True):
    """List the names of a role's inline policies."""

    role_name: UserName
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListRolePoliciesResponse(Shape, kw_only=True):
    """What ListRolePolicies answers."""

    policy_names: list[str] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
