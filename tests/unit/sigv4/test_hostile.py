"""Whatever bytes arrive, the answer is one of AWS's refusals."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.sigv4.example import NOW, presigned, signed

from parastore.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    ServiceError,
    UnrecognizedClientException,
)
from parastore.sigv4.claim import read_claim
from parastore.sigv4.verify import verify

REFUSALS = (
    MissingAuthenticationTokenException,
    IncompleteSignatureException,
    InvalidSignatureException,
    UnrecognizedClientException,
)

SIGNED = signed()
PRESIGNED = presigned()
timeless = settings(deadline=None, max_examples=300)


def attempt(method: str, path: bytes, query: bytes, headers: dict[bytes, bytes], body: bytes) -> None:
    claim = read_claim(method, path, query, headers)
    assert claim.key_id.isprintable()
    assert repr(claim).isprintable()
    assert claim.signed_headers.isprintable()
    verify(claim, "another secret", method, path, query, headers, body, service="ssm", now=NOW)


def refused(method: str, path: bytes, query: bytes, headers: dict[bytes, bytes], body: bytes) -> None:
    with pytest.raises(REFUSALS) as caught:
        attempt(method, path, query, headers, body)
    assert isinstance(caught.value, ServiceError)
    assert caught.value.message.isprintable()


parts = st.sampled_from(
    [
        b"AWS4-HMAC-SHA256", b"Credential=", b"SignedHeaders=", b"Signature=", b"host", b";", b",", b" ", b"/", b"=",
        b"AKIDEXAMPLE/20220506/us-east-1/ssm/aws4_request", b"x-amz-date", b"0" * 64, b"\x00", b"\xff", b"%", b"%%",
        b"X-Amz-Algorithm=AWS4-HMAC-SHA256", b"&", b"X-Amz-Credential=", b"X-Amz-Date=20220506T144634Z", b"%zz", b"+",
        b"X-Amz-SignedHeaders=host", b"X-Amz-Signature=", b"X-Amz-Expires=1", b"%2F", b"%00", b"..", b"\n", b"\r",
        b"20220506T144634Z", b"Fri, 06 May 2022 14:46:34 GMT", b"x-amz-\xff", b"UNSIGNED-PAYLOAD",
    ]
)  # fmt: skip
soup = st.lists(parts | st.binary(max_size=8), max_size=16).map(b"".join)
names = st.sampled_from([*SIGNED.headers, b"date", b"x-amz-security-token", b"x-amz-content-sha256"])
header_sets = st.dictionaries(names | soup, soup, max_size=8)


@timeless
@given(st.text(max_size=8), soup, soup, header_sets, soup)
@example("\ud800", b"/", b"", dict(SIGNED.headers), b"")
def test_any_request(method: str, path: bytes, query: bytes, headers: dict[bytes, bytes], body: bytes) -> None:
    refused(method, path, query, headers, body)


@timeless
@given(header_sets, soup, soup)
def test_a_signed_request_with_other_headers(changes: dict[bytes, bytes], path: bytes, query: bytes) -> None:
    refused("POST", path, query, {**SIGNED.headers, **changes}, b"")


@timeless
@given(st.integers(0, len(SIGNED.headers[b"authorization"])), st.integers(0, 20), soup)
def test_a_spoiled_authorization(at: int, cut: int, put: bytes) -> None:
    old = SIGNED.headers[b"authorization"]
    refused(*SIGNED.with_headers({b"authorization": old[:at] + put + old[at + cut :]}))


@timeless
@given(st.integers(0, len(PRESIGNED.query)), st.integers(0, 20), soup)
def test_a_spoiled_presigned_query(at: int, cut: int, put: bytes) -> None:
    old = PRESIGNED.query
    refused(*PRESIGNED._replace(query=old[:at] + put + old[at + cut :]))


LONG = 1_000_000


@pytest.mark.parametrize(
    "headers",
    [
        {b"authorization": b"," * LONG},
        {b"authorization": b"AWS4-HMAC-SHA256 " + b"a=," * LONG},
        {b"authorization": b"AWS4-HMAC-SHA256 Credential=" + b"/" * LONG + b", SignedHeaders=host, Signature=0"},
        {
            b"authorization": b"AWS4-HMAC-SHA256 Credential=A/20220506/us-east-1/ssm/aws4_request, "
            b"SignedHeaders=host;" + b";".join(b"%d" % number for number in range(100_000)) + b", Signature=0"
        },
        {b"authorization": b"AWS4-HMAC-SHA256 Credential=A/20220506/" + b"a-" * LONG + b"1/ssm/aws4_request, "
         b"SignedHeaders=host, Signature=0"},
        {b"authorization": SIGNED.headers[b"authorization"] + b"0" * LONG},
        {b"x-amz-date": b"2" * LONG},
        {b"x-amz-target": b" " * LONG},
    ],
)  # fmt: skip
def test_enormous_headers_are_refused_soon(headers: dict[bytes, bytes]) -> None:
    start = time.process_time()
    refused(*SIGNED.with_headers({**headers}))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "query",
    [
        PRESIGNED.query + b"&" * LONG,
        PRESIGNED.query + b"&a=1" * 100_000,
        PRESIGNED.query + b"%" * LONG,
        PRESIGNED.query.replace(b"=900", b"=" + b"9" * LONG),
    ],
)
def test_enormous_queries_are_refused_soon(query: bytes) -> None:
    start = time.process_time()
    refused(*PRESIGNED._replace(query=query, path=b"/.." * 100_000))
    assert time.process_time() - start < 5
