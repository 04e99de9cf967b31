"""The protocol around the operations, AWS JSON 1.1: routing, serialization, compression, headers."""

from __future__ import annotations

import email.utils
import gzip
import json
import re
import time
import zlib
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from tests.conftest import Client
from tests.sdk.raw import JSON_1_1, Answer, Error, Raw, validation, violation

OURS = {
    "DeleteResourcePolicy",
    "GetResourcePolicies",
    "PutResourcePolicy",
    "AddTagsToResource",
    "GetServiceSetting",
    "LabelParameterVersion",
    "ListTagsForResource",
    "RemoveTagsFromResource",
    "ResetServiceSetting",
    "UnlabelParameterVersion",
    "UpdateServiceSetting",
    "DeleteParameter",
    "DeleteParameters",
    "DescribeParameters",
    "GetParameter",
    "GetParameterHistory",
    "GetParameters",
    "GetParametersByPath",
    "PutParameter",
}
UNKNOWN_OPERATION = b'{"__type":"UnknownOperationException"}'  # [Q*]
UNPARSABLE = b'{"__type":"SerializationException"}'  # [Q*] no text


def operations() -> list[str]:
    model = ServiceModel(Loader().load_service_model("ssm", "service-2"), "ssm")
    return list(model.operation_names)


# Routing


def test_operations_that_are_not_there_yet(raw: Raw) -> None:
    """All the rest of Systems Manager."""
    others = [name for name in operations() if name not in OURS]
    assert len(others) > 120
    for name in others:
        answer = raw.call(name, {})
        assert (answer.status, answer.body) == (400, UNKNOWN_OPERATION), name


def test_boto_shows_an_unknown_operation(ssm: Client) -> None:
    with pytest.raises(ssm.exceptions.ClientError) as caught:
        ssm.list_documents()
    assert caught.value.response["Error"] == {"Code": "UnknownOperationException", "Message": ""}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    "target",
    [
        None,  # [Q*] missing
        "",
        "GetParameter",  # [Q*] unprefixed
        "amazonssm.GetParameter",  # [Q*] lower-case
        "AmazonSSM.getParameter",
        "AmazonSSM.GETPARAMETER",
        "AmazonSSM.",
        "AmazonSSM",
        "AmazonSSM.GetParameter.",
        "AmazonSSM.GetParameter,AmazonSSM.GetParameter",
        "AmazonSSM_20141106.GetParameter",
        "DynamoDB_20120810.GetItem",
    ],
)
def test_targets_that_name_nothing(raw: Raw, target: str | None) -> None:
    answer = raw.call("", {"Name": "a"}, {"X-Amz-Target": target})
    assert (answer.status, answer.body) == (400, UNKNOWN_OPERATION)


@pytest.mark.parametrize(
    "content_type",
    [
        None,  # [Q*]
        "application/x-amz-json-1.0",  # [Q*]
        "application/json",
        "application/cbor",
        "",
        "application/x-amz-json-1.1x",
    ],
)
def test_other_content_types_are_not_found(raw: Raw, content_type: str | None) -> None:
    """[Q*] in XML, whatever the service speaks."""
    answer = raw.call("GetParameter", {"Name": "a"}, {"Content-Type": content_type})
    assert answer.status == 404
    assert answer.body.strip() == b"<UnknownOperationException/>"
    assert "x-amzn-requestid" in answer.headers


