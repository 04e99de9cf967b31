"""Sharing a parameter with other accounts: what a resource policy of one may say."""

from __future__ import annotations

from parastore.policy.document import Kind, parse
from parastore.policy.errors import DocumentError
from parastore.ssm.errors import (
    MalformedResourcePolicyDocumentException,
    ResourcePolicyInvalidParameterException,
    ResourcePolicyLimitExceededException,
)

MAX_POLICY = 1024  # bytes
READS = ("ssm:describeparameters", "ssm:getparameter", "ssm:getparameters", "ssm:getparameterhistory")


def check_policy(text: str, arn: str, tier: str) -> None:
    """Raise unless a policy may be attached to the parameter `arn`:

     ResourcePolicyInvalidParameterException, ResourcePolicyLimitExceededException,
    MalformedResourcePolicyDocumentException.
    """
    if tier != "Advanced":
        raise ResourcePolicyInvalidParameterException(
            "Only parameters of the advanced tier can be shared.", ParameterNames=["ResourceArn"]
        )
    if len(text.encode()) > MAX_POLICY:
        raise ResourcePolicyLimitExceededException(
            f"A resource policy can have at most {MAX_POLICY} bytes.", Limit=MAX_POLICY, LimitType="PolicySize"
        )
    try:
        statements = parse(text, Kind.RESOURCE).statements
    except DocumentError as error:
        raise MalformedResourcePolicyDocumentException(str(error)) from error
    for statement in statements:
        principals = statement.principals
        # Sharing is between accounts, their users and roles; what else a policy can say has no place in it.
        if (
            statement.conditions
            or statement.actions_inverted
            or statement.resources_inverted
            or principals is None
            or principals.inverted
            or principals.others
        ):
            raise MalformedResourcePolicyDocumentException(
                "A policy that shares a parameter has Effect, Principal (AWS accounts, users and roles), Action and"
                " Resource."
            )
        for action in statement.actions:
            if action.lower() not in READS:
                raise MalformedResourcePolicyDocumentException(
                    f"The action {action} cannot be shared. Supported: ssm:DescribeParameters, ssm:GetParameter,"
                    " ssm:GetParameters, ssm:GetParameterHistory."
                )
        for resource in statement.resources:
            if resource not in (arn, "*"):
                raise MalformedResourcePolicyDocumentException(f"The Resource of the policy must be {arn}.")


def check_pair(policy_id: str | None, policy_hash: str | None) -> None:
    """Raise ResourcePolicyInvalidParameterException unless an update names both, and a new policy neither."""
    if (policy_id is None) != (policy_hash is None):
        missing = "PolicyId" if policy_id is None else "PolicyHash"
        raise ResourcePolicyInvalidParameterException(
            "To update a resource policy give its PolicyId and its PolicyHash.", ParameterNames=[missing]
        )
