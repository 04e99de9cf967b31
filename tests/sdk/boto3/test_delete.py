"""DeleteParameter and DeleteParameters."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk import words
from tests.sdk.raw import Error, Raw, validation, violation

from parastore.testing.server import Keys

NOT_FOUND = Error("ParameterNotFound")


def fill(ssm: Client, *names: str) -> None:
    for name in names:
        ssm.put_parameter(Name=name, Value="v", Type="String")


def left(ssm: Client) -> list[str]:
    return [each["Name"] for each in ssm.describe_parameters()["Parameters"]]


@pytest.mark.parametrize(
    ("stored", "asked"), [("a", "a"), ("a", "/a"), ("/a", "a"), ("/a", "/a"), ("/a/b", "/a/b"), ("/a/b", " /a/b ")]
)
def test_one(raw: Raw, ssm: Client, stored: str, asked: str) -> None:
    """[R] either spelling; the answer is an empty object."""
    fill(ssm, stored, "/other")
    assert raw.call("DeleteParameter", {"Name": asked}).body == b"{}"
    assert left(ssm) == ["/other"]
    for operation in ("DeleteParameter", "GetParameter", "GetParameterHistory"):
        assert raw.call(operation, {"Name": asked}).error == NOT_FOUND


def test_all_versions_go(raw: Raw, ssm: Client) -> None:
    """[D]"""
    for _ in range(3):
        ssm.put_parameter(Name="a", Value="v", Type="SecureString", Overwrite=True)
    ssm.delete_parameter(Name="a")
    fill(ssm, "a")
    assert [each["Version"] for each in ssm.get_parameter_history(Name="a")["Parameters"]] == [1]
    assert raw.call("GetParameter", {"Name": "a:2"}).error.code == "ParameterVersionNotFound"


def test_what_lies_below_stays(ssm: Client) -> None:
    fill(ssm, "/a", "/a/b", "/a/b/c", "/ab")
    ssm.delete_parameter(Name="/a")
    assert left(ssm) == ["/a/b", "/a/b/c", "/ab"]


def test_several(raw: Raw, ssm: Client) -> None:
    """[R] both lists are always there, and spell what was asked for."""
    fill(ssm, "a", "/b", "/c/d", "stays")
    answer = raw.call("DeleteParameters", {"Names": ["/c/d", "missing", "/a", "b", "none"]})
    assert answer.json == {"DeletedParameters": ["/a", "/c/d", "b"], "InvalidParameters": ["missing", "none"]}
    assert left(ssm) == ["stays"]


def test_none_of_several_is_a_success(raw: Raw) -> None:
    answer = raw.call("DeleteParameters", {"Names": ["a"]})
    assert answer.body == b'{"DeletedParameters":[],"InvalidParameters":["a"]}'


def test_ten_go_and_eleven_do_not(raw: Raw, ssm: Client) -> None:
    names = [f"n{number}" for number in range(11)]
    fill(ssm, *names)
    assert raw.call("DeleteParameters", {"Names": names}).error == violation(  # [P]
        f"Value '[{', '.join(names)}]' at 'names' failed to satisfy constraint: Member must have length less than or"
        " equal to 10"
    )
    assert len(left(ssm)) == 11
    answer = raw.call("DeleteParameters", {"Names": names[:10]}).json
    assert answer == {"DeletedParameters": sorted(names[:10]), "InvalidParameters": []}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        # Neither selectors nor ARNs are understood: a colon is no character of a name.
        ("a:1", validation(words.NAME)),
        ("ARN own", validation(words.NAME)),
        ("ARN another", validation(words.NAME)),
        ("a b", validation(words.NAME)),
        ("/a//b", validation(words.NAME)),
        ("{{a}}", validation(words.NAME)),
    ],
)
def test_bad_names(raw: Raw, ssm: Client, keys: Keys, name: str, error: Error) -> None:
    fill(ssm, "a")
    name = name.replace("ARN own", f"arn:aws:ssm:us-east-1:{keys.account}:parameter/a")
    name = name.replace("ARN another", "arn:aws:ssm:us-east-1:111122223333:parameter/a")
    assert raw.call("DeleteParameter", {"Name": name}).error == error
    assert raw.call("DeleteParameters", {"Names": ["a", name]}).error == error
    assert left(ssm) == ["a"]


@pytest.mark.parametrize(
    ("operation", "members", "item"),
    [
        ("DeleteParameter", {}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        (
            "DeleteParameter",
            {"Name": ""},
            "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        ("DeleteParameters", {}, "Value null at 'names' failed to satisfy constraint: Member must not be null"),
        (
            "DeleteParameters",
            {"Names": []},
            "Value '[]' at 'names' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
    ],
)
def test_constraints(raw: Raw, operation: str, members: dict[str, Any], item: str) -> None:
    assert raw.call(operation, members).error == violation(item)
