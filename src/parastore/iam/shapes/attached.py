"""Managed policies attached to users, groups and roles."""

from __future__ import annotations

from typing import Annotated

from parastore.iam.shapes.terms import Arn, AttachedPolicy, ExistingUserName, Marker, PolicyPath, UserName
from parastore.shapes import Shape, number


class AttachUserPolicyRequest(Shape, kw_only=True):
    """Attach a managed policy to a user."""

    user_name: UserName
    policy_arn: Arn


class AttachUserPolicyResponse(Shape, kw_only=True):
    """What AttachUserPolicy answers."""


class DetachUserPolicyRequest(Shape, kw_only=True):
    """Detach a managed policy from a user."""

    user_name: UserName
    policy_arn: Arn


class DetachUserPolicyResponse(Shape, kw_only=True):
    """What DetachUserPolicy answers."""


class AttachGroupPolicyRequest(Shape, kw_only=True):
    """Attach a managed policy to a group."""

    group_name: ExistingUserName
    policy_arn: Arn


class AttachGroupPolicyResponse(Shape, kw_only=True):
    """What AttachGroupPolicy answers."""


class DetachGroupPolicyRequest(Shape, kw_only=True):
    """Detach a managed policy from a group."""

    group_name: ExistingUserName
    policy_arn: Arn


class DetachGroupPolicyResponse(Shape, kw_only=True):
    """What DetachGroupPolicy answers."""


class AttachRolePolicyRequest(Shape, kw_only=True):
    """Attach a managed policy to a role."""

    role_name: UserName
    policy_arn: Arn


class AttachRolePolicyResponse(Shape, kw_only=True):
    """What AttachRolePolicy answers."""


class DetachRolePolicyRequest(Shape, kw_only=True):
    """Detach a managed policy from a role."""

    role_name: UserName
    policy_arn: Arn


class DetachRolePolicyResponse(Shape, kw_only=True):
    """What DetachRolePolicy answers."""


class ListAttachedUserPoliciesRequest(Shape, kw_only=True):
    """List the managed policies of a user."""

    user_name: UserName
    path_prefix: PolicyPath | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListAttachedUserPoliciesResponse(Shape, kw_only=True):
    """What ListAttachedUserPolicies answers."""

    attached_policies: list[AttachedPolicy] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class ListAttachedGroupPoliciesRequest(Shape, kw_only=True):
    """List the managed policies of a group."""

    group_name: ExistingUserName
    path_prefix: PolicyPath | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListAttachedGroupPoliciesResponse(Shape, kw_only=True):
    """What ListAttachedGroupPolicies answers."""

    attached_policies: list[AttachedPolicy] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class ListAttachedRolePoliciesRequest(Shape, kw_only=True):
    """List the managed policies of a role."""

    role_name: UserName
    path_prefix: PolicyPath | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class ListAttachedRolePoliciesResponse(Shape, kw_only=True):
    """What ListAttachedRolePolicies answers."""

    attached_policies: list[AttachedPolicy] | None = None
    is_truncated: bool | None = None
    marker: str | None = None
