"""GetParametersByPath: what lies below a path, in which order, and its filters."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk import words
from tests.sdk.raw import Error, Raw, validation, violation

from parastore.testing.server import Keys

TREE = ["/app", "/app/b", "/app/a", "/app/a/x", "/app/a/x/deep", "/app/c/y", "/apple/pie", "/App/other", "top", "/zed"]


@pytest.fixture
def tree(ssm: Client) -> Client:
    for name in TREE:
        ssm.put_parameter(Name=name, Value=f"value of {name}", Type="String")
    return ssm


def names(raw: Raw, **members: Any) -> list[str]:
    answer = raw.call("GetParametersByPath", members).json
    assert "NextToken" not in answer
    return [each["Name"] for each in answer["Parameters"]]


@pytest.mark.parametrize(
    ("path", "recursive", "found"),
    [
        # [P] never the parameter that is named like the path
        ("/app", False, ["/app/a", "/app/b"]),
        ("/app/", False, ["/app/a", "/app/b"]),
        # [R] direct children first, then deeper levels, by name within a level
        ("/app", True, ["/app/a", "/app/b", "/app/a/x", "/app/c/y", "/app/a/x/deep"]),
        ("/app/", True, ["/app/a", "/app/b", "/app/a/x", "/app/c/y", "/app/a/x/deep"]),
        ("/app/a", True, ["/app/a/x", "/app/a/x/deep"]),
        ("/app/a/x/deep", True, []),
        ("/app/c", False, ["/app/c/y"]),
        ("/ap", True, []),
        ("/top", True, []),
        # [R] names without a slash are top-level too, and listings show the stored spelling
        ("/", False, ["/app", "top", "/zed"]),
        (
            "/",
            True,
            [
                "/app",
                "top",
                "/zed",
                "/App/other",
                "/app/a",
                "/app/b",
                "/apple/pie",
                "/app/a/x",
                "/app/c/y",
                "/app/a/x/deep",
            ],
        ),
        ("/nowhere", False, []),
        ("/aws/service/none", True, []),  # [D] public paths may be listed
    ],
)
def test_what_is_listed(raw: Raw, tree: Client, path: str, recursive: bool, found: list[str]) -> None:
    assert names(raw, Path=path, Recursive=recursive) == found


def test_not_recursive_is_the_default(raw: Raw, tree: Client) -> None:
    assert names(raw, Path="/app") == names(raw, Path="/app", Recursive=False)


def test_entries_are_those_of_get_parameter(raw: Raw, keys: Keys, ssm: Client) -> None:
    """[R]"""
    ssm.put_parameter(Name="/x/a", Value="one", Type="String", Description="d")
    ssm.put_parameter(Name="/x/a", Value="two", Type="StringList", Overwrite=True)
    answer = raw.call("GetParametersByPath", {"Path": "/x"}).json
    assert answer == {"Parameters": [raw.call("GetParameter", {"Name": "/x/a"}).json["Parameter"]]}
    assert answer["Parameters"][0]["ARN"] == f"arn:aws:ssm:us-east-1:{keys.account}:parameter/x/a"
    assert answer["Parameters"][0]["Version"] == 2


def test_an_empty_answer(raw: Raw) -> None:
    assert raw.call("GetParametersByPath", {"Path": "/"}).body == b'{"Parameters":[]}'


@pytest.mark.parametrize(
    "path", ["app", "app/", "", "//", "/app//a", "/app a", "/app@", "/app:1", "/{{app}}", "/ä", "/ssm", "/SSM/x", "*"]
)
def test_malformed_paths(raw: Raw, path: str) -> None:
    error = raw.call("GetParametersByPath", {"Path": path}).error
    if path:
        assert error == validation(words.PATH)  # [P]
    else:
        assert error == violation(
            "Value '' at 'path' failed to satisfy constraint: Member must have length greater than or equal to 1"
        )


# Filters


@pytest.fixture
def mixed(ssm: Client) -> Client:
    ssm.put_parameter(Name="/m/list", Value="a,b", Type="StringList")
    ssm.put_parameter(Name="/m/secret", Value="s", Type="SecureString")
    ssm.put_parameter(Name="/m/text", Value="t", Type="String")
    ssm.put_parameter(Name="/m/x/secret", Value="s2", Type="SecureString")
    return ssm


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([], ["/m/list", "/m/secret", "/m/text", "/m/x/secret"]),
        ([{"Key": "Type", "Values": ["SecureString"]}], ["/m/secret", "/m/x/secret"]),
        ([{"Key": "Type", "Option": "Equals", "Values": ["String"]}], ["/m/text"]),
        ([{"Key": "Type", "Option": "BeginsWith", "Values": ["String"]}], ["/m/list", "/m/text"]),
        ([{"Key": "Type", "Values": ["String", "StringList"]}], ["/m/list", "/m/text"]),
        ([{"Key": "KeyId", "Values": ["alias/aws/ssm"]}], ["/m/secret", "/m/x/secret"]),
        ([{"Key": "KeyId", "Option": "BeginsWith", "Values": ["alias/"]}], ["/m/secret", "/m/x/secret"]),
        ([{"Key": "KeyId", "Values": ["alias/other"]}], []),
        ([{"Key": "Type", "Values": ["String"]}, {"Key": "KeyId", "Values": ["alias/aws/ssm"]}], []),
        ([{"Key": "Label", "Values": ["stable"]}], []),  # [R] those without the label are skipped
        ([{"Key": "Label", "Option": "Equals", "Values": ["stable"]}], []),
    ],
    ids=str,
)
def test_filters(raw: Raw, mixed: Client, filters: list[dict[str, Any]], found: list[str]) -> None:
    assert names(raw, Path="/m", Recursive=True, ParameterFilters=filters) == found


def bad_key(key: str) -> Error:
    text = f"The following filter key is not valid: {key}. Valid filter keys include: [Type, KeyId, Label]."
    return Error("InvalidFilterKey", "Message", text)


def bad_option(option: str, valid: str) -> Error:
    text = f"The following filter option is not valid: {option}. Valid options include: [{valid}]."
    return Error("InvalidFilterOption", "message", text)


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        # All [R] but where another source is named.
        ([{"Key": "Name", "Values": ["a"]}], bad_key("Name")),
        ([{"Key": "Path", "Option": "Recursive", "Values": ["/a"]}], bad_key("Path")),
        ([{"Key": "Tier", "Values": ["Standard"]}], bad_key("Tier")),
        ([{"Key": "DataType", "Values": ["text"]}], bad_key("DataType")),
        ([{"Key": "tag:team", "Values": ["a"]}], bad_key("tag:team")),
        ([{"Key": "Type", "Option": "Contains", "Values": ["String"]}], bad_option("Contains", "BeginsWith, Equals")),
        ([{"Key": "Label", "Option": "BeginsWith", "Values": ["s"]}], bad_option("BeginsWith", "Equals")),
        (
            [{"Key": "Label", "Values": ["a", "b"]}],
            Error("InvalidFilterValue", "Message", "The following filter Label can have only one value"),
        ),
        (
            [{"Key": "Type"}],
            Error(
                "InvalidFilterValue",
                "Message",
                "The following filter values are missing : null for filter key Type.",
            ),
        ),
        (
            [{"Key": "Type", "Values": ["Text"]}],
            Error(
                "InvalidFilterOption",
                "message",
                "The following filter value is not valid: Text. Valid values include: [String, StringList,"
                " SecureString].",
            ),
        ),  # [P]
        (
            [{"Key": "Type", "Values": ["String"]}, {"Key": "Type", "Values": ["StringList"]}],
            Error(
                "InvalidFilterKey",
                "Message",
                "The following filter is duplicated in the request: Type. A request can contain only one occurrence of"
                " a specific filter.",
            ),
        ),  # [P]
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, list) else "",
)
def test_filters_that_are_refused(raw: Raw, filters: list[dict[str, Any]], error: Error) -> None:
    assert raw.call("GetParametersByPath", {"Path": "/", "ParameterFilters": filters}).error == error


LISTED = "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"


@pytest.mark.parametrize(
    ("members", "item"),
    [
        ({"Path": None}, "Value null at 'path' failed to satisfy constraint: Member must not be null"),
        (
            {"Path": "/" * 2049},
            f"Value '{'/' * 2049}' at 'path' failed to satisfy constraint: Member must have length less than or equal"
            " to 2048",
        ),
        # [Q] quotes around the number
        (
            {"MaxResults": 11},
            "Value '11' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 10",
        ),
        (
            {"MaxResults": 0},
            "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            {"MaxResults": -1},
            "Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to"
            " 1",
        ),
        (
            {"ParameterFilters": [{"Key": "type", "Values": ["String"]}]},
            "Value 'type' at 'parameterFilters.1.member.key' failed to satisfy constraint: Member must satisfy regular"
            f" expression pattern: {LISTED}",
        ),
        (
            {"ParameterFilters": [{"Key": "Type", "Values": ["String"]}, {"Key": "Label", "Option": ""}]},
            "Value '' at 'parameterFilters.2.member.option' failed to satisfy constraint: Member must have length"
            " greater than or equal to 1",
        ),
        (
            {"ParameterFilters": [{"Key": "Type", "Values": []}]},
            "Value '[]' at 'parameterFilters.1.member.values' failed to satisfy constraint: Member must have length"
            " greater than or equal to 1",
        ),
        (
            {"ParameterFilters": [{"Key": "Type", "Values": ["String", ""]}]},
            "Value '[String, ]' at 'parameterFilters.1.member.values' failed to satisfy constraint: Member must satisfy"
            " constraint: [Member must have length less than or equal to 1024, Member must have length greater than or"
            " equal to 1]",
        ),
        (
            {"ParameterFilters": [{"Values": ["String"]}]},
            "Value null at 'parameterFilters.1.member.key' failed to satisfy constraint: Member must not be null",
        ),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_constraints(raw: Raw, members: dict[str, Any], item: str) -> None:
    assert raw.call("GetParametersByPath", {"Path": "/", **members}).error == violation(item)


def test_a_fraction_of_a_page(raw: Raw, tree: Client) -> None:
    """[Q*] 1.9 for an integer is cut to 1."""
    answer = raw.call("GetParametersByPath", {"Path": "/app", "MaxResults": 1.9}).json
    assert [each["Name"] for each in answer["Parameters"]] == ["/app/a"]
    assert "NextToken" in answer
