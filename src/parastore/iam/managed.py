"""Managed policies that come with the program, under AWS's names and ARNs.

Their documents are AWS's, without what speaks of services that are not here. Their unique ids are our own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, NamedTuple

_SINCE = 1_704_067_200_000  # 2024-01-01; AWS's dates differ for each
_READS = ["ssm:Describe*", "ssm:Get*", "ssm:List*"]


class Ready(NamedTuple):
    """A managed policy of AWS; `created_at` is milliseconds since the epoch."""

    id: str
    name: str
    path: str
    description: str
    document: str
    created_at: int = _SINCE

    @property
    def arn(self) -> str:
        """Its ARN in every account."""
        return f"arn:aws:iam::aws:policy{self.path}{self.name}"


def _ready(name: str, description: str, *statements: dict[str, Any]) -> Ready:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=4)
    digits = base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[:17]
    return Ready(f"ANPA{digits}", name, "/", description, document)


def _allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"} | more


_READY = (
    _ready(
        "AdministratorAccess",
        "Provides full access to AWS services and resources.",
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ),
    _ready(
        "PowerUserAccess",
        "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        _allow("iam:ListRoles"),
    ),
    _ready(
        "ReadOnlyAccess",
        "Provides read-only access to AWS services and resources.",
        _allow(
            *_READS,
            "kms:Describe*",
            "kms:Get*",
            "kms:List*",
            "iam:Generate*",
            "iam:Get*",
            "iam:List*",
            "iam:Simulate*",
            "cloudtrail:LookupEvents",
            "sts:GetAccessKeyInfo",
            "sts:GetCallerIdentity",
            "sts:GetSessionToken",
            "tag:Get*",
        ),
    ),
    _ready(
        "AmazonSSMFullAccess",
        "Provides full access to Amazon SSM.",
        _allow("ssm:*"),
    ),
    _ready(
        "AmazonSSMReadOnlyAccess",
        "Provides read only access to Amazon SSM.",
        _allow("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    ),
    _ready(
        "IAMFullAccess",
        "Provides full access to IAM via the AWS Management Console.",
        _allow("iam:*"),
    ),
    _ready(
        "IAMReadOnlyAccess",
        "Provides read only access to IAM via the AWS Management Console.",
        _allow("iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*",
               "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"),
    ),
    _ready(
        "AWSKeyManagementServicePowerUser",
        "Provides access to AWS Key Management Service (KMS).",
        _allow(
            "kms:CreateAlias",
            "kms:CreateKey",
            "kms:DeleteAlias",
            "kms:Describe*",
            "kms:GenerateRandom",
            "kms:Get*",
            "kms:List*",
            "kms:TagResource",
            "kms:UntagResource",
            "iam:ListGroups",
            "iam:ListRoles",
            "iam:ListUsers",
        ),
    ),
)  # fmt: skip

BY_ARN = {each.arn: each for each in sorted(_READY, key=lambda each: each.name)}