@pytest.mark.parametrize(
    "content_type",
    [JSON_1_1, f"{JSON_1_1}; charset=utf-8", f"{JSON_1_1};charset=UTF-8", "Application/X-Amz-JSON-1.1"],
)
def test_content_types_that_serve(raw: Raw, content_type: str) -> None:
    """[?] a charset is tolerated."""
    assert raw.call("DescribeParameters", {}, {"Content-Type": content_type}).json == {"Parameters": []}


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"1",
        b'"text"',
        b"true",
        b"{",
        b'{"Name":"a"',
        b'{"Name":"a",}',
        b'{"Name":"a"}}',
        b"{'Name':'a'}",
        b'{"Name":"a" "WithDecryption":true}',
        b"{Name:1}",
        b"\xff\xfe{}",
        b'{"Name":"\xff"}',
        b'{"Name":"\x00"}',
        b'{"Name":"\\ud800"}',
        b"<xml/>",
        b"[" * 100_000,
        b'{"Name":' * 20_000,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_bodies_that_are_no_json_object(raw: Raw, body: bytes) -> None:
    answer = raw.call("GetParameter", body)
    assert answer.status == 400
    assert answer.error.code == "SerializationException"
    if not body.startswith(b"["):
        assert answer.body == UNPARSABLE


@pytest.mark.parametrize("body", [b"[]", b'[{"Name":"a"}]', b"[1]"])
def test_a_body_that_is_a_list(raw: Raw, body: bytes) -> None:
    assert raw.call("GetParameter", body).error == serialization("Start of list found where not expected")


def serialization(text: str) -> Error:
    return Error("SerializationException", "message", text)


STRUCTURE = "Start of structure or map found where not expected."
LIST = "Start of list found where not expected"


