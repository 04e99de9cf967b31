"""A signed GetParameter to take apart, and what the pipeline does with one."""

from __future__ import annotations

from typing import NamedTuple

from parastore.sigv4.claim import Claim, read_claim
from parastore.sigv4.sign import Key, presign, sign
from parastore.sigv4.verify import verify

KEY = Key("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
NOW = 1651848394  # 20220506T144634Z
BODY = b'{"Name": "/app/db/password"}'
HEADERS = {
    b"host": b"localhost:4000",
    b"content-type": b"application/x-amz-json-1.1",
    b"x-amz-target": b"AmazonSSM.GetParameter",
    b"user-agent": b"Boto3/1.44",
}


class Request(NamedTuple):
    method: str
    path: bytes
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes

    def claim(self) -> Claim:
        return read_claim(self.method, self.path, self.query, self.headers)

    def check(self, *, service: str = "ssm", now: float = NOW, secret: str = KEY.secret) -> None:
        verify(self.claim(), secret, *self, service=service, now=now)

    def with_headers(self, changes: dict[bytes, bytes | None]) -> Request:
        """The same with other headers; None takes one out."""
        changed = {**self.headers, **changes}
        return self._replace(headers={name: value for name, value in changed.items() if value is not None})


def signed(
    *, key: Key = KEY, region: str = "us-east-1", service: str = "ssm", headers: dict[bytes, bytes] = HEADERS
) -> Request:
    sent = sign(key, "POST", b"/", b"", headers, BODY, region=region, service=service, now=NOW)
    return Request("POST", b"/", b"", sent, BODY)


def presigned(*, expires: int = 900, service: str = "sts", key: Key = KEY) -> Request:
    query = presign(
        key,
        "GET",
        b"/",
        b"Action=GetCallerIdentity&Version=2011-06-15",
        b"localhost:4000",
        region="us-east-1",
        service=service,
        now=NOW,
        expires=expires,
    )
    return Request("GET", b"/", query, {b"host": b"localhost:4000"}, b"")
