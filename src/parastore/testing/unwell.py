"""Faults that a server has for one account: what an application must bear, made to happen.

`throttle`, `access_denied`, `expired_token` and `internal_error` answer with AWS's error; `latency` waits before it
answers; `empty_pages` puts an empty page with a token before every page of a listing, as AWS does now and then.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from parastore.errors import (
    AccessDeniedException,
    ExpiredTokenException,
    InternalServerError,
    ServiceError,
    ThrottlingException,
)
from parastore.server.turn import begin_each
from parastore.wire.http import Begun, HttpRequest, HttpResponse, Service, new_request_id
from parastore.wire.json11 import render_error

Kind = Literal["throttle", "access_denied", "expired_token", "internal_error", "latency", "empty_pages"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LISTINGS = ("GetParametersByPath", "DescribeParameters", "GetParameterHistory")

_KEY_ID = re.compile(rb"Credential=([^/,\s]+)/")


@dataclass
class Fault:
    """One fault. `operation` is AWS's name, None for all; `times` is how often it happens, None for always.

    `seconds` is how long `latency` waits. `happened` counts.
    """

    kind: Kind
    operation: str | None = None
    times: int | None = None
    seconds: float = 0.0
    happened: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}: {', '.join(KINDS)}")

    def strikes(self, operation: str) -> bool:
        """Whether it happens to this request; then it is counted."""
        if self.operation not in (None, operation) or (self.times is not None and self.happened >= self.times):
            return False
        if self.kind == "empty_pages" and operation not in LISTINGS:
            return False
        self.happened += 1
        return True


class UnwellService:
    """A service in front of another. `faults` are by access key; they may be changed at any time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.faults: dict[bytes, list[Fault]] = {}
        self._pages: dict[str, HttpRequest] = {}

    async def handle(self, request: HttpRequest) -> HttpResponse:
        key = _KEY_ID.search(request.headers.get(b"authorization", b""))
        faults = self.faults.get(key[1]) if key else None
        if not faults:
            return await self._service.handle(request)
        operation = request.headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
        if (original := self._original(request)) is not None:
            return await self._service.handle(original)
        for fault in faults:
            if fault.strikes(operation) and (answer := await self._answer(fault, operation, request)) is not None:
                return answer
        return await self._service.handle(request)

    def begin(self, requests: Sequence[HttpRequest]) -> list[HttpResponse | Begun]:
        return begin_each(self.handle, requests)

    def shed(self, request: HttpRequest) -> HttpResponse:
        return self._service.shed(request)

    def ready(self) -> Awaitable[str | None]:
        return self._service.ready()

    def metrics(self) -> Awaitable[tuple[bytes, str]]:
        return self._service.metrics()

    async def _answer(self, fault: Fault, operation: str, request: HttpRequest) -> HttpResponse | None:
        match fault.kind:
            case "latency":
                await asyncio.sleep(fault.seconds)
                return None
            case "empty_pages":
                token = f"empty-{secrets.token_hex(8)}"
                self._pages[token] = request
                body = json.dumps({"Parameters": [], "NextToken": token}).encode()
                return HttpResponse(200, body, new_request_id())
            case "throttle":
                error: ServiceError = ThrottlingException("Rate exceeded")
            case "expired_token":
                error = ExpiredTokenException("The security token included in the request is expired")
            case "internal_error":
                error = InternalServerError("An internal error occurred.")
            case "access_denied":
                error = AccessDeniedException(
                    f"User: the caller of this test is not authorized to perform: ssm:{operation} on resource: *"
                    " because no identity-based policy allows the action"
                )
        return HttpResponse(error.status, render_error(error), new_request_id())

    def _original(self, request: HttpRequest) -> HttpRequest | None:
        """The request that an empty page was given for, when this one brings the page's token."""
        if b"empty-" not in request.body:
            return None
        token = json.loads(request.body).get("NextToken")
        return self._pages.pop(token, None)