@pytest.mark.parametrize(
    ("operation", "members", "text"),
    [
        # [Q*] one row for each cell of the table
        ("DescribeParameters", {"MaxResults": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ("DescribeParameters", {"MaxResults": True}, "TRUE_VALUE can not be converted to an Integer"),
        ("DescribeParameters", {"MaxResults": False}, "FALSE_VALUE can not be converted to an Integer"),
        ("DescribeParameters", {"MaxResults": [5]}, LIST),
        ("DescribeParameters", {"MaxResults": {}}, STRUCTURE),
        ("GetParameter", {"Name": 5}, "NUMBER_VALUE can not be converted to a String"),
        ("GetParameter", {"Name": 5.5}, "NUMBER_VALUE can not be converted to a String"),
        ("GetParameter", {"Name": True}, "TRUE_VALUE can not be converted to a String"),
        ("GetParameter", {"Name": False}, "FALSE_VALUE can not be converted to a String"),
        ("GetParameter", {"Name": ["a"]}, LIST),
        ("GetParameter", {"Name": {"S": "a"}}, STRUCTURE),
        ("GetParameters", {"Names": "a"}, "Expected list or null"),
        ("GetParameters", {"Names": 1}, "Expected list or null"),
        ("GetParameters", {"Names": True}, "Expected list or null"),
        ("GetParameters", {"Names": {}}, STRUCTURE),
        ("GetParameters", {"Names": ["a", 1]}, "NUMBER_VALUE can not be converted to a String"),
        ("GetParameters", {"Names": [["a"]]}, LIST),
        ("PutParameter", {"Tags": ["a"]}, "Expected null"),
        ("PutParameter", {"Tags": [1]}, "Expected null"),
        ("PutParameter", {"Tags": [True]}, "Expected null"),
        ("PutParameter", {"Tags": [[]]}, LIST),
        ("PutParameter", {"Tags": [{"Key": 1}]}, "NUMBER_VALUE can not be converted to a String"),
        ("GetParameter", {"WithDecryption": "true"}, "STRING_VALUE can not be converted to an Boolean"),  # sic
        ("GetParameter", {"WithDecryption": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
        ("GetParameter", {"WithDecryption": []}, LIST),
        ("GetParameter", {"WithDecryption": {}}, STRUCTURE),
        # A secret of the wrong type is not shown either.
        ("PutParameter", {"Value": 12345}, "NUMBER_VALUE can not be converted to a String"),
        ("PutParameter", {"Value": {"hunter2": 1}}, STRUCTURE),
        # [Q*] types are told before limits, limits before the operation's own rules
        ("PutParameter", {"Name": "", "Type": "x", "Value": 1}, "NUMBER_VALUE can not be converted to a String"),
        (
            "GetParametersByPath",
            {"Path": "no", "MaxResults": "many"},
            "STRING_VALUE can not be converted to an Integer",
        ),
    ],
    ids=str,
)
def test_wrong_types(raw: Raw, operation: str, members: dict[str, Any], text: str) -> None:
    assert raw.call(operation, members).error == serialization(text)


def test_limits_are_told_before_rules(raw: Raw) -> None:
    members = {"Path": "no slash", "MaxResults": 99}
    assert raw.call("GetParametersByPath", members).error == violation(
        "Value '99' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 10"
    )


@pytest.mark.parametrize(
    "members",
    [
        {"Unknown": {"deep": [1, {"er": None}]}, "name": "b", "NAME": "c"},  # [Q*] ignored, names are case-sensitive
        {"WithDecryption": None},  # [Q*] null is absent
        {"": 1},
    ],
)
def test_members_that_say_nothing(raw: Raw, ssm: Client, members: dict[str, Any]) -> None:
    ssm.put_parameter(Name="a", Value="v", Type="String")
    assert raw.call("GetParameter", {"Name": "a", **members}).json["Parameter"]["Value"] == "v"


def test_null_for_a_required_member(raw: Raw) -> None:
    """[Q*]"""
    assert raw.call("GetParameter", {"Name": None}).error == violation(
        "Value null at 'name' failed to satisfy constraint: Member must not be null"
    )


def test_null_in_a_list(raw: Raw) -> None:
    """[Q*] dropped"""
    assert raw.call("GetParameters", {"Names": [None, "a", None]}).json["InvalidParameters"] == ["a"]


@pytest.mark.parametrize(("number", "page"), [("2", 2), ("2.0", 2), ("2.9", 2), ("2e0", 2), ("0.45e1", 4)])
def test_numbers(raw: Raw, ssm: Client, number: str, page: int) -> None:
    """[Q*] fractions are cut off."""
    for name in "abcde":
        ssm.put_parameter(Name=name, Value="v", Type="String")
    body = f'{{"MaxResults":{number}}}'.encode()
    assert len(raw.call("DescribeParameters", body).json["Parameters"]) == page


def test_text_may_be_escaped_or_not(raw: Raw) -> None:
    text = "Grüße 🔑 \u2028 / </script>"
    for body in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        put = f'{{"Name":"a","Type":"String","Overwrite":true,"Value":{body}}}'.encode()
        assert raw.call("PutParameter", put).status == 200
        assert raw.call("GetParameter", {"Name": "a"}).json["Parameter"]["Value"] == text


# Compression


def gzipped(raw: Raw, body: bytes, encoding: str = "gzip") -> Answer:
    return raw.call("PutParameter", body, {"Content-Encoding": encoding})


PUT = b'{"Name":"a","Value":"compressed","Type":"String"}'


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " gzip "])
def test_a_compressed_body(raw: Raw, encoding: str) -> None:
    """The signature is over the bytes as they travel."""
    assert gzipped(raw, gzip.compress(PUT, mtime=0), encoding).json == {"Tier": "Standard", "Version": 1}
    assert raw.call("GetParameter", {"Name": "a"}).json["Parameter"]["Value"] == "compressed"


def test_identity_is_no_compression(raw: Raw) -> None:
    assert gzipped(raw, PUT, "identity").json == {"Tier": "Standard", "Version": 1}


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PUT, "gzip"),
        (gzip.compress(PUT, mtime=0)[:-9], "gzip"),
        (gzip.compress(PUT, mtime=0)[:-4] + b"\0\0\0\0", "gzip"),
        (gzip.compress(PUT, mtime=0) + b"x", "gzip"),
        (zlib.compress(PUT), "gzip"),
        (b"", "gzip"),
        (zlib.compress(PUT), "deflate"),
        (gzip.compress(gzip.compress(PUT, mtime=0), mtime=0), "gzip, gzip"),
        (gzip.compress(PUT, mtime=0), "br"),
        (gzip.compress(b"{", mtime=0), "gzip"),
    ],
)
def test_what_cannot_be_decompressed(raw: Raw, body: bytes, encoding: str) -> None:
    assert gzipped(raw, body, encoding).body == UNPARSABLE
    assert raw.call("DescribeParameters", {}).json == {"Parameters": []}


