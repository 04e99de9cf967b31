"""Requests and answers of key policies."""

from __future__ import annotations

from parastore.kms.shapes.terms import KeyId, Limit, Marker, Policy, PolicyName
from parastore.shapes import Shape


class GetKeyPolicyRequest(Shape, kw_only=True):
    """The only name is `default`."""

    key_id: KeyId
    policy_name: PolicyName | None = None


class GetKeyPolicyResponse(Shape, kw_only=True):
    """The policy as it was given."""

    policy: str
    policy_name: str


class PutKeyPolicyRequest(Shape, kw_only=True):
    """At most 32 KiB; the caller must be able to change it again, unless the check is bypassed."""

    key_id: KeyId
    policy_name: PolicyName | None = None
    policy: Policy
    bypass_policy_lockout_safety_check: bool | None = None


class ListKeyPoliciesRequest(Shape, kw_only=True):
    """There is one."""

    key_id: KeyId
    limit: Limit | None = None
    marker: Marker | None = None


class ListKeyPoliciesResponse(Shape, kw_only=True):
    """Always `default`."""

    next_marker: str | None = None
    policy_names: list[str]
    truncated: bool
