"""Who may ask: keys, clocks, scopes, and requests that were changed on their way."""

from __future__ import annotations

import dataclasses
import email.utils
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk import storage
from tests.sdk.raw import Error, Raw, Request

from parastore.testing.server import Keys, Server

MISMATCH = Error(
    "InvalidSignatureException",
    "message",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details.",
)  # [Q]
INVALID_TOKEN = "The security token included in the request is invalid."
UNRECOGNIZED = Error("UnrecognizedClientException", "message", INVALID_TOKEN)  # [Q]
NO_TOKEN = Error("MissingAuthenticationTokenException", "message", "Missing Authentication Token")  # [Q]
LIST = {"Path": "/", "Recursive": True}
EMPTY: dict[str, Any] = {"Parameters": []}
NOBODY = "AKIAIOSFODNN7EXAMPLE"


def incomplete(text: str) -> Error:
    return Error("IncompleteSignatureException", "message", text)


def invalid(text: str) -> Error:
    return Error("InvalidSignatureException", "message", text)


def basic(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def ahead(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


# Keys


def refused(client: Client) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        client.describe_parameters()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    error: dict[str, str] = caught.value.response["Error"]
    return error


def test_an_unknown_key(server: Server, keys: Keys, client_for: ClientFactory) -> None:
    client = client_for(server, dataclasses.replace(keys, access_key_id=NOBODY))
    assert refused(client) == {"Code": "UnrecognizedClientException", "Message": INVALID_TOKEN}


def test_a_wrong_secret(server: Server, keys: Keys, client_for: ClientFactory) -> None:
    for secret in (keys.secret_access_key.swapcase(), keys.secret_access_key[:-1], "x", keys.access_key_id):
        client = client_for(server, dataclasses.replace(keys, secret_access_key=secret))
        assert refused(client) == {"Code": MISMATCH.code, "Message": MISMATCH.text}


def test_the_secret_of_another_account(server: Server, keys: Keys) -> None:
    mixed = dataclasses.replace(server.new_account(), secret_access_key=keys.secret_access_key)
    assert Raw(server, mixed).call("GetParametersByPath", LIST).error == MISMATCH


def test_an_inactive_key(server: Server, keys: Keys, raw: Raw) -> None:
    """[?] as if it were unknown, from the next request on; and it can come back."""
    assert raw.call("GetParametersByPath", LIST).json == EMPTY
    for _ in range(2):
        storage.change(server, "UPDATE access_key SET status = 'Inactive' WHERE id = $1", keys.access_key_id)
        assert raw.call("GetParametersByPath", LIST).error == UNRECOGNIZED
        storage.change(server, "UPDATE access_key SET status = 'Active' WHERE id = $1", keys.access_key_id)
        assert raw.call("GetParametersByPath", LIST).json == EMPTY


@pytest.mark.parametrize("token", ["FwoGZXIvYXdzEXAMPLE", "x"])
def test_a_session_token_beside_a_long_term_key(server: Server, keys: Keys, token: str) -> None:
    """A key that begins AKIA has no session. [Q/?] with or without the final period."""
    error = Raw(server, keys, token=token).call("GetParametersByPath", LIST).error
    assert (error.code, (error.text or "").rstrip(".")) == ("UnrecognizedClientException", INVALID_TOKEN.rstrip("."))


def test_without_credentials(server: Server, client_for: ClientFactory, raw: Raw) -> None:
    request = raw.sign("GetParametersByPath", LIST).with_headers({"Authorization": None})
    assert raw.send(request).error == NO_TOKEN
    assert raw.send(request.with_headers({"X-Amz-Date": None})).error == NO_TOKEN


# Clocks


@pytest.mark.parametrize("skew", [-290, -60, 60, 290])
def test_a_clock_may_be_five_minutes_off(raw: Raw, skew: int) -> None:
    assert raw.send(raw.sign("GetParametersByPath", LIST, now=ahead(skew))).json == EMPTY


@pytest.mark.parametrize("skew", [-86400 * 400, -86400, -3600, -310])
def test_a_clock_that_is_behind(raw: Raw, skew: int) -> None:
    """[Q] the request's date, the window's beginning, the server's own time."""
    signed = ahead(skew).replace(microsecond=0)
    text = raw.send(raw.sign("GetParametersByPath", LIST, now=signed)).error.text or ""
    match = re.fullmatch(r"Signature expired: (\w+) is now earlier than (\w+) \((\w+) - 5 min\.\)", text)
    assert match, text
    assert match[1] == basic(signed)
    check_window(match[2], match[3], timedelta(minutes=-5))


@pytest.mark.parametrize("skew", [310, 3600, 86400, 86400 * 400])
def test_a_clock_that_is_ahead(raw: Raw, skew: int) -> None:
    """[Q]"""
    signed = ahead(skew).replace(microsecond=0)
    text = raw.send(raw.sign("GetParametersByPath", LIST, now=signed)).error.text or ""
    match = re.fullmatch(r"Signature not yet current: (\w+) is still later than (\w+) \((\w+) \+ 5 min\.\)", text)
    assert match, text
    assert match[1] == basic(signed)
    check_window(match[2], match[3], timedelta(minutes=5))


def check_window(end: str, now: str, width: timedelta) -> None:
    edge, middle = (datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for text in (end, now))
    assert edge - middle == width
    assert abs(middle - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_client_of_boto_with_a_wrong_clock(ssm: Client) -> None:
    with mock.patch("botocore.auth.get_current_datetime", return_value=ahead(-900)):
        assert refused(ssm)["Code"] == "InvalidSignatureException"
    assert ssm.describe_parameters()["Parameters"] == []


# What was signed is what must arrive


def altered(raw: Raw, change: Callable[[Request], Request]) -> Error:
    put = {"Name": "/a", "Value": "value", "Type": "String"}
    assert raw.call("DescribeParameters", {}).json == EMPTY
    error = raw.send(change(raw.sign("PutParameter", put))).error
    assert raw.call("DescribeParameters", {}).json == EMPTY
    return error


CHANGES: dict[str, Callable[[Request], Request]] = {
    "value": lambda request: request._replace(body=request.body.replace(b'"value"', b'"other"')),
    "blank": lambda request: request._replace(body=request.body + b" "),
    "empty object": lambda request: request._replace(body=b"{}"),
    "no body": lambda request: request._replace(body=b""),
    "target": lambda request: request.with_headers({"X-Amz-Target": "AmazonSSM.DeleteParameter"}),
    "content type": lambda request: request.with_headers({"Content-Type": "application/x-amz-json-1.1; charset=utf-8"}),
    "host": lambda request: request.with_headers({"Host": "ssm.us-east-1.amazonaws.com"}),
    "date": lambda request: request.with_headers({"X-Amz-Date": basic(ahead(1))}),
    "query": lambda request: request._replace(target="/?x=1"),
    "expiry": lambda request: request._replace(target="/?X-Amz-Expires=60"),
    "unsigned payload": lambda request: request.with_headers({"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_changed_is_noticed(raw: Raw, change: Callable[[Request], Request]) -> None:
    assert altered(raw, change).code == "InvalidSignatureException"


def signature(request: Request) -> str:
    return request.headers["Authorization"].rpartition("=")[2]


def authorization(before: str, after: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        changed, count = re.subn(before, after, request.headers["Authorization"], count=1)
        assert count == 1
        return request.with_headers({"Authorization": changed})

    return change


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Signature=.", "Signature=z"),
        ("Signature=(.*)(.)(.)$", r"Signature=\1\3\2x"),
        ("Signature=(.{63}).", r"Signature=\1"),
        ("Signature=.*", "Signature=" + "0" * 64),
        ("us-east-1", "us-west-2"),
        ("SignedHeaders=content-type;", "SignedHeaders="),
    ],
)
def test_whatever_is_changed_in_the_authorization_is_noticed(raw: Raw, before: str, after: str) -> None:
    assert altered(raw, authorization(before, after)) == MISMATCH


def test_an_upper_case_signature_is_another(raw: Raw) -> None:
    request = raw.sign("GetParametersByPath", LIST)
    upper = request.headers["Authorization"].replace(signature(request), signature(request).upper())
    assert raw.send(request.with_headers({"Authorization": upper})).error == MISMATCH


def test_the_signature_of_one_key_under_the_name_of_another(server: Server, keys: Keys, raw: Raw) -> None:
    other = server.new_account()
    assert altered(raw, authorization(keys.access_key_id, other.access_key_id)) == MISMATCH


def test_headers_that_choose_what_happens_must_be_signed(raw: Raw) -> None:
    request = raw.sign("GetParametersByPath", LIST)
    added = raw.send(request.with_headers({"X-Amz-Security-Token": "x"}))
    assert added.error.code in ("UnrecognizedClientException", "InvalidSignatureException")
    assert raw.send(request.with_headers({"X-Amz-Anything": "x"})).error.code == "InvalidSignatureException"
    unsigned = re.sub("x-amz-target", "user-agent", request.headers["Authorization"])
    stripped = request.with_headers({"Authorization": unsigned, "User-Agent": "x"})
    assert raw.send(stripped).error.code == "InvalidSignatureException"


def test_headers_that_proxies_add_need_no_signature(raw: Raw) -> None:
    added = {"Via": "1.1 proxy", "X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "User-Agent": "other"}
    assert raw.send(raw.sign("GetParametersByPath", LIST).with_headers(added)).json == EMPTY


def test_clients_that_sign_more(raw: Raw) -> None:
    """[Q] aws-sdk-go signs content-length; others name the hash of the body."""
    body = b'{"Path":"/"}'
    for added in (
        {"Content-Length": str(len(body))},
        {"X-Amz-Content-SHA256": sha256(body).hexdigest()},
        {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"},
        {"X-Custom": "  many   blanks\t within  "},
    ):
        assert raw.call("GetParametersByPath", body, added).json == EMPTY
    wrong = {"X-Amz-Content-SHA256": sha256(b"other").hexdigest()}
    assert raw.call("GetParametersByPath", body, wrong).error.code == "InvalidSignatureException"


# The form of the header


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda parts: "AWS4-HMAC-SHA256 " + ", ".join(parts),
        lambda parts: "AWS4-HMAC-SHA256 " + ",".join(parts),
        lambda parts: "AWS4-HMAC-SHA256 " + ",  ".join(reversed(parts)),
        lambda parts: "AWS4-HMAC-SHA256 " + ", ".join([parts[1], parts[0], parts[2]]),
    ],
)
def test_the_three_parts_come_in_any_order(raw: Raw, rewrite: Callable[[list[str]], str]) -> None:
    """[D] parted by commas, with blanks or without."""
    request = raw.sign("GetParametersByPath", LIST)
    parts = request.headers["Authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", ")
    assert raw.send(request.with_headers({"Authorization": rewrite(parts)})).json == EMPTY


CREDENTIAL = "Authorization header requires 'Credential' parameter."
SIGNATURE = "Authorization header requires 'Signature' parameter."
SIGNED = "Authorization header requires 'SignedHeaders' parameter."
DATED = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
SCOPE = f"{NOBODY}/20260101/us-east-1/ssm/aws4_request"


@pytest.mark.parametrize(
    ("header", "dated", "missing"),
    [
        # [Q] what is missing, in this order, all at once
        ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=aa", True, [CREDENTIAL]),
        (f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host", True, [SIGNATURE]),
        (f"AWS4-HMAC-SHA256 Credential={SCOPE}, Signature=aa", True, [SIGNED]),
        ("AWS4-HMAC-SHA256", True, [CREDENTIAL, SIGNATURE, SIGNED]),
        (f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=aa", False, [DATED]),
        ("AWS4-HMAC-SHA256", False, [CREDENTIAL, SIGNATURE, SIGNED, DATED]),
    ],
)
def test_parts_that_are_missing(raw: Raw, header: str, dated: bool, missing: list[str]) -> None:
    request = raw.sign("GetParametersByPath", LIST).with_headers({"Authorization": header})
    if not dated:
        request = request.with_headers({"X-Amz-Date": None})
    assert raw.send(request).error == incomplete(f"{' '.join(missing)} Authorization={header}")


@pytest.mark.parametrize("algorithm", ["AWS4-HMAC-SHA512", "AWS4-ECDSA-P256-SHA256", "Bearer", "aws4-hmac-sha256"])
def test_other_algorithms(raw: Raw, algorithm: str) -> None:
    """[Q]"""
    error = altered(raw, authorization("AWS4-HMAC-SHA256", algorithm))
    assert error == incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'")


@pytest.mark.parametrize(
    "date", ["2026-01-01T00:00:00Z", "20260101", "20261301T000000Z", "yesterday", "20260101T000000"]
)
def test_dates_of_another_form(raw: Raw, date: str) -> None:
    """[Q]"""
    request = raw.sign("GetParametersByPath", LIST).with_headers({"X-Amz-Date": date})
    assert raw.send(request).error == incomplete(
        f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )


def test_a_scope_of_another_day(raw: Raw) -> None:
    """[D]; it is the text's tail that is not recorded."""
    request = raw.sign("GetParametersByPath", LIST)
    date = request.headers["X-Amz-Date"]
    other = re.sub(r"/\d{8}/", "/20200101/", request.headers["Authorization"])
    error = raw.send(request.with_headers({"Authorization": other})).error
    assert error.code in ("InvalidSignatureException", "SignatureDoesNotMatch")
    assert (error.text or "").startswith(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' !="
        f" '{date[:8]}', from '{date}'"
    )


def test_a_scope_of_another_service(server: Server, keys: Keys) -> None:
    """[Q]"""
    for service in ("kms", "s3", "SSM"):
        answer = Raw(server, keys, service=service).call("GetParametersByPath", LIST)
        assert answer.error == invalid("Credential should be scoped to correct service: 'ssm'.")


def test_another_terminator(raw: Raw) -> None:
    """[D]"""
    error = altered(raw, authorization("aws4_request", "aws5_request"))
    assert error == invalid("Credential should be scoped with a valid terminator: 'aws4_request'")


def test_a_date_header_serves_too(raw: Raw) -> None:
    """[D] X-Amz-Date is preferred, Date will do; botocore signs Date when it finds one."""
    request = raw.sign("GetParametersByPath", LIST, {"Date": email.utils.formatdate(usegmt=True)})
    assert raw.send(request).json == EMPTY


# Presigned


def test_a_presigned_request(raw: Raw) -> None:
    request = raw.presign("GetParametersByPath", LIST)
    assert "Authorization" not in request.headers
    assert raw.send(request).json == EMPTY


def test_a_presigned_url_of_boto(ssm: Client, server: Server, raw: Raw) -> None:
    """boto3 makes one for any operation. Its body would travel in the query, where JSON services do not look."""
    url = ssm.generate_presigned_url("describe_parameters", ExpiresIn=60)
    target = url.removeprefix(server.url)
    signed = raw.sign("DescribeParameters", b"").with_headers({"Authorization": None, "X-Amz-Date": None})
    answer = raw.send(signed._replace(target=target))
    assert answer.error in (Error("SerializationException"), MISMATCH)


@pytest.mark.parametrize(("age", "expires"), [(0, 10), (50, 60), (3000, 3600), (86400, 604800), (-290, 60)])
def test_a_presigned_request_that_is_still_good(raw: Raw, age: int, expires: int) -> None:
    request = raw.presign("GetParametersByPath", LIST, now=ahead(-age), expires=expires)
    assert raw.send(request).json == EMPTY


@pytest.mark.parametrize(("age", "expires"), [(10, 5), (70, 60), (3700, 3600)])
def test_a_presigned_request_that_has_expired(raw: Raw, age: int, expires: int) -> None:
    error = raw.send(raw.presign("GetParametersByPath", LIST, now=ahead(-age), expires=expires)).error
    assert error.code == "InvalidSignatureException"
    assert (error.text or "").startswith("Signature expired: ")


def test_a_presigned_request_of_the_future(raw: Raw) -> None:
    error = raw.send(raw.presign("GetParametersByPath", LIST, now=ahead(400), expires=3600)).error
    assert error.code == "InvalidSignatureException"
    assert (error.text or "").startswith("Signature not yet current: ")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("X-Amz-Signature=.", "X-Amz-Signature=z", "InvalidSignatureException"),
        ("X-Amz-Expires=60", "X-Amz-Expires=6000", "InvalidSignatureException"),
        ("X-Amz-Expires=60", "X-Amz-Expires=0", "IncompleteSignatureException"),
        ("X-Amz-Expires=60", "X-Amz-Expires=604801", "IncompleteSignatureException"),
        ("X-Amz-Expires=60", "X-Amz-Expires=soon", "IncompleteSignatureException"),
        ("us-east-1", "us-west-1", "InvalidSignatureException"),
        ("X-Amz-Signature=.*", "", "IncompleteSignatureException"),
        ("X-Amz-Credential=[^&]*&", "", "IncompleteSignatureException"),
        ("X-Amz-Date=[^&]*&", "", "IncompleteSignatureException"),
        ("X-Amz-SignedHeaders=[^&]*", "X-Amz-SignedHeaders=", "InvalidSignatureException"),
        ("HMAC-SHA256", "HMAC-SHA1", "IncompleteSignatureException"),
        ("X-Amz-Algorithm", "x=1&X-Amz-Algorithm", "InvalidSignatureException"),
        ("AKIA[A-Z0-9]{16}", NOBODY, "UnrecognizedClientException"),
        ("$", "&X-Amz-Security-Token=x", "UnrecognizedClientException"),
    ],
)
def test_a_presigned_request_that_was_changed(raw: Raw, before: str, after: str, code: str) -> None:
    request = raw.presign("GetParametersByPath", LIST)
    target, count = re.subn(before, after, request.target, count=1)
    assert count == 1
    assert raw.send(request._replace(target=target)).error.code == code


@pytest.mark.parametrize("change", [b'{"Path":"/other"}', b"", b'{"Path": "/", "Recursive": true} '])
def test_a_presigned_request_with_another_body(raw: Raw, change: bytes) -> None:
    """The body is part of what was signed, in whatever way it was signed."""
    request = raw.presign("GetParametersByPath", LIST)
    assert raw.send(request._replace(body=change)).error == MISMATCH
    without = raw.presign("GetParametersByPath", LIST, {"X-Amz-Content-SHA256": None})  # signs an empty body
    assert raw.send(without).error == MISMATCH


def test_both_forms_at_once(raw: Raw) -> None:
    """[?] refused"""
    presigned, signed = (way("GetParametersByPath", LIST) for way in (raw.presign, raw.sign))
    both = presigned.with_headers({"Authorization": signed.headers["Authorization"]})
    assert raw.send(both).error.code in ("InvalidSignatureException", "IncompleteSignatureException")


# The order of refusals [?]


def test_the_order_of_refusals(server: Server, keys: Keys, raw: Raw) -> None:
    """Missing token, incomplete header, unknown key, scope, clock, signature, and only then the body."""

    def attempt(who: Keys, broken: Callable[[Request], Request], service: str = "ssm", skew: int = 0) -> Error:
        client = Raw(server, who, service=service)
        return client.send(broken(client.sign("GetParameter", b"no JSON", now=ahead(skew)))).error

    wrong = dataclasses.replace(keys, secret_access_key="wrong")
    nobody = dataclasses.replace(wrong, access_key_id=NOBODY)
    headless = authorization("SignedHeaders=[^,]*, ", "")
    same: Any = lambda request: request  # noqa: E731
    assert attempt(nobody, lambda r: r.with_headers({"Authorization": None}), "s3", -3600) == NO_TOKEN
    assert attempt(nobody, headless, "s3", -3600).code == "IncompleteSignatureException"
    assert attempt(nobody, same, "s3", -3600) == UNRECOGNIZED
    assert (attempt(wrong, same, "s3", -3600).text or "").startswith("Credential should be scoped")
    assert (attempt(wrong, same, "ssm", -3600).text or "").startswith("Signature expired")
    assert attempt(wrong, same) == MISMATCH
    assert attempt(keys, same) == Error("SerializationException")
