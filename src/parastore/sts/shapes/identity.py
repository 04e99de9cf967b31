"""Who calls."""

from __future__ import annotations

from parastore.shapes import Shape


class GetCallerIdentityRequest(Shape, kw_only=True):
    """Who am I?"""


class GetCallerIdentityResponse(Shape, kw_only=True):
    """What GetCallerIdentity answers."""

    user_id: str | None = None
    account: str | None = None
    arn: str | None = None
