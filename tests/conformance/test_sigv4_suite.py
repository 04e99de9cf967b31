"""AWS's Signature Version 4 test suite: canonical request, string to sign, signature, and our verdict on each.

One deviation. `post-sts-header-after` adds X-Amz-Security-Token after signing, as some AWS services want it. The
services we speak for sign it, in every SDK, and we refuse any `x-amz-*` header that is not signed.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from tests.conformance.botocore_sdist import folder

from parastore.errors import InvalidSignatureException, ServiceError, UnrecognizedClientException
from parastore.sigv4.canonical import (
    SignedHeaders,
    canonical_query,
    canonical_request,
    query_parameters,
    signature,
    signing_key,
    string_to_sign,
)
from parastore.sigv4.claim import read_claim
from parastore.sigv4.verify import verify

SUITE = folder() / "tests" / "unit" / "auth" / "aws4_testsuite"
CASES = sorted(str(file.parent.relative_to(SUITE)) for file in SUITE.rglob("*.req"))
UNSIGNED_TOKEN = "post-sts-token/post-sts-header-after"

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = 1440938160  # 20150830T123600Z


class Arrived(NamedTuple):
    """A signed request as a server receives it."""

    method: str
    path: bytes
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes

    def verify(self) -> None:
        claim = read_claim(self.method, self.path, self.query, self.headers)
        if claim.key_id != "AKIDEXAMPLE":
            raise UnrecognizedClientException
        verify(claim, SECRET, *self, service="service", now=NOW)


def file(case: str, suffix: str) -> Path:
    return SUITE / case / f"{Path(case).name}.{suffix}"


def arrived(case: str) -> Arrived:
    """The signed request of a case, with the header from `.authz`: one `.sreq` holds a signature cut short."""
    head, _, body = file(case, "sreq").read_bytes().partition(b"\n\n")
    request_line, *lines = head.split(b"\n")
    method, _, rest = request_line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    assert version == b"HTTP/1.1"
    path, _, query = target.partition(b"?")
    headers: dict[bytes, bytes] = {}
    name = b""
    for line in lines:
        if line[:1].isspace():  # A value that goes on in the next line.
            headers[name] += b"\n" + line
            continue
        name, _, value = line.partition(b":")
        name = name.lower()
        headers[name] = headers[name] + b"," + value if name in headers else value.strip()
    headers[b"authorization"] = file(case, "authz").read_bytes()
    return Arrived(method.decode(), path, query, headers, body)


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 34


@pytest.mark.parametrize("case", CASES)
def test_canonical_request_string_to_sign_and_signature(case: str) -> None:
    request = arrived(case)
    claim = read_claim(request.method, request.path, request.query, request.headers)
    creq = file(case, "creq").read_bytes()
    built = canonical_request(
        request.method,
        request.path,
        canonical_query(query_parameters(request.query)),
        request.headers,
        SignedHeaders(claim.signed_headers.encode().split(b";")),
        creq.rpartition(b"\n")[2].decode(),
    )
    assert built == creq
    text = string_to_sign("20150830T123600Z", "20150830/us-east-1/service/aws4_request", built)
    assert text == file(case, "sts").read_bytes()
    key = signing_key(SECRET, "20150830", "us-east-1", "service")
    assert file(case, "authz").read_text().endswith(f"Signature={signature(key, text)}")


@pytest.mark.parametrize("case", [case for case in CASES if case != UNSIGNED_TOKEN])
def test_verify_accepts(case: str) -> None:
    arrived(case).verify()


def test_deviation_an_unsigned_token_is_refused() -> None:
    request = arrived(UNSIGNED_TOKEN)
    with pytest.raises(InvalidSignatureException, match=r"^'x-amz-security-token' must be a 'SignedHeader'"):
        request.verify()
    del request.headers[b"x-amz-security-token"]
    request.verify()


def flipped(value: bytes, position: int) -> bytes:
    return value[:position] + bytes([value[position] ^ 1]) + value[position + 1 :]


@pytest.mark.parametrize("case", CASES)
def test_verify_rejects_one_byte_changed(case: str) -> None:
    request = arrived(case)
    if case == UNSIGNED_TOKEN:
        del request.headers[b"x-amz-security-token"]
    request.verify()
    signed = read_claim(*request[:4]).signed_headers.encode().split(b";")
    changed = [request._replace(method=request.method + "X"), request._replace(body=request.body + b"\n")]
    changed += [request._replace(body=flipped(request.body, n)) for n in range(len(request.body))]
    changed += [request._replace(path=request.path + b"x")]
    changed += [request._replace(query=flipped(request.query, n)) for n in range(len(request.query))]
    changed += [
        request._replace(headers={**request.headers, name: flipped(request.headers[name], n)})
        for name in [*signed, b"authorization"]
        for n in range(len(request.headers[name]))
        if not request.headers[name][n : n + 1].isspace()
    ]
    for other in changed:
        with pytest.raises(ServiceError):
            other.verify()
