"""The policies of a user or role, read as an ordinary IAM client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple


class Named(NamedTuple):
    """A policy's text, and where it stands in words. `identifier` is what the simulator calls it."""

    where: str
    identifier: str
    text: str


def principal_named(iam: Any, arn: str) -> str:
    """The ARN of the user or role behind `arn`: of a session it is the role's, whose path a session does not show."""
    resource = arn.split(":", 5)[5]
    if resource.startswith("assumed-role/"):
        found: str = iam.get_role(RoleName=resource.split("/")[1])["Role"]["Arn"]
        return found
    return arn


def policies_of(iam: Any, arn: str) -> Iterator[Named]:
    """All policies that a user or role holds, those of its groups and its boundary too."""
    kind, _, rest = arn.split(":", 5)[5].partition("/")
    name = rest.rpartition("/")[2]
    if kind == "user":
        yield from _held(iam, "User", name)
        for group in _pages(iam, "list_groups_for_user", "Groups", UserName=name):
            yield from _held(iam, "Group", group["GroupName"])
        shown = iam.get_user(UserName=name)["User"]
    else:
        yield from _held(iam, "Role", name)
        shown = iam.get_role(RoleName=name)["Role"]
    boundary = shown.get("PermissionsBoundary")
    if boundary is not None:
        yield _managed(iam, boundary["PermissionsBoundaryArn"], "the permissions boundary")


def _held(iam: Any, kind: str, name: str) -> Iterator[Named]:
    lower = kind.lower()
    for policy in _pages(iam, f"list_{lower}_policies", "PolicyNames", **{f"{kind}Name": name}):
        shown = getattr(iam, f"get_{lower}_policy")(**{f"{kind}Name": name}, PolicyName=policy)
        text = json.dumps(shown["PolicyDocument"], indent=2)
        yield Named(f"the inline policy {policy} of {lower} {name}", f"{lower}_{name}_{policy}", text)
    for policy in _pages(iam, f"list_attached_{lower}_policies", "AttachedPolicies", **{f"{kind}Name": name}):
        yield _managed(iam, policy["PolicyArn"], f"the managed policy {policy['PolicyArn']} of {lower} {name}")


def _managed(iam: Any, arn: str, where: str) -> Named:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return Named(where, arn.rpartition("/")[2], json.dumps(document, indent=2))


def _pages(iam: Any, operation: str, member: str, **members: str) -> Iterator[Any]:
    for page in iam.get_paginator(operation).paginate(**members):
        yield from page[member]
