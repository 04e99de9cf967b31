"""DecodeAuthorizationMessage."""

from __future__ import annotations

from parastore.context import Call
from parastore.sts import messages
from parastore.sts.shapes import DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse


async def decode_authorization_message(
    request: DecodeAuthorizationMessageRequest, call: Call
) -> DecodeAuthorizationMessageResponse:
    """What a message about a denied call says. Raises InvalidAuthorizationMessageException for one of another account,
    or of no server of this installation.
    """
    text = messages.decode(call.ring, call.account, request.encoded_message)
    return DecodeAuthorizationMessageResponse(decoded_message=text)
