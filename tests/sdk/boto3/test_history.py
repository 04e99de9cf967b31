"""GetParameterHistory, and which versions are kept."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk import words
from tests.sdk.raw import Error, Raw, validation, violation

from parastore.testing.server import Keys


def test_entries(raw: Raw, ssm: Client, keys: Keys) -> None:
    """[R] Labels and Policies always, KeyId, Description and AllowedPattern as each version had them, no ARN."""
    root = f"arn:aws:iam::{keys.account}:root"
    ssm.put_parameter(Name="/a", Value="plain", Type="String")
    ssm.put_parameter(
        Name="/a", Value="1,2", Type="StringList", Overwrite=True, Description="d", AllowedPattern="[0-9]+"
    )
    ssm.put_parameter(Name="/a", Value="3", Type="SecureString", Overwrite=True)
    entries = raw.call("GetParameterHistory", {"Name": "/a", "WithDecryption": True}).json
    dates = [entry.pop("LastModifiedDate") for entry in entries["Parameters"]]
    assert dates == sorted(dates)
    common = {
        "DataType": "text",
        "Labels": [],
        "LastModifiedUser": root,
        "Name": "/a",
        "Policies": [],
        "Tier": "Standard",
    }
    kept = {"Description": "d", "AllowedPattern": "[0-9]+"}
    assert entries == {
        "Parameters": [
            {**common, "Type": "String", "Value": "plain", "Version": 1},
            {**common, **kept, "Type": "StringList", "Value": "1,2", "Version": 2},
            {**common, **kept, "Type": "SecureString", "Value": "3", "Version": 3, "KeyId": "alias/aws/ssm"},
        ]
    }


@pytest.mark.parametrize(
    ("asked", "shown"), [("plain", "plain"), ("/plain", "/plain"), ("ARN plain", "plain"), (" plain ", "plain")]
)
def test_ways_to_ask(raw: Raw, ssm: Client, keys: Keys, asked: str, shown: str) -> None:
    """[R] the spelling asked for is echoed; asked for by ARN it is the stored one."""
    for value in ("1", "2"):
        ssm.put_parameter(Name="plain", Value=value, Type="String", Overwrite=True)
    asked = asked.replace("ARN ", f"arn:aws:ssm:us-east-1:{keys.account}:parameter/")
    found = raw.call("GetParameterHistory", {"Name": asked}).json["Parameters"]
    assert [(each["Name"], each["Value"]) for each in found] == [(shown, "1"), (shown, "2")]


def test_without_decryption_only_secrets_are_closed(ssm: Client) -> None:
    ssm.put_parameter(Name="/a", Value="open", Type="String")
    ssm.put_parameter(Name="/a", Value="closed", Type="SecureString", Overwrite=True)
    first, second = ssm.get_parameter_history(Name="/a")["Parameters"]
    assert first["Value"] == "open"
    assert second["Value"].startswith("AQICAH")


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"Name": "missing"}, Error("ParameterNotFound")),  # [R] no text
        ({"Name": "/missing/too"}, Error("ParameterNotFound")),
        # Selectors are not understood: a colon is no character of a name.
        ({"Name": "a:1"}, validation(words.NAME)),
        ({"Name": "ARN:1"}, validation(words.NAME)),
        ({"Name": "a b"}, validation(words.NAME)),
        ({"Name": "a/b"}, validation(words.NAME)),
        ({}, violation("Value null at 'name' failed to satisfy constraint: Member must not be null")),
        (
            {"Name": "a", "MaxResults": 51},
            violation(
                "Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to"
                " 50"
            ),
        ),
        (
            {"Name": "a", "MaxResults": 0},
            violation(
                "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal"
                " to 1"
            ),
        ),
        (
            {"Name": "a", "NextToken": "x"},
            Error("InvalidNextToken", "Message", "The following token is invalid: x."),  # [R]
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_refusals(raw: Raw, ssm: Client, keys: Keys, members: dict[str, Any], error: Error) -> None:
    ssm.put_parameter(Name="a", Value="v", Type="String")
    if "ARN" in members.get("Name", ""):
        members = {"Name": members["Name"].replace("ARN", f"arn:aws:ssm:us-east-1:{keys.account}:parameter/a")}
    assert raw.call("GetParameterHistory", members).error == error


def test_the_hundred_newest_versions_are_kept(raw: Raw, ssm: Client) -> None:
    """[D/M] number 101 pushes out the oldest: it is in no history, and its selector finds nothing [D]."""
    for number in range(1, 101):
        ssm.put_parameter(Name="/v", Value=f"v{number}", Type="String", Overwrite=True)
    assert ssm.get_parameter(Name="/v:1")["Parameter"]["Value"] == "v1"
    for number in range(101, 104):
        assert ssm.put_parameter(Name="/v", Value=f"v{number}", Overwrite=True)["Version"] == number
    gone = Error("ParameterVersionNotFound", "message", words.version("3", "/v"))
    assert raw.call("GetParameter", {"Name": "/v:3"}).error == gone
    assert ssm.get_parameters(Names=["/v:3", "/v:4"])["InvalidParameters"] == ["/v:3"]
    assert ssm.get_parameter(Name="/v:4")["Parameter"]["Value"] == "v4"
    assert ssm.get_parameter(Name="/v:103")["Parameter"]["Value"] == "v103"

    first = ssm.get_parameter_history(Name="/v")  # [P] fifty to a page
    second = ssm.get_parameter_history(Name="/v", NextToken=first["NextToken"])
    assert "NextToken" not in second
    versions = [each["Version"] for each in first["Parameters"] + second["Parameters"]]
    assert versions == list(range(4, 104))
    assert len(first["Parameters"]) == 50


def test_the_paginator_of_boto(ssm: Client) -> None:
    for number in range(7):
        ssm.put_parameter(Name="/v", Value=f"{number}", Type="String", Overwrite=True)
    pages = list(ssm.get_paginator("get_parameter_history").paginate(Name="/v", PaginationConfig={"PageSize": 3}))
    assert [[each["Version"] for each in page["Parameters"]] for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
