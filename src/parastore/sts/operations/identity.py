"""GetCallerIdentity."""

from __future__ import annotations

from parastore.context import Call
from parastore.sts.shapes import GetCallerIdentityRequest, GetCallerIdentityResponse


async def get_caller_identity(request: GetCallerIdentityRequest, call: Call) -> GetCallerIdentityResponse:
    """Who calls. Needs no permission, and no policy can deny it."""
    caller = call.caller
    return GetCallerIdentityResponse(user_id=caller.user_id, account=caller.account, arn=caller.arn)
