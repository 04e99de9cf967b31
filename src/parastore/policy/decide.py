"""The decision whether a caller may do an action on resources.

The only principal so far is an account's root, which may do everything in its own account and nothing in another.
"""

from __future__ import annotations

from collections.abc import Sequence

from parastore.arn import Arn
from parastore.context import Caller
from parastore.errors import AccessDeniedException


def authorize(caller: Caller, action: str, resources: Sequence[Arn]) -> None:
    """Raise AccessDeniedException, naming the first resource refused, unless all are allowed."""
    for resource in resources:
        # An empty account is AWS's own public space, readable by everybody who may read at all.
        if resource.account and (resource.account != caller.account or not caller.is_root):
            reason = "resource" if resource.account != caller.account else "identity"
            raise AccessDeniedException(
                f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
                f" because no {reason}-based policy allows the {action} action"
            )
