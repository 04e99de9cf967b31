"""The smallest policy that covers what a principal did, by its records. No I/O.

What was refused is left out, and so is what needs no permission. A policy names what was used and nothing more: it must
be widened for who will use other parameters tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from parastore.audit.history import Facts

_FOR_EVERYBODY = {"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRoleWithWebIdentity"}
_SPELLED = {"kms:ReEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo")}  # one operation, two permissions
# resources, the service that called on the principal's behalf
_Where = tuple[tuple[str, ...], str]


def is_of(facts: Facts, principal: str) -> bool:
    """Whether a record is of a user, or of a role or a session, by its ARN."""
    who = facts.user_identity
    return principal in (who.arn, who.session_context.get("sessionIssuer", {}).get("arn"))


def policy(records: Iterable[Facts]) -> dict[str, Any]:
    """A policy document for these records' calls."""
    resources: dict[tuple[str, str], set[str]] = {}
    for facts in records:
        if facts.error_code:
            continue
        for action in _actions(facts):
            via = ""
            if facts.user_identity.invoked_by:
                via = f"{facts.user_identity.invoked_by.partition('.')[0]}.{facts.aws_region}.amazonaws.com"
            named = {each.ARN for each in facts.resources} or {"*"}
            resources.setdefault((action, via), set()).update(named)
    actions: dict[_Where, list[str]] = {}
    for (action, via), named in sorted(resources.items()):
        actions.setdefault((("*",) if "*" in named else tuple(sorted(named)), via), []).append(action)
    return {"Version": "2012-10-17", "Statement": [_statement(where, used) for where, used in actions.items()]}


def _actions(facts: Facts) -> list[str]:
    action = f"{facts.event_source.partition('.')[0]}:{facts.event_name}"
    if action in _FOR_EVERYBODY:
        return []
    found = list(_SPELLED.get(action, (action,)))
    if action == "ssm:PutParameter" and (facts.request_parameters or {}).get("tags"):
        found.append("ssm:AddTagsToResource")
    return found


def _statement(where: _Where, actions: list[str]) -> dict[str, Any]:
    resources, via = where
    found: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": list(resources)}
    if via:
        found["Condition"] = {"StringEquals": {"kms:ViaService": via}}
    return found
