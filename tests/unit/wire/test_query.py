"""Forms in, XML out: what is read from a form, what is refused, and what an answer and an error look like."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ET
from typing import Annotated
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parastore.context import SecretValue
from parastore.errors import (
    AccessDeniedException,
    InternalServerError,
    InvalidSignatureException,
    SerializationException,
    ServiceError,
    ValidationException,
)
from parastore.iam.operations import OPERATIONS
from parastore.iam.shapes import (
    AccessKey,
    CreateAccessKeyResponse,
    CreateUserRequest,
    DeleteUserResponse,
    GetAccountSummaryResponse,
    ListUsersRequest,
    ListUsersResponse,
    SimulateCustomPolicyRequest,
    UpdateRoleResponse,
    User,
)
from parastore.shapes import Integer, Shape, items
from parastore.wire.http import HttpRequest
from parastore.wire.query import InvalidAction, decode_form, encode_answer, encode_error, form_of
from parastore.wire.route import UnknownProtocol, route, routes

TABLE = routes(OPERATIONS)
BY_NAME = {each.name: each for each in OPERATIONS}
FORM = b"application/x-www-form-urlencoded; charset=utf-8"


class Everything(Shape, kw_only=True):
    """One member of each kind."""

    words: Annotated[list[str], items(maximum=3)] | None = None
    number: Integer | None = None
    flag: bool | None = None
    inner: Everything | None = None
    several: list[Everything] | None = None


def form(**members: str) -> bytes:
    return urlencode(members).encode()


def test_members_of_all_kinds() -> None:
    read = decode_form(
        Everything,
        form(
            **{
                "Words.member.2": "b",
                "Words.member.1": "a",
                "Words.member.10": "c",
                "Number": "+0900",
                "Flag": "true",
                "Inner.Number": "-1",
                "Several.member.1.Words.member.1": "x y&z",
                "Unknown": "ignored",
                "Action": "A",
            }
        ),
    )
    assert read.words == ["a", "b", "c"]
    assert (read.number, read.flag) == (900, True)
    assert read.inner is not None
    assert read.inner.number == -1
    assert read.several is not None
    assert read.several[0].words == ["x y&z"]


def test_an_empty_list() -> None:
    assert decode_form(Everything, b"Words=").words == []


@pytest.mark.parametrize(
    "body",
    [
        b"Number=+ 900 ", b"Number=9e2", b"Number=", b"Number=0x1", b"Flag=True", b"Flag=1",
        b"Words.member.x=a", b"Words=a", b"Words.1=a&Words.member=b", b"Inner=a", b"Number.member.1=1",
        b"Inner.Words.member.1.x=1",
        b"a=1&a.b=2", b"\xff=1", b"Number=" + b"9" * 30,
    ],
)  # fmt: skip
def test_what_does_not_fit(body: bytes) -> None:
    with pytest.raises(SerializationException):
        decode_form(Everything, body)


def test_limits_are_named_as_everywhere() -> None:
    with pytest.raises(ValidationException) as caught:
        decode_form(CreateUserRequest, form(UserName="a b", **{"Tags.member.1.Key": ""}))
    assert caught.value.message.startswith("4 validation errors detected: Value 'a b' at 'userName' failed")
    assert "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null" in str(
        caught.value.message
    )


def test_too_many_fields() -> None:
    with pytest.raises(SerializationException):
        decode_form(SimulateCustomPolicyRequest, b"&".join(b"ActionNames.member.%d=x" % n for n in range(20_000)))


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: quote(text, safe="=&.").encode()))
def test_nothing_else_is_raised(body: bytes) -> None:
    for shape in (CreateUserRequest, ListUsersRequest, SimulateCustomPolicyRequest, Everything):
        with contextlib.suppress(SerializationException, ValidationException):
            decode_form(shape, body)


def request(body: bytes, content_type: bytes = FORM, **headers: bytes) -> HttpRequest:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return HttpRequest("POST", b"/", b"", {b"content-type": content_type, **named}, body)


def test_the_operation_a_form_names() -> None:
    assert route(request(b"Action=CreateUser&Version=2010-05-08&UserName=a"), TABLE).name == "CreateUser"
    for body in (b"Action=createUser&Version=2010-05-08", b"Action=CreateUser", b"Action=CreateUser&Version=1", b""):
        with pytest.raises(InvalidAction):
            route(request(body), TABLE)
    with pytest.raises(UnknownProtocol):
        route(request(b"Action=CreateUser&Version=2010-05-08", b"text/plain"), TABLE)
    assert form_of(request(b"Action=CreateUser", b"multipart/form-data")) is None


@pytest.mark.parametrize("target", [b"2010-05-08.CreateUser", b"2010-05-08\nCreateUser"])
def test_no_other_way_to_an_operation_on_identities(target: bytes) -> None:
    """By X-Amz-Target a Query operation would be read as JSON."""
    asked = request(b"{}", b"application/x-amz-json-1.1", x_amz_target=target)
    if target == b"2010-05-08\nCreateUser":
        assert b"\n" in target  # which no HTTP header can hold
    else:
        with pytest.raises(ServiceError):
            route(asked, TABLE)


NAMESPACE = "{https://iam.amazonaws.com/doc/2010-05-08/}"


def parsed(body: bytes) -> ET.Element:
    return ET.fromstring(body.decode())


def test_an_answer() -> None:
    users = [User(user_name="a<b>&\"'", create_date=1_700_000_000.9), User(user_name="z\r\n")]
    body = encode_answer(BY_NAME["ListUsers"], ListUsersResponse(users=users, is_truncated=False), "id-1")
    root = parsed(body)
    assert root.tag == f"{NAMESPACE}ListUsersResponse"
    names = [each.text for each in root.iter(f"{NAMESPACE}UserName")]
    assert names == ["a<b>&\"'", "z\r\n"]
    assert [each.text for each in root.iter(f"{NAMESPACE}CreateDate")] == ["2023-11-14T22:13:20Z"]
    assert [each.text for each in root.iter(f"{NAMESPACE}IsTruncated")] == ["false"]
    assert root.findtext(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId") == "id-1"
    assert [each.tag for each in root] == [f"{NAMESPACE}ListUsersResult", f"{NAMESPACE}ResponseMetadata"]


def test_answers_without_a_result() -> None:
    root = parsed(encode_answer(BY_NAME["DeleteUser"], DeleteUserResponse(), "id-1"))
    assert [each.tag for each in root] == [f"{NAMESPACE}ResponseMetadata"]
    root = parsed(encode_answer(BY_NAME["UpdateRole"], UpdateRoleResponse(), "id-1"))
    assert root[0].tag == f"{NAMESPACE}UpdateRoleResult"


def test_maps_and_secrets() -> None:
    body = encode_answer(BY_NAME["GetAccountSummary"], GetAccountSummaryResponse(summary_map={"Users": 1}), "i")
    (entry,) = parsed(body).iter(f"{NAMESPACE}entry")
    assert [(each.tag.removeprefix(NAMESPACE), each.text) for each in entry] == [("key", "Users"), ("value", "1")]
    made = CreateAccessKeyResponse(access_key=AccessKey(secret_access_key=SecretValue("s3cret")))
    assert b"<SecretAccessKey>s3cret</SecretAccessKey>" in encode_answer(BY_NAME["CreateAccessKey"], made, "i")


@pytest.mark.parametrize(
    ("error", "status", "code", "kind"),
    [
        (AccessDeniedException("no"), 403, "AccessDenied", "Sender"),
        (InvalidSignatureException("no"), 403, "SignatureDoesNotMatch", "Sender"),
        (ValidationException("no"), 400, "ValidationError", "Sender"),
        (InternalServerError("no"), 500, "ServiceFailure", "Receiver"),
    ],
)
def test_an_error(error: ServiceError, status: int, code: str, kind: str) -> None:
    given_status, body = encode_error(error, BY_NAME["CreateUser"], "id-1")
    root = parsed(body)
    found = {each.tag.removeprefix(NAMESPACE): each.text for each in root.iter()}
    assert given_status == status
    assert (found["Code"], found["Type"], found["Message"], found["RequestId"]) == (code, kind, "no", "id-1")
    assert [each.tag for each in root] == [f"{NAMESPACE}Error", f"{NAMESPACE}RequestId"]


@given(st.text())
def test_an_error_is_xml_whatever_it_quotes(text: str) -> None:
    status, body = encode_error(ValidationException(text), None, "id-1")
    assert status == 400
    parsed(body)
