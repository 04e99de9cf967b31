"""Sharing a parameter with other accounts: what a resource policy of one may say."""

from __future__ import annotations

from parastore.policy.document import DocumentError, Statement, parse
from parastore.ssm.errors import (
    MalformedResourcePolicyDocumentException,
    ResourcePolicyInvalidParameterException,
    ResourcePolicyLimitExceededException,
)

MAX_POLICY = 1024  # bytes
READS = ("ssm:describeparameters", "ssm:getparameter", "ssm:getparameters", "ssm:getparameterhistory")


def check_policy(text: str, arn: str, tier: str) -> tuple[Statement, ...]:
    """The statements of a policy that may be attached to the parameter `arn`.

    Raises ResourcePolicyInvalidParameterException, ResourcePolicyLimitExceededException,
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
        statements = parse(text)
    except DocumentError as error:
        raise MalformedResourcePolicyDocumentException(str(error)) from error
    for statement in statements:
        for action in statement.actions:
            if action not in READS:
                raise MalformedResourcePolicyDocumentException(
                    f"The action {action} cannot be shared. Supported: ssm:DescribeParameters, ssm:GetParameter,"
                    " ssm:GetParameters, ssm:GetParameterHistory."
                )
        for resource in statement.resources:
            if resource not in (arn, "*"):
                raise MalformedResourcePolicyDocumentException(f"The Resource of the policy must be {arn}.")
    return statements


def check_pair(policy_id: str | None, policy_hash: str | None) -> None:
    """Raise ResourcePolicyInvalidParameterException unless an update names both, and a new policy neither."""
    if (policy_id is None) != (policy_hash is None):
        missing = "PolicyId" if policy_id is None else "PolicyHash"
        raise ResourcePolicyInvalidParameterException(
            "To update a resource policy give its PolicyId and its PolicyHash.", ParameterNames=[missing]
        )
