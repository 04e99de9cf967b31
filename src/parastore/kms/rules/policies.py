"""Key policies: which a key has, and which are refused."""

from __future__ import annotations

import json
from functools import lru_cache

from parastore.arn import partition_of
from parastore.kms.errors import LimitExceededException, MalformedPolicyDocumentException, NotFoundException
from parastore.kms.rules.keys import Key
from parastore.policy.document import Kind, Policy, parse
from parastore.policy.errors import DocumentError

SERVICE = "ssm"
NAME = "default"  # the only name a key policy may have
MAX_SIZE = 32 * 1024
_MANAGED_USE = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:CreateGrant",
    "kms:DescribeKey",
)


def text_of(key: Key) -> str:
    """The policy of a key, as GetKeyPolicy shows it."""
    if key.policy is not None:
        return key.policy
    return (_default if key.manager == "CUSTOMER" else _managed)(key.account, key.region)


def parsed(text: str) -> Policy:
    """A policy that was checked before."""
    return Policy(NAME, parse(text, Kind.KEY))


def via_of(region: str) -> str:
    """How Parameter Store, the only service here that has a managed key, is named when it calls for somebody."""
    return f"{SERVICE}.{region}.amazonaws.com"


def check(text: str) -> None:
    """Raise MalformedPolicyDocumentException or LimitExceededException unless a key may have this policy."""
    if len(text) > MAX_SIZE:
        raise LimitExceededException(f"The size of the policy must not exceed {MAX_SIZE} bytes.")
    try:
        parse(text, Kind.KEY)
    except DocumentError as error:
        raise MalformedPolicyDocumentException(str(error)) from None


def check_name(name: str | None) -> None:
    """Raise unless it is the name that every key policy has."""
    if name not in (None, NAME):
        raise NotFoundException("No such policy exists")


def check_lockout(allowed: bool) -> None:
    """Raise MalformedPolicyDocumentException when the caller could not change the policy again."""
    if not allowed:
        raise MalformedPolicyDocumentException(
            "The new key policy will not allow you to update the key policy in the future."
        )


@lru_cache(maxsize=256)
def _default(account: str, region: str) -> str:
    statement: dict[str, object] = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition_of(region)}:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return _written("key-default-1", [statement])


@lru_cache(maxsize=256)
def _managed(account: str, region: str) -> str:
    use: dict[str, object] = {
        "Sid": "Allow access through SSM for all principals in the account that are authorized to use SSM",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(_MANAGED_USE),
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": via_of(region), "kms:CallerAccount": account}},
    }
    look: dict[str, object] = {
        "Sid": "Allow direct access to key metadata to the account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition_of(region)}:iam::{account}:root"},
        "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        "Resource": "*",
    }
    return _written("auto-ssm-1", [use, look])


def _written(name: str, statements: list[dict[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Id": name, "Statement": statements}, indent=2)