def test_a_body_that_would_fill_the_memory(raw: Raw) -> None:
    """A hundred times what a body may have, in a tenth of it."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b" " * (1 << 20)
    body = b"".join(compressor.compress(piece) for _ in range(100)) + compressor.flush()
    assert len(body) < 100 << 10
    assert gzipped(raw, body).status == 413


def test_a_body_that_is_too_large(raw: Raw) -> None:
    answer = raw.call("PutParameter", b" " * (1 << 20) + PUT)
    assert answer.status == 413


# Answers


def test_the_headers_of_an_answer(raw: Raw) -> None:
    """[Q] these four; SDKs set their clocks by Date."""
    for answer in (raw.call("DescribeParameters", {}), raw.call("GetParameter", {"Name": "a"})):
        assert sorted(answer.headers) == ["content-length", "content-type", "date", "x-amzn-requestid"]
        date = answer.headers["date"]
        assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date)
        assert abs(email.utils.parsedate_to_datetime(date).timestamp() - time.time()) < 3


def test_every_answer_has_an_id_of_its_own(raw: Raw) -> None:
    """[R] UUIDs of version 4 in lower case; refusals of every kind have one."""
    answers = [
        raw.call("DescribeParameters", {}),
        raw.call("DescribeParameters", {}),
        raw.call("GetParameter", {"Name": "a"}),
        raw.call("GetParameter", b"["),
        raw.call("NoSuch", {}),
        raw.call("GetParameter", {}, {"Content-Type": None}),
        raw.send(raw.sign("GetParameter", {}).with_headers({"Authorization": None})),
        raw.call("PutParameter", b" " * (1 << 21)),
    ]
    ids = [answer.headers["x-amzn-requestid"] for answer in answers]
    assert len(set(ids)) == len(ids)
    for each in ids:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each)


def test_boto_has_the_id(ssm: Client) -> None:
    metadata = ssm.describe_parameters()["ResponseMetadata"]
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    with pytest.raises(ssm.exceptions.ParameterNotFound) as caught:
        ssm.get_parameter(Name="a")
    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert metadata["HTTPStatusCode"] == 400


def test_what_other_sdks_send_is_ignored(raw: Raw) -> None:
    """[?] trace and retry headers, and an offer to take compressed answers."""
    headers = {
        "User-Agent": "aws-sdk-go-v2/1.30 os/linux lang/go#1.23 md/GOOS#linux api/ssm#1.56",
        "amz-sdk-invocation-id": "9c6e0b1e-5a3e-4a0e-8e5d-1c1f4f0a7d11",
        "amz-sdk-request": "attempt=1; max=3",
        "Accept-Encoding": "gzip, deflate, br",
        "Accept": "*/*",
        "X-Amz-User-Agent": "aws-sdk-js/3.600",
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
    }
    answer = raw.call("DescribeParameters", {}, headers)
    assert answer.json == {"Parameters": []}
    assert "content-encoding" not in answer.headers


def test_errors_of_the_service_are_told_after_those_of_the_framework(raw: Raw) -> None:
    """One body with something wrong at every level, set right level by level."""
    members: dict[str, Any] = {"Name": "a b", "Value": "{{x}}", "Type": 1, "Tier": "None"}
    assert raw.call("NoSuch", members).error.code == "UnknownOperationException"
    assert raw.call("PutParameter", members).error.code == "SerializationException"
    members["Type"] = "String"
    assert (raw.call("PutParameter", members).error.text or "").startswith("1 validation error detected: Value 'None'")
    del members["Tier"]
    assert (raw.call("PutParameter", members).error.text or "").startswith("Parameter name: can't be prefixed")
    members["Name"] = "a"
    assert raw.call("PutParameter", members).error == validation(
        "Parameter value: '{{x}}' failed to satisfy constraint: Parameter value can't nest another parameter. Do not"
        ' use "{{}}" in the value.'
    )
