"""DescribeParameters: what it tells, and all its filters, old and new."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk import words
from tests.sdk.raw import Error, Raw, validation, violation
from tests.sdk.settled import settled

from parastore.testing.server import Keys


def test_entries(raw: Raw, ssm: Client, keys: Keys) -> None:
    """[R] the latest version only, no Value, no Labels; Policies always; the rest where it is set."""
    root = f"arn:aws:iam::{keys.account}:root"
    ssm.put_parameter(Name="bare", Value="v", Type="String")
    ssm.put_parameter(Name="/full/one", Value="old", Type="SecureString")
    ssm.put_parameter(
        Name="/full/one", Value="new", Overwrite=True, Description="why", AllowedPattern="[a-z]+", Tier="Standard"
    )
    answer = raw.call("DescribeParameters", {}).json
    for each in answer["Parameters"]:
        assert isinstance(each.pop("LastModifiedDate"), float)
    common = {"DataType": "text", "LastModifiedUser": root, "Policies": [], "Tier": "Standard"}
    assert answer == {
        "Parameters": [
            {
                **common,
                "ARN": f"arn:aws:ssm:us-east-1:{keys.account}:parameter/bare",
                "Name": "bare",
                "Type": "String",
                "Version": 1,
            },
            {
                **common,
                "ARN": f"arn:aws:ssm:us-east-1:{keys.account}:parameter/full/one",
                "Name": "/full/one",
                "Type": "SecureString",
                "Version": 2,
                "Description": "why",
                "AllowedPattern": "[a-z]+",
                "KeyId": "alias/aws/ssm",
            },
        ]
    }


def test_an_empty_account(raw: Raw) -> None:
    assert raw.call("DescribeParameters", {}).body == b'{"Parameters":[]}'


def test_nothing_is_shared(raw: Raw, ssm: Client) -> None:
    ssm.put_parameter(Name="a", Value="v", Type="String")
    assert raw.call("DescribeParameters", {"Shared": True}).json == {"Parameters": []}
    assert len(raw.call("DescribeParameters", {"Shared": False}).json["Parameters"]) == 1


@pytest.fixture
def many(ssm: Client) -> Client:
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "empty", "Value": ""}]
    ssm.put_parameter(Name="/app/db/host", Value="h", Type="String", Tags=tags)
    ssm.put_parameter(Name="/app/db/hosts", Value="h,i", Type="StringList", Tags=[{"Key": "team", "Value": "blueish"}])
    ssm.put_parameter(Name="/app/db/password", Value="p", Type="SecureString", Tags=[{"Key": "Team", "Value": "blue"}])
    ssm.put_parameter(Name="/app/image", Value="ami-12345678", Type="String", DataType="aws:ec2:image")
    settled(ssm, "/app/image")
    ssm.put_parameter(Name="/apple", Value="a", Type="String")
    ssm.put_parameter(Name="/App/db/host", Value="a", Type="String")
    ssm.put_parameter(Name="plain", Value="p", Type="SecureString", KeyId="alias/aws/ssm")
    return ssm


DB = ["/app/db/host", "/app/db/hosts", "/app/db/password"]
ALL = ["/App/db/host", *DB, "/app/image", "/apple", "plain"]


def found(raw: Raw, **members: Any) -> list[str]:
    answer = raw.call("DescribeParameters", members).json
    assert "NextToken" not in answer
    return [each["Name"] for each in answer["Parameters"]]


def one(key: str, *values: str, option: str | None = None) -> dict[str, Any]:
    return {"Key": key, **({"Values": list(values)} if values else {}), **({"Option": option} if option else {})}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ALL),
        # Name: Equals is the default [D]; the leading slash is optional.
        ([one("Name", "/app/db/host")], ["/app/db/host"]),
        ([one("Name", "/app/db/host", option="Equals")], ["/app/db/host"]),
        ([one("Name", "plain")], ["plain"]),
        ([one("Name", "/plain")], ["plain"]),
        ([one("Name", "apple")], ["/apple"]),
        ([one("Name", "/app/db")], []),
        ([one("Name", "/APPLE")], []),
        ([one("Name", "/apple", "plain", "/missing")], ["/apple", "plain"]),
        ([one("Name", "/app/db/host", option="BeginsWith")], ["/app/db/host", "/app/db/hosts"]),
        ([one("Name", "/app", option="BeginsWith")], [*DB, "/app/image", "/apple"]),
        ([one("Name", "app", option="BeginsWith")], [*DB, "/app/image", "/apple"]),
        ([one("Name", "/app/i", "pl", option="BeginsWith")], ["/app/image", "plain"]),
        ([one("Name", "db/h", option="Contains")], ["/App/db/host", "/app/db/host", "/app/db/hosts"]),
        ([one("Name", "word", "age", option="Contains")], ["/app/db/password", "/app/image"]),
        ([one("Name", "%", option="Contains")], []),
        ([one("Name", "_", option="Contains")], []),
        ([one("Name", "app_", option="BeginsWith")], []),
        # Path: OneLevel is the default [D].
        ([one("Path", "/app")], ["/app/image"]),
        ([one("Path", "/app", option="OneLevel")], ["/app/image"]),
        ([one("Path", "/app", option="Recursive")], [*DB, "/app/image"]),
        ([one("Path", "/app/", option="Recursive")], [*DB, "/app/image"]),
        ([one("Path", "/app/db", "/App/db")], ["/App/db/host", *DB]),
        ([one("Path", "/")], ["/apple", "plain"]),
        ([one("Path", "/", option="Recursive")], ALL),
        ([one("Path", "/apple")], []),
        ([one("Type", "String")], ["/App/db/host", "/app/db/host", "/app/image", "/apple"]),
        ([one("Type", "StringList", "SecureString")], ["/app/db/hosts", "/app/db/password", "plain"]),
        ([one("Type", "String", option="BeginsWith")], ["/App/db/host", *DB[:2], "/app/image", "/apple"]),
        ([one("KeyId", "alias/aws/ssm")], ["/app/db/password", "plain"]),
        ([one("KeyId", "alias/", option="BeginsWith")], ["/app/db/password", "plain"]),
        ([one("KeyId", "aws/ssm")], []),
        ([one("Tier", "Standard")], ALL),
        ([one("Tier", "Advanced")], []),
        ([one("Tier", "Intelligent-Tiering")], []),
        ([one("DataType", "aws:ec2:image")], ["/app/image"]),
        ([one("DataType", "aws:", option="BeginsWith")], ["/app/image"]),
        ([one("tag:team", "blue")], ["/app/db/host"]),
        ([one("tag:team", "blue", "blueish")], ["/app/db/host", "/app/db/hosts"]),
        ([one("tag:team", "blue", option="BeginsWith")], ["/app/db/host", "/app/db/hosts"]),
        ([one("tag:Team", "blue")], ["/app/db/password"]),  # [M/D] keys are case-sensitive
        ([one("tag:team")], ["/app/db/host", "/app/db/hosts"]),  # [P] without values: the tag exists
        ([one("tag:empty")], ["/app/db/host"]),
        ([one("tag:nobody")], []),
        # AND of several, OR within one [D/P].
        ([one("Path", "/app", option="Recursive"), one("Type", "String")], ["/app/db/host", "/app/image"]),
        ([one("Name", "host", option="Contains"), one("Type", "String"), one("tag:team", "blue")], ["/app/db/host"]),
        ([one("tag:team"), one("tag:empty")], ["/app/db/host"]),
        ([one("Type", "String"), one("KeyId", "alias/aws/ssm")], []),
    ],
    ids=str,
)
def test_filters(raw: Raw, many: Client, filters: list[dict[str, Any]], names: list[str]) -> None:
    assert found(raw, ParameterFilters=filters) == names


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        # [R] a prefix here, where the new kind wants equality
        ([one("Name", "/app/db/host")], ["/app/db/host", "/app/db/hosts"]),
        ([one("Name", "app")], [*DB, "/app/image", "/apple"]),
        ([one("Name", "/App", "plai")], ["/App/db/host", "plain"]),
        ([one("Type", "StringList")], ["/app/db/hosts"]),
        ([one("Type", "StringList", "SecureString")], ["/app/db/hosts", "/app/db/password", "plain"]),
        ([one("KeyId", "alias/aws/ssm")], ["/app/db/password", "plain"]),
        ([one("KeyId", "alias/")], []),
        ([one("Name", "/app"), one("Type", "SecureString")], ["/app/db/password"]),
        ([], ALL),
    ],
    ids=str,
)
def test_legacy_filters(raw: Raw, many: Client, filters: list[dict[str, Any]], names: list[str]) -> None:
    assert found(raw, Filters=filters) == names


def test_filters_see_the_latest_version(raw: Raw, ssm: Client) -> None:
    ssm.put_parameter(Name="a", Value="v", Type="SecureString")
    ssm.put_parameter(Name="a", Value="v", Type="String", Overwrite=True)
    assert found(raw, ParameterFilters=[one("Type", "SecureString")]) == []
    assert found(raw, ParameterFilters=[one("KeyId", "alias/aws/ssm")]) == []
    assert found(raw, ParameterFilters=[one("Type", "String")]) == ["a"]


def bad_option(option: str, valid: str) -> Error:
    text = f"The following filter option is not valid: {option}. Valid options include: [{valid}]."
    return Error("InvalidFilterOption", "message", text)


def bad_value(value: str, valid: str) -> Error:
    text = f"The following filter value is not valid: {value}. Valid values include: [{valid}]."
    return Error("InvalidFilterOption", "message", text)


def no_values(key: str) -> Error:
    text = f"The following filter values are missing : null for filter key {key}."
    return Error("InvalidFilterValue", "Message", text)


RESERVED = validation(
    'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global'
    " parameters, please specify within a global namespace."
)


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        (
            [one("Label", "stable")],
            Error(
                "InvalidFilterKey",
                "Message",
                "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId,"
                " Tier].",
            ),
        ),  # [P]
        (
            [one("Name", "a"), one("Type", "String"), one("Name", "b")],
            Error(
                "InvalidFilterKey",
                "Message",
                "The following filter is duplicated in the request: Name. A request can contain only one occurrence of"
                " a specific filter.",
            ),
        ),  # [P]
        ([one("Type")], no_values("Type")),  # [R]
        ([one("KeyId")], no_values("KeyId")),  # [R]
        ([one("Name")], no_values("Name")),
        ([one("Type", "String", option="Contains")], bad_option("Contains", "BeginsWith, Equals")),  # [R/P]
        ([one("KeyId", "x", option="equals")], bad_option("equals", "BeginsWith, Equals")),
        ([one("Name", "x", option="Recursive")], bad_option("Recursive", "BeginsWith, Equals")),
        ([one("tag:a", "x", option="Contains")], bad_option("Contains", "BeginsWith, Equals")),
        ([one("Path", "/x", option="Equals")], bad_option("Equals", "Recursive, OneLevel")),  # [P]
        ([one("Type", "Text")], bad_value("Text", "String, StringList, SecureString")),  # [P]
        ([one("Tier", "standard")], bad_value("standard", "Standard, Advanced, Intelligent-Tiering")),  # [P]
        ([one("Path", "app")], validation(words.PATH)),  # [P]
        ([one("Path", "/app//x")], validation(words.PATH)),
        ([one("Path", "/app x")], validation(words.PATH)),
        ([one("Path", "/aws/x")], RESERVED),  # [P]
        ([one("Path", "/SSM/x")], RESERVED),
        ([one("Name", "/aws/x")], RESERVED),
        ([one("Name", "/ssm", option="BeginsWith")], RESERVED),
    ],
    ids=lambda value: str(value) if isinstance(value, list) else "",
)
def test_filters_that_are_refused(raw: Raw, filters: list[dict[str, Any]], error: Error) -> None:
    assert raw.call("DescribeParameters", {"ParameterFilters": filters}).error == error


def test_only_one_kind_of_filters(raw: Raw) -> None:
    members = {"Filters": [one("Name", "a")], "ParameterFilters": [one("Name", "a")]}
    assert raw.call("DescribeParameters", members).error == validation(
        "You can use either Filters or ParameterFilters in a single request."  # [P]
    )


KEYS = "Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"  # [R/M]
VALUES = (
    "Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length"
    " greater than or equal to 1]"
)


def at(path: str, value: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


@pytest.mark.parametrize(
    ("members", "item"),
    [
        (
            {"MaxResults": 51},
            at("maxResults", "51", "Member must have value less than or equal to 50"),
        ),
        (
            {"MaxResults": 0},
            at("maxResults", "0", "Member must have value greater than or equal to 1"),
        ),
        ({"ParameterFilters": [one("Value", "x")]}, at("parameterFilters.1.member.key", "Value", KEYS)),
        ({"ParameterFilters": [one("tag:", "x")]}, at("parameterFilters.1.member.key", "tag:", KEYS)),
        ({"ParameterFilters": [one("NameX", "x")]}, at("parameterFilters.1.member.key", "NameX", KEYS)),
        (
            {"ParameterFilters": [one("Name", "x", option="BeginsWith?")]},
            at("parameterFilters.1.member.option", "BeginsWith?", "Member must have length less than or equal to 10"),
        ),
        (
            {"ParameterFilters": [one("Name", *"x" * 51)]},
            at(
                "parameterFilters.1.member.values",
                f"[{', '.join('x' * 51)}]",
                "Member must have length less than or equal to 50",
            ),
        ),
        (
            {"ParameterFilters": [one("Name", "x" * 1025)]},
            at("parameterFilters.1.member.values", f"[{'x' * 1025}]", VALUES),
        ),
        (
            {"ParameterFilters": [one("Name", "x"), one("tag:" + "t" * 129, "x")]},
            at(
                "parameterFilters.2.member.key",
                "tag:" + "t" * 129,
                "Member must have length less than or equal to 132",
            ),
        ),
        (
            {"Filters": [{"Key": "Name"}]},
            "Value null at 'filters.1.member.values' failed to satisfy constraint: Member must not be null",
        ),
        (
            {"Filters": [one("Name", "x"), {"Key": "Type", "Values": []}]},
            at("filters.2.member.values", "[]", "Member must have length greater than or equal to 1"),
        ),
    ],
    ids=lambda value: str(value)[:70] if isinstance(value, dict) else "",
)
def test_constraints(raw: Raw, members: dict[str, Any], item: str) -> None:
    assert raw.call("DescribeParameters", members).error == violation(item)


def test_a_key_that_legacy_filters_do_not_have(raw: Raw) -> None:
    """The order in which the values of an enum are printed is arbitrary."""
    text = raw.call("DescribeParameters", {"Filters": [one("Path", "/x")]}).error.text or ""
    begin, _, values = text.partition("[")
    assert begin == (
        "1 validation error detected: Value 'Path' at 'filters.1.member.key' failed to satisfy constraint: Member must"
        " satisfy enum value set: "
    )
    assert sorted(values.rstrip("]").split(", ")) == ["KeyId", "Name", "Type"]


def test_fifty_to_a_page(ssm: Client) -> None:
    """[?] the documented most is taken for the default."""
    for number in range(51):
        ssm.put_parameter(Name=f"/n/{number:02}", Value="v", Type="String")
    first = ssm.describe_parameters()
    second = ssm.describe_parameters(NextToken=first["NextToken"])
    assert [len(first["Parameters"]), len(second["Parameters"])] == [50, 1]
    assert "NextToken" not in second
