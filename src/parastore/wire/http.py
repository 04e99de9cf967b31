"""One HTTP request and one answer, as the pipeline sees them."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol

JSON_1_1 = b"application/x-amz-json-1.1"

# The first 18 digits of a request id are this process's random ones, the last 12 count: unique, not secret.
# uuid.uuid4() would take 2.4 microseconds of a request that takes some 40.
_process_id = str(uuid.uuid4())[:24]
_serial = itertools.count(int.from_bytes(os.urandom(5), "big"))


def new_request_id() -> str:
    """A request id, in the form of a version 4 UUID as AWS writes it."""
    return _process_id + next(_serial).to_bytes(6, "big").hex()


def new_serial() -> bytes:
    """The last 12 digits of an id that no request of this process has."""
    return b"%012x" % next(_serial)


class HttpRequest:
    """A whole request. `path` and `query` are as sent, still percent-encoded; header names are lower-case.

    A header sent more than once is joined with commas. `body` is as sent, compressed if the client compressed it.
    `client` is the peer's address, for audit and conditions. `secure` says whether the connection is TLS.
    """

    __slots__ = ("body", "client", "headers", "method", "path", "query", "secure")

    def __init__(
        self,
        method: str,
        path: bytes,
        query: bytes,
        headers: dict[bytes, bytes],
        body: bytes,
        client: str = "",
        secure: bool = False,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.client = client
        self.secure = secure


class HttpResponse:
    """An answer. The server adds Content-Length and Date; `code` is that of the error it tells of, for metrics.

    `denial` is a message about a denied call for a header of its own, '' for none.
    """

    __slots__ = ("body", "code", "content_type", "denial", "request_id", "status")

    def __init__(
        self, status: int, body: bytes, request_id: str, content_type: bytes = JSON_1_1, code: str = ""
    ) -> None:
        self.status = status
        self.body = body
        self.request_id = request_id
        self.content_type = content_type
        self.code = code
        self.denial = ""


Handler = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]


class Begun(NamedTuple):
    """A handler that has run as far as its first wait, which is for `first`."""

    coroutine: Coroutine[Any, Any, HttpResponse]
    first: Any


class Service(Protocol):
    """What the server puts on the network."""

    def handle(self, request: HttpRequest) -> Coroutine[Any, Any, HttpResponse]:
        """Answer one request. Never raises: what goes wrong becomes an answer."""

    def begin(self, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
        """Answer each of these that need not wait, and begin the others, in this order. Never raises."""

    def shed(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request that is one too many for this worker; nothing of it was looked at."""

    def ready(self) -> Awaitable[str | None]:
        """None when requests can be answered, else the reason they cannot."""

    def metrics(self) -> Awaitable[tuple[bytes, str]]:
        """What a Prometheus server reads, and its media type."""
