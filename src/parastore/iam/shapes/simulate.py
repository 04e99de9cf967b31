"""Simulation: what policies would decide."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.iam.shapes.terms import (
    ActionName,
    Arn,
    ContextKeyName,
    ExistingUserName,
    Marker,
    PolicyDocument,
    ResourceHandlingOption,
    ResourceName,
)
from parastore.shapes import Integer, Shape, items, number


class OrderedOrganizationPolicyType(Shape, kw_only=True):
    """Policies of an organization. There is none here; they are not asked."""

    service_control_policy_input_list: list[PolicyDocument] | None = None


class ContextEntry(Shape, kw_only=True):
    """A condition key of a simulated request, with its values."""

    context_key_name: ContextKeyName | None = None
    context_key_values: list[str] | None = None
    context_key_type: (
        Literal[
            "string",
            "stringList",
            "numeric",
            "numericList",
            "boolean",
            "booleanList",
            "ip",
            "ipList",
            "binary",
            "binaryList",
            "date",
            "dateList",
        ]
        | None
    ) = None


class SimulateCustomPolicyRequest(Shape, kw_only=True):
    """Decide by policies that are given."""

    policy_input_list: list[PolicyDocument]
    permissions_boundary_policy_input_list: list[PolicyDocument] | None = None
    ordered_organization_policy_input_list: Annotated[list[OrderedOrganizationPolicyType], items(maximum=7)] | None = (
        None
    )
    action_names: list[ActionName]
    resource_arns: list[ResourceName] | None = None
    resource_policy: PolicyDocument | None = None
    resource_owner: ResourceName | None = None
    caller_arn: ResourceName | None = None
    context_entries: list[ContextEntry] | None = None
    resource_handling_option: ResourceHandlingOption | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None
    marker: Marker | None = None


class Position(Shape, kw_only=True):
    """A place in a policy's text."""

    line: Integer | None = None
    column: Integer | None = None


class Statement(Shape, kw_only=True):
    """Where a statement that decided stands. Positions are lines and columns of the document, from 1."""

    source_policy_id: str | None = None
    source_policy_type: Literal["user", "group", "role", "aws-managed", "user-managed", "resource", "none"] | None = (
        None
    )
    start_position: Position | None = None
    end_position: Position | None = None


class OrganizationsDecisionDetail(Shape, kw_only=True):
    """What an organization says. There is none here."""

    allowed_by_organizations: bool | None = None


class PermissionsBoundaryDecisionDetail(Shape, kw_only=True):
    """Whether the permissions boundary allows it."""

    allowed_by_permissions_boundary: bool | None = None


class ResourceSpecificResult(Shape, kw_only=True):
    """What was decided on one resource of several."""

    eval_resource_name: str | None = None
    eval_resource_decision: Literal["allowed", "explicitDeny", "implicitDeny"] | None = None
    matched_statements: list[Statement] | None = None
    missing_context_values: list[str] | None = None
    eval_decision_details: dict[str, Literal["allowed", "explicitDeny", "implicitDeny"]] | None = None
    permissions_boundary_decision_detail: PermissionsBoundaryDecisionDetail | None = None


class EvaluationResult(Shape, kw_only=True):
    """What was decided on one action and one resource."""

    eval_action_name: str | None = None
    eval_resource_name: str | None = None
    eval_decision: Literal["allowed", "explicitDeny", "implicitDeny"] | None = None
    matched_statements: list[Statement] | None = None
    missing_context_values: list[str] | None = None
    organizations_decision_detail: OrganizationsDecisionDetail | None = None
    permissions_boundary_decision_detail: PermissionsBoundaryDecisionDetail | None = None
    eval_decision_details: dict[str, Literal["allowed", "explicitDeny", "implicitDeny"]] | None = None
    resource_specific_results: list[ResourceSpecificResult] | None = None


class SimulateCustomPolicyResponse(Shape, kw_only=True):
    """What SimulateCustomPolicy answers."""

    evaluation_results: list[EvaluationResult] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class InlinePolicyIdentifierType(Shape, kw_only=True):
    """An inline policy, by its owner."""

    policy_name: ExistingUserName
    attachment_type: Literal["user", "group", "role"]
    attachment_name: ExistingUserName


class PolicyIdentifier(Shape, kw_only=True):
    """A policy that another names."""

    policy_type: Literal["inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"] | None = None
    policy_arn: Arn | None = None
    inline_policy_identifier: InlinePolicyIdentifierType | None = None


class SimulatePrincipalPolicyRequest(Shape, kw_only=True):
    """Decide by the policies of a user, group or role, and others that are given."""

    policy_source_arn: Arn
    policy_input_list: list[PolicyDocument] | None = None
    permissions_boundary_policy_input_list: list[PolicyDocument] | None = None
    policy_exclusion_list: Annotated[list[PolicyIdentifier], items(maximum=256)] | None = None
    action_names: list[ActionName]
    resource_arns: list[ResourceName] | None = None
    resource_policy: PolicyDocument | None = None
    resource_owner: ResourceName | None = None
    caller_arn: ResourceName | None = None
    context_entries: list[ContextEntry] | None = None
    resource_handling_option: ResourceHandlingOption | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None
    marker: Marker | None = None


class SimulatePrincipalPolicyResponse(Shape, kw_only=True):
    """What SimulatePrincipalPolicy answers."""

    evaluation_results: list[EvaluationResult] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class GetContextKeysForCustomPolicyRequest(Shape, kw_only=True):
    """The condition keys that given policies ask for."""

    policy_input_list: list[PolicyDocument]


class GetContextKeysForCustomPolicyResponse(Shape, kw_only=True):
    """What GetContextKeysForCustomPolicy answers."""

    context_key_names: list[str] | None = None


class GetContextKeysForPrincipalPolicyRequest(Shape, kw_only=True):
    """The condition keys that the policies of an identity, and others given, ask for."""

    policy_source_arn: Arn
    policy_input_list: list[PolicyDocument] | None = None


class GetContextKeysForPrincipalPolicyResponse(Shape, kw_only=True):
    """What GetContextKeysForPrincipalPolicy answers."""

    context_key_names: list[str] | None = None
