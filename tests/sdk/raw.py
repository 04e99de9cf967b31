"""Requests signed by botocore and sent as bytes, for what a client's own checks would never let out.

`Answer.json` and `Answer.error` check on the way what holds for every answer: its headers, its form, and the order of
its members.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from parastore.testing.server import Keys, Server

JSON_1_1 = "application/x-amz-json-1.1"
REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

Headers = Mapping[str, str | None]


class Error(NamedTuple):
    """An error as it stands in a body: its code, the member that carries the text, the text."""

    code: str
    member: str | None = None
    text: str | None = None


def validation(text: str) -> Error:
    return Error("ValidationException", "message", text)


def violation(*items: str) -> Error:
    """Constraint violations, each written as `Value ... failed to satisfy constraint: ...`."""
    errors = "error" if len(items) == 1 else "errors"
    return validation(f"{len(items)} validation {errors} detected: {'; '.join(items)}")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body of a success."""
        assert self.status == 200, self.body
        self._check_headers()
        return json.loads(self.body, object_pairs_hook=_in_alphabetical_order)

    @property
    def error(self) -> Error:
        """The error of a refused request; `__type` stands first, and nothing beside the text."""
        assert self.status == 400, (self.status, self.body)
        self._check_headers()
        (first, code), *rest = json.loads(self.body, object_pairs_hook=list)
        assert first == "__type"
        assert len(rest) <= 1
        return Error(code, *rest[0]) if rest else Error(code)

    def _check_headers(self) -> None:
        # [Q] what real answers of Systems Manager carry; x-amz-crc32 and x-amzn-ErrorType are not among it.
        ours = {"x-parastore-denial"} if b'"AccessDeniedException"' in self.body else set()  # docs/adr/0015
        assert sorted(self.headers.keys() - ours) == ["content-length", "content-type", "date", "x-amzn-requestid"]
        assert self.headers["content-type"] == JSON_1_1
        assert REQUEST_ID.fullmatch(self.headers["x-amzn-requestid"])
        assert int(self.headers["content-length"]) == len(self.body)


def _in_alphabetical_order(members: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in members]
    assert names == sorted(names)  # [R]
    assert None not in [value for _, value in members]  # [R] absent members are left out
    return dict(members)


class Request(NamedTuple):
    """A request ready to be sent, or to be tampered with first."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def with_headers(self, changes: Headers) -> Request:
        """The same with other headers; None takes one out. Names are as botocore wrote them."""
        changed = {**self.headers, **changes}
        return self._replace(headers={name: value for name, value in changed.items() if value is not None})


class Raw:
    """An account's way to send what it likes to a server."""

    def __init__(
        self,
        server: Server,
        keys: Keys,
        *,
        region: str = "us-east-1",
        service: str = "ssm",
        target: str = "AmazonSSM",
        token: str | None = None,
    ) -> None:
        self._target = target
        self._url = server.url
        self._host = urlsplit(server.url).netloc
        self._keys = keys
        self._scope = (service, region)
        self._token = token

    def call(self, operation: str, members: Mapping[str, Any] | bytes, headers: Headers | None = None) -> Answer:
        """Sign and send. `members` may be any bytes; `headers` are added, or taken out, before signing."""
        return self.send(self.sign(operation, members, headers))

    def sign(
        self,
        operation: str,
        members: Mapping[str, Any] | bytes,
        headers: Headers | None = None,
        now: datetime | None = None,
    ) -> Request:
        """A signed request; `now` is what the client's clock shows."""
        request = self._request(operation, members, headers)
        return self._signed(SigV4Auth(self._credentials, *self._scope), request, request.body, now)

    def presign(
        self,
        operation: str,
        members: Mapping[str, Any],
        headers: Headers | None = None,
        now: datetime | None = None,
        expires: int = 60,
    ) -> Request:
        """A request signed in its query. botocore signs no body there, so a signed header names the body's hash."""
        body = json.dumps(members).encode()
        hashed = {"X-Amz-Content-SHA256": sha256(body).hexdigest(), **(headers or {})}
        request = self._request(operation, b"", hashed)
        return self._signed(SigV4QueryAuth(self._credentials, *self._scope, expires), request, body, now)

    def send(self, request: Request) -> Answer:
        """Send a request as it is."""
        connection = http.client.HTTPConnection(self._host, timeout=30)
        try:
            connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                connection.putheader(name, value)
            if "Content-Length" not in request.headers:
                connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            response = connection.getresponse()
            sent = [(name.lower(), value) for name, value in response.getheaders()]
            assert len(dict(sent)) == len(sent), sent
            return Answer(response.status, dict(sent), response.read())
        finally:
            connection.close()

    @property
    def _credentials(self) -> Any:
        return Credentials(self._keys.access_key_id, self._keys.secret_access_key, self._token)

    def _request(self, operation: str, members: Mapping[str, Any] | bytes, headers: Headers | None) -> Any:
        standard = {
            "Host": self._host,
            "Content-Type": JSON_1_1,
            "X-Amz-Target": f"{self._target}.{operation}",
        }
        chosen = {name: value for name, value in {**standard, **(headers or {})}.items() if value is not None}
        body = members if isinstance(members, bytes) else json.dumps(members).encode()
        return AWSRequest("POST", f"{self._url}/", chosen, body)

    def _signed(self, signer: Any, request: Any, body: bytes | None, now: datetime | None) -> Request:
        if now is None:
            signer.add_auth(request)
        else:
            with mock.patch("botocore.auth.get_current_datetime", return_value=now):
                signer.add_auth(request)
        parts = urlsplit(request.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return Request(request.method, target, dict(request.headers.items()), body or b"")
