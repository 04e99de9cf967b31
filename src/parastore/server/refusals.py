"""What the front answers by itself, before any service sees the request."""

from __future__ import annotations

import json
from typing import NamedTuple

from parastore import errors
from parastore.wire.http import JSON_1_1, HttpResponse, new_request_id


class Refusal(NamedTuple):
    """An answer after which the connection closes. `code` is AWS's, where AWS has one."""

    status: int
    text: str
    code: str | None = None
    member: str = "message"


MALFORMED = Refusal(400, "The request is not valid HTTP.")
NO_HOST = Refusal(400, "The request needs exactly one Host header.")
BAD_TRANSFER_CODING = Refusal(400, "Transfer-Encoding must be chunked, and not be joined by Content-Length.")
BAD_FRAMING = Refusal(400, "The body is sent in pieces that are too small.")
UPGRADE_WITH_BODY = Refusal(400, "A request that asks for another protocol cannot have a body.")
NOT_A_PROXY = Refusal(400, "This is not a proxy.")
TIMED_OUT = Refusal(408, "The request was not received in time.", "RequestTimeoutException")
BODY_TOO_LARGE = Refusal(413, "The request body is too large.", errors.RequestEntityTooLargeException.code)
TARGET_TOO_LONG = Refusal(414, "The request target is too long.")
UNKNOWN_EXPECTATION = Refusal(417, "The only expectation that can be met is 100-continue.")
HEADERS_TOO_LARGE = Refusal(431, "The request headers are too large or too many.")
INTERNAL = Refusal(500, "Internal server error", errors.InternalServerError.code, "Message")
TOO_MANY_CONNECTIONS = Refusal(
    503, "Too many connections; try again.", errors.ServiceUnavailableException.code, "Message"
)
TOO_MUCH_AT_ONCE = Refusal(
    503, "Too much is being received; try again.", errors.ServiceUnavailableException.code, "Message"
)
STOPPING = Refusal(503, "The server is stopping; try again.", errors.ServiceUnavailableException.code, "Message")
WRONG_VERSION = Refusal(505, "The HTTP version must be 1.0 or 1.1.")


def response(refusal: Refusal) -> HttpResponse:
    """The answer, with a request id of its own."""
    body = {refusal.member: refusal.text}
    if refusal.code is not None:
        body = {"__type": refusal.code, **body}
    return HttpResponse(refusal.status, json.dumps(body, separators=(",", ":")).encode(), new_request_id(), JSON_1_1)
