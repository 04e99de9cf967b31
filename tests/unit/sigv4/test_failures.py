"""Every way to fail, with AWS's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.sigv4.example import KEY, NOW, Request, presigned, signed

from parastore.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    ServiceError,
    UnrecognizedClientException,
)
from parastore.sigv4.sign import Key

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
NO_CREDENTIAL = "Authorization header requires 'Credential' parameter."
NO_SIGNATURE = "Authorization header requires 'Signature' parameter."
NO_SIGNED_HEADERS = "Authorization header requires 'SignedHeaders' parameter."
NO_DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."

SCOPE = b"AKIDEXAMPLE/20220506/us-east-1/ssm/aws4_request"
LIST = b"SignedHeaders=content-type;host;x-amz-date;x-amz-target"
DATED: dict[bytes, bytes | None] = {b"x-amz-date": b"20220506T144634Z"}


def authorized(value: bytes, date: bytes | None = b"20220506T144634Z") -> Request:
    return signed().with_headers({b"authorization": value, b"x-amz-date": date})


def edited(old: bytes, new: bytes) -> Request:
    """The signed request with something else in its Authorization."""
    request = signed()
    before = request.headers[b"authorization"]
    assert old in before
    return request.with_headers({b"authorization": before.replace(old, new)})


def query_edited(old: bytes, new: bytes) -> Request:
    request = presigned()
    assert old in request.query
    return request._replace(query=request.query.replace(old, new))


Failure = tuple[Callable[[], Request], type[ServiceError], str]

UNREADABLE: dict[str, Failure] = {
    "no credentials": (
        lambda: signed().with_headers({b"authorization": None}),
        MissingAuthenticationTokenException,
        "Missing Authentication Token",
    ),
    "empty header": (lambda: authorized(b""), MissingAuthenticationTokenException, "Missing Authentication Token"),
    "both forms": (
        lambda: signed()._replace(query=presigned().query),
        InvalidSignatureException,
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    ),
    "nothing but the algorithm": (
        lambda: authorized(b"AWS4-HMAC-SHA256", None),
        IncompleteSignatureException,
        f"{NO_CREDENTIAL} {NO_SIGNATURE} {NO_SIGNED_HEADERS} {NO_DATE} Authorization=AWS4-HMAC-SHA256",
    ),
    "signature version 2": (
        lambda: authorized(b"AWS AKIDEXAMPLE:c2ln="),
        IncompleteSignatureException,
        f"{NO_CREDENTIAL} {NO_SIGNATURE} {NO_SIGNED_HEADERS} Authorization=AWS AKIDEXAMPLE:c2ln=",
    ),
    "no credential": (
        lambda: authorized(b"AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab"),
        IncompleteSignatureException,
        f"{NO_CREDENTIAL} Authorization=AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab",
    ),
    "empty signature": (
        lambda: authorized(b"AWS4-HMAC-SHA256 Credential=" + SCOPE + b", SignedHeaders=host, Signature="),
        IncompleteSignatureException,
        f"{NO_SIGNATURE} Authorization=AWS4-HMAC-SHA256 Credential={SCOPE.decode()}, SignedHeaders=host, Signature=",
    ),
    "no signed headers": (
        lambda: authorized(b"AWS4-HMAC-SHA256 Credential=" + SCOPE + b", Signature=ab"),
        IncompleteSignatureException,
        f"{NO_SIGNED_HEADERS} Authorization=AWS4-HMAC-SHA256 Credential={SCOPE.decode()}, Signature=ab",
    ),
    "no date": (
        lambda: authorized(b"AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=ab", None),
        IncompleteSignatureException,
        f"{NO_DATE} Authorization=AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=ab",
    ),
    "no date, though the rest was seen before": (
        lambda: signed().with_headers({b"x-amz-date": None}),
        IncompleteSignatureException,
        f"{NO_DATE} Authorization={signed().headers[b'authorization'].decode()}",
    ),
    "a space in the credential": (
        lambda: authorized(b"AWS4-HMAC-SHA256 Credential= a/b, SignedHeaders=host, Signature=ab"),
        IncompleteSignatureException,
        "'a/b' not a valid key=value pair (missing equal-sign) in Authorization header: "
        "'AWS4-HMAC-SHA256 Credential= a/b, SignedHeaders=host, Signature=ab'.",
    ),
    "a bearer token": (
        lambda: authorized(b"Bearer abc"),
        IncompleteSignatureException,
        "'abc' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer abc'.",
    ),
    "twice": (
        lambda: authorized(b"AWS4-HMAC-SHA256 Credential=a, Credential=b, SignedHeaders=host, Signature=ab"),
        IncompleteSignatureException,
        "Authorization header requires 'Credential' parameter only once. "
        "Authorization=AWS4-HMAC-SHA256 Credential=a, Credential=b, SignedHeaders=host, Signature=ab",
    ),
    "another algorithm": (
        lambda: edited(b"AWS4-HMAC-SHA256", b"AWS4-ECDSA-P256-SHA256"),
        IncompleteSignatureException,
        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'",
    ),
    "a date in extended form": (
        lambda: signed().with_headers({b"x-amz-date": b"2022-05-06T14:46:34Z"}),
        IncompleteSignatureException,
        "Date must be in ISO-8601 'basic format'. Got '2022-05-06T14:46:34Z'. "
        "See http://en.wikipedia.org/wiki/ISO_8601",
    ),
    "a date that is none": (
        lambda: signed().with_headers({b"x-amz-date": b"20220231T144634Z"}),
        IncompleteSignatureException,
        "Date must be in ISO-8601 'basic format'. Got '20220231T144634Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    ),
    "an HTTP date where basic form must be": (
        lambda: signed().with_headers({b"x-amz-date": b"Fri, 06 May 2022 14:46:34 GMT"}),
        IncompleteSignatureException,
        "Date must be in ISO-8601 'basic format'. Got 'Fri, 06 May 2022 14:46:34 GMT'. "
        "See http://en.wikipedia.org/wiki/ISO_8601",
    ),
    "the host unsigned": (
        lambda: edited(LIST, b"SignedHeaders=content-type;x-amz-date;x-amz-target"),
        InvalidSignatureException,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ),
    "no header signed": (
        lambda: edited(LIST, b"SignedHeaders="),
        InvalidSignatureException,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ),
    "four elements": (
        lambda: edited(SCOPE, b"AKIDEXAMPLE/20220506/us-east-1/aws4_request"),
        IncompleteSignatureException,
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
        "got 'AKIDEXAMPLE/20220506/us-east-1/aws4_request'",
    ),
    "terminator": (
        lambda: edited(b"/aws4_request", b"/aws3_request"),
        InvalidSignatureException,
        "Credential should be scoped with a valid terminator: 'aws4_request'",
    ),
    "the scope of another day": (
        lambda: edited(b"/20220506/", b"/20220507/"),
        InvalidSignatureException,
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20220507' != '20220506', from '20220506T144634Z'.",
    ),
    "the request of another day": (
        lambda: signed().with_headers({b"x-amz-date": b"20220507T144634Z"}),
        InvalidSignatureException,
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20220506' != '20220507', from '20220507T144634Z'.",
    ),
    "terminator and day": (
        lambda: edited(b"/20220506/us-east-1/ssm/aws4_request", b"/20220507/us-east-1/ssm/a"),
        InvalidSignatureException,
        "Credential should be scoped with a valid terminator: 'aws4_request' "
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20220507' != '20220506', from '20220506T144634Z'.",
    ),
    "no key id": (
        lambda: edited(b"=AKIDEXAMPLE/", b"=/"),
        UnrecognizedClientException,
        "The security token included in the request is invalid.",
    ),
    "presigned, nothing but the algorithm": (
        lambda: presigned()._replace(query=b"X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        IncompleteSignatureException,
        "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        "AWS query-string parameters must include 'X-Amz-Date'. "
        "Re-examine the query-string parameters.",
    ),
    "presigned, a parameter twice": (
        lambda: presigned()._replace(query=presigned().query + b"&X-Amz-Expires=60"),
        IncompleteSignatureException,
        "AWS query-string parameters must include 'X-Amz-Expires' only once. Re-examine the query-string parameters.",
    ),
    "presigned, another algorithm": (
        lambda: query_edited(b"AWS4-HMAC-SHA256", b"AWS4-ECDSA-P256-SHA256"),
        IncompleteSignatureException,
        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'",
    ),
    "presigned, the host unsigned": (
        lambda: query_edited(b"X-Amz-SignedHeaders=host", b"X-Amz-SignedHeaders="),
        InvalidSignatureException,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_read_claim_refuses(name: str) -> None:
    signed().check()  # So that the credential is known: a refusal is the same with and without.
    build, error, text = UNREADABLE[name]
    with pytest.raises(ServiceError) as caught:
        build().claim()
    assert (type(caught.value), caught.value.message) == (error, text)


@pytest.mark.parametrize("life", [b"0", b"-1", b"604801", b"9" * 5000, b"", b"1.5", b"%D9%A1"])
def test_a_presigned_requests_life_is_a_second_to_a_week(life: bytes) -> None:
    with pytest.raises(IncompleteSignatureException, match=r"^X-Amz-Expires must be a number of seconds between 1 and"):
        query_edited(b"X-Amz-Expires=900", b"X-Amz-Expires=" + life).claim()


REFUSED: dict[str, tuple[Callable[[], None], str]] = {
    "service": (
        lambda: signed(service="kms").check(),
        "Credential should be scoped to correct service: 'ssm'.",
    ),
    "region": (
        lambda: signed(region="nowhere").check(),
        "Credential should be scoped to a valid region.",
    ),
    "region and service": (
        lambda: signed(region="nowhere", service="kms").check(),
        "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'ssm'.",
    ),
    "scope before time": (
        lambda: signed(service="kms").check(now=NOW + 9000),
        "Credential should be scoped to correct service: 'ssm'.",
    ),
    "too old": (
        lambda: signed().check(now=NOW + 301),
        "Signature expired: 20220506T144634Z is now earlier than 20220506T144635Z (20220506T145135Z - 5 min.)",
    ),
    "too new": (
        lambda: signed().check(now=NOW - 301),
        "Signature not yet current: 20220506T144634Z is still later than 20220506T144633Z (20220506T144133Z + 5 min.)",
    ),
    "time before signature": (
        lambda: signed().check(now=NOW + 301, secret="wrong"),
        "Signature expired: 20220506T144634Z is now earlier than 20220506T144635Z (20220506T145135Z - 5 min.)",
    ),
    "too old for a query service": (
        lambda: signed(service="iam").check(service="iam", now=NOW + 901),
        "Signature expired: 20220506T144634Z is now earlier than 20220506T144635Z (20220506T150135Z - 15 min.)",
    ),
    "too new for a query service": (
        lambda: signed(service="sts").check(service="sts", now=NOW - 901),
        "Signature not yet current: 20220506T144634Z is still later than 20220506T144633Z (20220506T143133Z + 15 min.)",
    ),
    "presigned and over": (
        lambda: presigned(expires=60).check(service="sts", now=NOW + 61),
        "Signature expired: 20220506T144634Z is now earlier than 20220506T144635Z (20220506T144735Z - 1 min.)",
    ),
    "presigned for no whole minutes and over": (
        lambda: presigned(expires=90).check(service="sts", now=NOW + 91),
        "Signature expired: 20220506T144634Z is now earlier than 20220506T144635Z (20220506T144805Z - 90 sec.)",
    ),
    "presigned and too new": (
        lambda: presigned(service="ssm", expires=604800).check(now=NOW - 301),
        "Signature not yet current: 20220506T144634Z is still later than 20220506T144633Z (20220506T144133Z + 5 min.)",
    ),
    "another secret": (lambda: signed().check(secret="wrong"), MISMATCH),
    "another method": (lambda: signed()._replace(method="GET").check(), MISMATCH),
    "another path": (lambda: signed()._replace(path=b"/x").check(), MISMATCH),
    "another query": (lambda: signed()._replace(query=b"a").check(), MISMATCH),
    "another body": (lambda: signed()._replace(body=b"{}").check(), MISMATCH),
    "another header": (
        lambda: signed().with_headers({b"x-amz-target": b"AmazonSSM.DeleteParameter"}).check(),
        MISMATCH,
    ),
    "another signature": (lambda: edited(b"Signature=", b"Signature=0").check(), MISMATCH),
    "a signed header gone": (lambda: signed().with_headers({b"content-type": None}).check(), MISMATCH),
    "the host gone": (lambda: signed().with_headers({b"host": None}).check(), MISMATCH),
    "the target gone": (lambda: signed().with_headers({b"x-amz-target": None}).check(), MISMATCH),
    "the target replaced": (
        lambda: signed().with_headers({b"x-amz-target": None, b"x-amz-zebra": b"1"}).check(),
        MISMATCH,
    ),
    "a header added": (
        lambda: signed().with_headers({b"x-amz-security-token": b"token"}).check(),
        "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.",
    ),
    "a header added to a presigned request": (
        lambda: presigned().with_headers({b"x-amz-target": b"AmazonSSM.GetParameter"}).check(service="sts"),
        "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    ),
    "a body added to a presigned request": (
        lambda: presigned()._replace(body=b"Action=GetSessionToken").check(service="sts"),
        MISMATCH,
    ),
    "a declared hash of another body": (
        lambda: signed(headers={b"host": b"h", b"x-amz-content-sha256": b"0" * 64}).check(),
        MISMATCH,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_verify_refuses(name: str) -> None:
    refused, text = REFUSED[name]
    with pytest.raises(InvalidSignatureException) as caught:
        refused()
    assert caught.value.message == text


@pytest.mark.parametrize("late", [-300, -1, 0, 299, 300.9])
def test_five_minutes_either_way_are_accepted(late: float) -> None:
    signed().check(now=NOW + late)


@pytest.mark.parametrize("service", ["sts", "iam"])
@pytest.mark.parametrize("late", [-900, 900])
def test_query_services_accept_fifteen(service: str, late: float) -> None:
    signed(service=service).check(service=service, now=NOW + late)


def test_a_presigned_request_without_expires_lives_as_long_as_any_other() -> None:
    request = presigned()
    assert b"&X-Amz-Expires=900" in request.query
    bare = request._replace(query=request.query.replace(b"&X-Amz-Expires=900", b""))
    assert bare.claim().expires is None
    with pytest.raises(InvalidSignatureException, match="15 min"):
        bare.check(service="sts", now=NOW + 901)


@pytest.mark.parametrize(
    "region", ["us-east-1", "eu-south-2", "us-gov-west-1", "cn-north-1", "us-isob-east-1", "eusc-de-east-1", "mars-1"]
)
def test_every_region_that_could_be_is_accepted(region: str) -> None:
    signed(region=region).check()


@pytest.mark.parametrize(
    "region", ["", "us-east", "US-EAST-1", "us_east_1", "us-east-1.", "us-east-100", "1", "-1", "a" * 31 + "-1", "us:1"]
)
def test_no_other_region_is(region: str) -> None:
    with pytest.raises(InvalidSignatureException, match=r"^Credential should be scoped to a valid region\.$"):
        signed(region=region).check()


def test_the_error_of_a_long_or_odd_header_stays_short_and_printable() -> None:
    for value in (b"x" * 100_000, b"\x00\xff\n" * 10_000):
        with pytest.raises(IncompleteSignatureException) as caught:
            authorized(b"AWS4-HMAC-SHA256 " + value).claim()
        assert caught.value.message.isprintable()
        assert len(caught.value.message) < 5000


def test_a_claim_tells_what_the_request_says() -> None:
    claim = signed(key=Key("ASIAEXAMPLE", KEY.secret, "token")).claim()
    assert (claim.key_id, claim.date, claim.region, claim.service) == ("ASIAEXAMPLE", "20220506", "us-east-1", "ssm")
    assert (claim.timestamp, claim.session_token, claim.presigned) == ("20220506T144634Z", "token", False)
    assert claim.signed_headers == "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
    assert len(claim.signature) == 64
    assert "token" not in repr(claim)
    assert claim.signature not in repr(claim)
    claim = presigned(key=Key("ASIAEXAMPLE", KEY.secret, "token")).claim()
    assert (claim.key_id, claim.session_token, claim.expires, claim.presigned) == ("ASIAEXAMPLE", "token", 900, True)
    assert claim.signed_headers == "host"
