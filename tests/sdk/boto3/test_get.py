"""GetParameter and GetParameters: names, ARNs, selectors, and what is missing."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk import words
from tests.sdk.raw import Answer, Error, Raw, validation, violation

from parastore.testing.server import Keys

NOT_FOUND = Error("ParameterNotFound")  # [R] no text at all


def arn(keys: Keys, path: str, region: str = "us-east-1") -> str:
    return f"arn:aws:ssm:{region}:{keys.account}:parameter/{path}"


def undated(answer: Answer) -> Any:
    """The whole answer without its dates."""
    body = answer.json
    for each in [body["Parameter"]] if "Parameter" in body else body["Parameters"]:
        assert isinstance(each.pop("LastModifiedDate"), float)
    return body


def version_not_found(text: str) -> Error:
    return Error("ParameterVersionNotFound", "message", text)


@pytest.fixture
def three(ssm: Client) -> Client:
    """`/app/name` with versions 1 to 3, and `plain`."""
    for number in (1, 2, 3):
        ssm.put_parameter(Name="/app/name", Value=f"v{number}", Type="String", Overwrite=True)
    ssm.put_parameter(Name="plain", Value="p", Type="StringList")
    return ssm


# What an answer holds


def test_the_members_of_a_parameter(raw: Raw, keys: Keys, three: Client) -> None:
    """[R] no Tier, Labels, KeyId, Description, Policies, LastModifiedUser; no Selector where none was given."""
    assert undated(raw.call("GetParameter", {"Name": "/app/name"})) == {
        "Parameter": {
            "ARN": arn(keys, "app/name"),
            "DataType": "text",
            "Name": "/app/name",
            "Type": "String",
            "Value": "v3",
            "Version": 3,
        }
    }


def test_whatever_else_was_set_is_not_shown(raw: Raw) -> None:
    members = {"Name": "a", "Value": "v", "Type": "SecureString", "Description": "d", "AllowedPattern": "v"}
    assert raw.call("PutParameter", {**members, "Tags": [{"Key": "k", "Value": "v"}]}).status == 200
    shown = raw.call("GetParameter", {"Name": "a"}).json["Parameter"]
    assert list(shown) == ["ARN", "DataType", "LastModifiedDate", "Name", "Type", "Value", "Version"]


def test_dates_are_numbers_to_the_millisecond(raw: Raw) -> None:
    """[R] AWS prints a Java double; any number of seconds with three digits parses the same."""
    for _ in range(20):
        began = time.time_ns() // 1_000_000
        raw.call("PutParameter", {"Name": "a", "Value": "v", "Type": "String", "Overwrite": True})
        ended = time.time_ns() // 1_000_000
        body = raw.call("GetParameter", {"Name": "a"}).body
        (number,) = re.findall(rb'"LastModifiedDate":([^,}]+)', body)
        assert re.fullmatch(rb"[0-9]{10}(\.[0-9]{1,3})?", number)
        assert began <= round(float(number) * 1000) <= ended


def test_boto_reads_the_date(ssm: Client, raw: Raw) -> None:
    ssm.put_parameter(Name="a", Value="v", Type="String")
    sent = raw.call("GetParameter", {"Name": "a"}).json["Parameter"]["LastModifiedDate"]
    date = ssm.get_parameter(Name="a")["Parameter"]["LastModifiedDate"]
    assert date.tzinfo is not None
    assert date.timestamp() == sent


# Names, ARNs, selectors


@pytest.mark.parametrize(
    ("asked", "name", "selector", "value"),
    [
        ("/app/name", "/app/name", None, "v3"),
        ("  /app/name\n", "/app/name", None, "v3"),  # [M doc] trimmed
        # [R] both spellings are one parameter, and the answer echoes the one asked for.
        ("plain", "plain", None, "p"),
        ("/plain", "/plain", None, "p"),
        ("/app/name:1", "/app/name", ":1", "v1"),
        ("/app/name:3", "/app/name", ":3", "v3"),
        ("/app/name:01", "/app/name", ":01", "v1"),  # [R] echoed as typed
        ("/app/name:0000000000000000000000000002", "/app/name", ":0000000000000000000000000002", "v2"),
        ("plain:1", "plain", ":1", "p"),
        ("/plain:1", "/plain", ":1", "p"),
        # [R] asked for by ARN: the stored name.
        ("ARN app/name", "/app/name", None, "v3"),
        ("ARN app/name:2", "/app/name", ":2", "v2"),
        ("ARN plain", "plain", None, "p"),
        ("ARN plain:01", "plain", ":01", "p"),
    ],
)
def test_what_may_be_asked_for(
    raw: Raw, keys: Keys, three: Client, asked: str, name: str, selector: str | None, value: str
) -> None:
    asked = asked.replace("ARN ", arn(keys, ""))
    one = undated(raw.call("GetParameter", {"Name": asked}))["Parameter"]
    assert (one["Name"], one.get("Selector"), one["Value"]) == (name, selector, value)
    assert one["ARN"] == arn(keys, name.removeprefix("/"))
    assert undated(raw.call("GetParameters", {"Names": [asked]})) == {"InvalidParameters": [], "Parameters": [one]}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("missing", NOT_FOUND),
        ("/app", NOT_FOUND),
        ("/app/Name", NOT_FOUND),  # [D] case-sensitive
        ("/app/name/deeper", NOT_FOUND),
        ("missing:1", NOT_FOUND),  # [P]
        ("missing:label", NOT_FOUND),
        ("ARN missing", NOT_FOUND),
        ("ARN missing:1", NOT_FOUND),
        ("/app/name:4", version_not_found(words.version("4", "/app/name"))),  # [R]
        ("/app/name:0", version_not_found(words.version("0", "/app/name"))),  # [R]
        ("/app/name:2147483648", version_not_found(words.version("2147483648", "/app/name"))),  # [R]
        ("/app/name:9223372036854775808", version_not_found(words.version("9223372036854775808", "/app/name"))),
        ("/app/name:stable", version_not_found(words.label("stable", "/app/name"))),  # [R]
        ("/app/name:-1", version_not_found(words.label("-1", "/app/name"))),  # [R]
        ("/app/name:1.0", version_not_found(words.label("1.0", "/app/name"))),
        ("/app/name:٣", version_not_found(words.label("٣", "/app/name"))),
        ("plain:2", version_not_found(words.version("2", "plain"))),
        ("/app/name:", validation(words.SELECTOR)),  # [R]
        ("/app/name:1:2", validation(words.SELECTOR)),  # [R]
        ("/app/name::", validation(words.SELECTOR)),
        ("ARN app/name:1:2", validation(words.SELECTOR)),
        ("ARN app/name:", validation(words.SELECTOR)),
        ("app/name", validation(words.NAME)),  # [R] on reads; Put has another text
        ("/app//name", validation(words.NAME)),  # [R]
        ("app name", validation(words.NAME)),  # [R/Q]
        ("app@name", validation(words.NAME)),
        ("{{app}}", validation(words.NAME)),  # [R]
        ("$[..]", validation(words.NAME)),
        ("/", validation(words.NAME)),
        (" ", validation(words.NAME)),
        ("/ssm/x", validation(words.NAME)),
        ("app name:1", validation(words.NAME)),
    ],
)
def test_what_is_refused(raw: Raw, keys: Keys, three: Client, asked: str, error: Error) -> None:
    asked = asked.replace("ARN ", arn(keys, ""))
    assert raw.call("GetParameter", {"Name": asked}).error == error
    several = raw.call("GetParameters", {"Names": ["plain", asked]})
    if error.code == "ValidationException":
        assert several.error == error  # [R] one bad name refuses the whole call
    else:
        assert several.json["InvalidParameters"] == [asked]  # [R] as typed, selector and all
        assert [each["Name"] for each in several.json["Parameters"]] == ["plain"]


def test_error_classes_of_boto(three: Client) -> None:
    with pytest.raises(three.exceptions.ParameterNotFound) as missing:
        three.get_parameter(Name="missing")
    assert missing.value.response["Error"] == {"Code": "ParameterNotFound", "Message": ""}
    assert str(missing.value).startswith("An error occurred (ParameterNotFound) when calling the GetParameter")
    with pytest.raises(three.exceptions.ParameterVersionNotFound):
        three.get_parameter(Name="/app/name:9")
    with pytest.raises(three.exceptions.ParameterAlreadyExists):
        three.put_parameter(Name="plain", Value="v", Type="String")


def test_an_arn_of_another_region_is_of_nothing_here(raw: Raw, keys: Keys, three: Client) -> None:
    assert raw.call("GetParameter", {"Name": arn(keys, "plain", "eu-west-1")}).error == NOT_FOUND


def test_an_arn_of_another_account_is_denied(raw: Raw, keys: Keys, three: Client) -> None:
    """[D] whether or not it exists: nobody shares anything yet."""
    other = "arn:aws:ssm:us-east-1:111122223333:parameter/plain"
    for operation, members in (
        ("GetParameter", {"Name": other}),
        ("GetParameters", {"Names": ["plain", other]}),
        ("GetParameterHistory", {"Name": other}),
    ):
        error = raw.call(operation, members).error
        assert (error.code, error.member) == ("AccessDeniedException", "Message")  # [Q]
        assert (error.text or "").startswith(
            f"User: arn:aws:iam::{keys.account}:root is not authorized to perform: ssm:{operation} on resource: {other}"
        )


def test_names_of_other_services_are_none_of_ours(raw: Raw, keys: Keys) -> None:
    for name in (
        f"arn:aws:s3:us-east-1:{keys.account}:parameter/a",
        f"arn:aws:ssm:us-east-1:{keys.account}:document/a",
        f"arn:aws:ssm:us-east-1:{keys.account}:parameter",
        "arn:aws:ssm:parameter/a",
    ):
        assert raw.call("GetParameter", {"Name": name}).error == validation(words.NAME)


# Several at once


def test_they_come_sorted_whatever_the_order_of_the_request(raw: Raw, ssm: Client) -> None:
    """[R] parameters by name, invalid ones too, and exact repetitions once."""
    for name in ("b", "/a", "/c/d", "A"):
        ssm.put_parameter(Name=name, Value=name, Type="String")
    asked = ["z", "b", "/c/d", "y:1", "A", "/a", "b", "z", "y"]
    answer = raw.call("GetParameters", {"Names": asked}).json
    assert [each["Name"] for each in answer["Parameters"]] == ["/a", "/c/d", "A", "b"]
    assert answer["InvalidParameters"] == ["y", "y:1", "z"]


def test_ways_to_name_one_parameter_stay_apart(raw: Raw, keys: Keys, three: Client) -> None:
    """[R] both spellings, the ARN and every selector have an entry of their own."""
    asked = ["plain", "/plain", "plain:1", "plain:01", arn(keys, "plain"), arn(keys, "plain:1")]
    answer = raw.call("GetParameters", {"Names": asked}).json
    shown = sorted((each["Name"], each.get("Selector", "")) for each in answer["Parameters"])
    assert shown == [("/plain", ""), ("plain", ""), ("plain", ""), ("plain", ":01"), ("plain", ":1"), ("plain", ":1")]
    assert answer["InvalidParameters"] == []


def test_nothing_found_is_a_success(raw: Raw) -> None:
    """[R] both lists are always there."""
    assert raw.call("GetParameters", {"Names": ["a"]}).body == b'{"InvalidParameters":["a"],"Parameters":[]}'


def test_ten_at_most(raw: Raw, ssm: Client) -> None:
    names = [f"n{number}" for number in range(11)]
    for name in names[:10]:
        ssm.put_parameter(Name=name, Value="v", Type="String")
    assert len(raw.call("GetParameters", {"Names": names[:10]}).json["Parameters"]) == 10
    assert raw.call("GetParameters", {"Names": names}).error == violation(  # [P]
        f"Value '[{', '.join(names)}]' at 'names' failed to satisfy constraint: Member must have length less than or"
        " equal to 10"
    )


ELEMENTS = (
    "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length"
    " greater than or equal to 1]"
)


@pytest.mark.parametrize(
    ("operation", "members", "item"),
    [
        (
            "GetParameter",
            {},
            "Value null at 'name' failed to satisfy constraint: Member must not be null",
        ),
        (
            "GetParameter",
            {"Name": ""},
            "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            "GetParameter",
            {"Name": "n" * 2049},
            f"Value '{'n' * 2049}' at 'name' failed to satisfy constraint: Member must have length less than or equal"
            " to 2048",
        ),
        (
            "GetParameters",
            {"Names": []},
            "Value '[]' at 'names' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            "GetParameters",
            {"WithDecryption": True},
            "Value null at 'names' failed to satisfy constraint: Member must not be null",
        ),
        (
            "GetParameters",
            {"Names": ["a", ""]},
            f"Value '[a, ]' at 'names' failed to satisfy constraint: {ELEMENTS}",
        ),
        (
            "GetParameters",
            {"Names": ["a", "n" * 2049]},
            f"Value '[a, {'n' * 2049}]' at 'names' failed to satisfy constraint: {ELEMENTS}",
        ),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_constraints(raw: Raw, operation: str, members: dict[str, Any], item: str) -> None:
    assert raw.call(operation, members).error == violation(item)


def test_decryption_means_nothing_for_plain_types(raw: Raw, three: Client) -> None:
    """[R]"""
    for name in ("plain", "/app/name"):
        answers = {
            raw.call("GetParameter", {"Name": name, "WithDecryption": flag}).body for flag in (True, False, None)
        }
        assert len(answers) == 1


def test_what_one_client_wrote_the_next_reads(raw: Raw, ssm: Client) -> None:
    """No read is ever older than the write that was answered before it."""
    for number in range(1, 31):
        ssm.put_parameter(Name="/counter", Value=str(number), Type="String", Overwrite=True)
        read = json.loads(raw.call("GetParameter", {"Name": "/counter"}).body)["Parameter"]
        assert (read["Value"], read["Version"]) == (str(number), number)
