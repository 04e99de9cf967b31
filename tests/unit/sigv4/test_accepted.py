"""Requests that differ from what our own client sends, and are right."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.unit.sigv4.example import BODY, HEADERS, KEY, Request, presigned, signed

from parastore.sigv4.canonical import (
    SignedHeaders,
    canonical_path,
    canonical_query,
    canonical_request,
    query_parameters,
    signature,
    signing_key,
    string_to_sign,
)


def proof(headers: dict[bytes, bytes], names: list[bytes], payload: str) -> str:
    request = canonical_request("POST", b"/", b"", headers, SignedHeaders(names), payload)
    text = string_to_sign("20220506T144634Z", "20220506/us-east-1/ssm/aws4_request", request)
    return signature(signing_key(KEY.secret, "20220506", "us-east-1", "ssm"), text)


def by_hand(headers: dict[bytes, bytes], names: bytes, payload: str, form: str) -> Request:
    right = proof(headers, names.lower().split(b";"), payload)
    value = form.format("AKIDEXAMPLE/20220506/us-east-1/ssm/aws4_request", names.decode(), right)
    return Request("POST", b"/", b"", {**headers, b"authorization": value.encode()}, BODY)


NAMES = b"content-type;host;x-amz-date;x-amz-target"
BODY_HASH = sha256(BODY).hexdigest()
DATED = {**HEADERS, b"x-amz-date": b"20220506T144634Z"}


@pytest.mark.parametrize(
    "form",
    [
        "AWS4-HMAC-SHA256 Credential={0}, SignedHeaders={1}, Signature={2}",
        "AWS4-HMAC-SHA256 Credential={0},SignedHeaders={1},Signature={2}",
        "AWS4-HMAC-SHA256 Signature={2}, SignedHeaders={1}, Credential={0}",
        "AWS4-HMAC-SHA256 SignedHeaders={1}, Signature={2}, Credential={0}",
        "AWS4-HMAC-SHA256   Credential={0} SignedHeaders={1}, , Signature={2},",
        "AWS4-HMAC-SHA256 Credential={0}, Other=1, SignedHeaders={1}, Signature={2}",
    ],
)
def test_the_parts_of_authorization_stand_in_any_order(form: str) -> None:
    request = by_hand(DATED, NAMES, BODY_HASH, form)
    request.check()
    request.check()


def test_signed_headers_stand_in_any_order_and_case() -> None:
    form = "AWS4-HMAC-SHA256 Credential={0}, SignedHeaders={1}, Signature={2}"
    by_hand(DATED, b"X-Amz-Target;Host;Content-Type;X-Amz-Date", BODY_HASH, form).check()


def test_content_type_may_stay_unsigned() -> None:
    form = "AWS4-HMAC-SHA256 Credential={0}, SignedHeaders={1}, Signature={2}"
    by_hand(DATED, b"host;x-amz-date;x-amz-target", BODY_HASH, form).check()


@pytest.mark.parametrize(
    "date", [b"20220506T144634Z", b"Fri, 06 May 2022 14:46:34 GMT", b"Fri, 06 May 2022 14:46:34 -0000"]
)
def test_the_date_header_will_do(date: bytes) -> None:
    form = "AWS4-HMAC-SHA256 Credential={0}, SignedHeaders={1}, Signature={2}"
    request = by_hand({**HEADERS, b"date": date}, b"date;host;x-amz-target", BODY_HASH, form)
    request.check()
    assert request.claim().timestamp == "20220506T144634Z"


def test_x_amz_date_counts_before_date() -> None:
    signed().with_headers({b"date": b"Fri, 06 May 2005 14:46:34 GMT"}).check()


def test_a_signed_declaration_of_the_bodys_hash() -> None:
    signed(headers={**HEADERS, b"x-amz-content-sha256": BODY_HASH.encode()}).check()


def test_unsigned_payload_is_the_signers_own_choice() -> None:
    form = "AWS4-HMAC-SHA256 Credential={0}, SignedHeaders={1}, Signature={2}"
    headers = {**DATED, b"x-amz-content-sha256": b"UNSIGNED-PAYLOAD"}
    names = b"content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target"
    request = by_hand(headers, names, "UNSIGNED-PAYLOAD", form)
    request.check()
    request._replace(body=b"anything").check()


def test_names_that_only_hold_x_amz_need_no_signature() -> None:
    signed().with_headers({b"fox-amz-x": b"1", b"x-amzn-trace-id": b"2"}).check()


def test_presigned_parameters_in_any_order_and_escaping() -> None:
    request = presigned()
    request.check(service="sts")
    parts = request.query.split(b"&")
    request._replace(query=b"&".join(reversed(parts))).check(service="sts")
    request._replace(query=request.query.replace(b"%2F", b"%2f")).check(service="sts")
    request._replace(query=request.query.replace(b"X-Amz-Signature", b"X%2DAmz-Signature")).check(service="sts")
    request._replace(query=request.query.replace(b"%2F", b"/")).check(service="sts")


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        (b"", b"/"),
        (b"/", b"/"),
        (b"//", b"/"),
        (b"/./a/../b//c/", b"/b/c/"),
        (b"/../..", b"/"),
        (b"/a%20b", b"/a%2520b"),
        (b"/\xe1\x88\xb4 ~", b"/%E1%88%B4%20~"),
    ],
)
def test_canonical_path(path: bytes, canonical: bytes) -> None:
    assert canonical_path(path) == canonical


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        (b"", b""),
        (b"a", b"a="),
        (b"b=2&a=2&a=1", b"a=1&a=2&b=2"),
        (b"a=x+y&b=%2b", b"a=x%20y&b=%2B"),
        (b"a=%zz%4", b"a=%25zz%254"),
        (b"a=b=c&&=d", b"=&=d&a=b%3Dc"),
        (b"a=~-._/%7e", b"a=~-._%2F~"),
    ],
)
def test_canonical_query(query: bytes, canonical: bytes) -> None:
    assert canonical_query(query_parameters(query)) == canonical
