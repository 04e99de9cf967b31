"""What is known of a request so far: a failure is logged and recorded with as much of it as there is."""

from __future__ import annotations

from collections.abc import Sequence

from parastore.arn import Arn
from parastore.context import Call, Caller
from parastore.operation import Operation
from parastore.seal.keyring import KeyRing
from parastore.shapes import Shape
from parastore.wire.http import HttpRequest

HOME = "us-east-1"  # the Region of a request that names none


class Asked:
    """A request on its way through the pipeline, which fills this in.

    `now` is when it came, in milliseconds since the epoch; `key_id` the access key it claims, '' if none.
    """

    __slots__ = (
        "call", "caller", "http", "key_id", "now", "operation", "region", "request", "request_id", "resources", "ring",
    )  # fmt: skip

    def __init__(self, http: HttpRequest, request_id: str, now: int) -> None:
        self.http = http
        self.request_id = request_id
        self.now = now
        self.region = HOME
        self.key_id = ""
        self.operation: Operation | None = None
        self.ring: KeyRing | None = None
        self.caller: Caller | None = None
        self.request: Shape | None = None
        self.call: Call | None = None
        self.resources: Sequence[Arn] = ()
