"""Who calls."""

from __future__ import annotations

from typing import Annotated

from parastore.shapes import Shape, text


class GetCallerIdentityRequest(Shape, kw_only=True):
    """Who am I?"""


class GetCallerIdentityResponse(Shape, kw_only=True):
    """What GetCallerIdentity answers."""

    user_id: str | None = None
    account: str | None = None
    arn: str | None = None


class DecodeAuthorizationMessageRequest(Shape, kw_only=True):
    """What does this message about a denied call say?"""

    encoded_message: Annotated[str, text(1, 10240)]


class DecodeAuthorizationMessageResponse(Shape, kw_only=True):
    """What DecodeAuthorizationMessage answers: a JSON document."""

    decoded_message: str | None = None
