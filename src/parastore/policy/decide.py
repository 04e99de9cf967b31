"""The decision whether a caller may do an action on resources.

The only principal so far is an account's root, which may do everything in its own account. In another account it may do
what the resource's own policy allows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parastore.arn import Arn
from parastore.context import Caller
from parastore.errors import AccessDeniedException
from parastore.policy.document import Statement, allows

Policies = Mapping[Arn, Sequence[Statement]]
_NONE: Policies = {}


def authorize(caller: Caller, action: str, resources: Sequence[Arn], policies: Policies = _NONE) -> None:
    """Raise AccessDeniedException, naming the first resource refused, unless all are allowed.

    `policies` are the resource policies of resources of other accounts.
    """
    for resource in resources:
        # An empty account is AWS's own public space, readable by everybody who may read at all.
        if resource.account and (resource.account != caller.account or not caller.is_root):
            foreign = resource.account != caller.account
            if foreign and caller.is_root and allows(policies.get(resource, ()), caller, action, str(resource)):
                continue
            reason = "resource" if foreign else "identity"
            raise AccessDeniedException(
                f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
                f" because no {reason}-based policy allows the {action} action"
            )
