"""Filters: what they mean, and AWS's words for those it refuses."""

from __future__ import annotations

import pytest

from parastore.errors import ServiceError, ValidationException
from parastore.ssm.errors import InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
from parastore.ssm.rules import filters
from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import BAD_PATH
from parastore.ssm.shapes import ParametersFilter, ParameterStringFilter


def one(key: str, values: list[str] | None = None, option: str | None = None) -> ParameterStringFilter:
    return ParameterStringFilter(key=key, option=option, values=values)


@pytest.mark.parametrize(
    ("each", "condition"),
    [
        (one("Name", ["foo"]), Condition("path", "equals", ("/foo",))),
        (one("Name", ["/foo", "b"], "Equals"), Condition("path", "equals", ("/foo", "/b"))),
        (one("Name", ["/a"], "BeginsWith"), Condition("path", "prefix", ("/a",))),
        (one("Name", ["b/c"], "Contains"), Condition("path", "contains", ("b/c",))),
        (one("Name", ["/aws/service/x"], "BeginsWith"), Condition("path", "prefix", ("/aws/service/x",))),
        (one("Path", ["/a"]), Condition("path", "children", ("/a",))),
        (one("Path", ["/a/", "/b"], "OneLevel"), Condition("path", "children", ("/a", "/b"))),
        (one("Path", ["/"], "Recursive"), Condition("path", "descendants", ("/",))),
        (one("Type", ["String"]), Condition("type", "equals", ("String",))),
        (one("Type", ["String"], "BeginsWith"), Condition("type", "prefix", ("String",))),
        (one("KeyId", ["alias/aws/ssm"]), Condition("key_id", "equals", ("alias/aws/ssm",))),
        (one("Tier", ["Intelligent-Tiering"]), Condition("tier", "equals", ("Intelligent-Tiering",))),
        (one("DataType", ["aws:ec2"], "BeginsWith"), Condition("data_type", "prefix", ("aws:ec2",))),
        (one("tag:env"), Condition("tag:env", "present", ())),
        (one("tag:env", ["prod"]), Condition("tag:env", "equals", ("prod",))),
        (one("tag:env", ["p"], "BeginsWith"), Condition("tag:env", "prefix", ("p",))),
    ],
)
def test_describe(each: ParameterStringFilter, condition: Condition) -> None:
    assert filters.describe(None, [each]) == (condition,)


EQUALITY = "The following filter option is not valid: {}. Valid options include: [BeginsWith, Equals]."


@pytest.mark.parametrize(
    ("several", "error", "message"),
    [
        (
            [one("Label", ["x"])],
            InvalidFilterKey,
            "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier].",
        ),
        (
            [one("Name", ["x"]), one("Name", ["y"])],
            InvalidFilterKey,
            "The following filter is duplicated in the request: Name. A request can contain only one occurrence of a"
            " specific filter.",
        ),
        ([one("Type")], InvalidFilterValue, "The following filter values are missing : null for filter key Type."),
        (
            [one("KeyId", [])],
            InvalidFilterValue,
            "The following filter values are missing : null for filter key KeyId.",
        ),
        ([one("Type", ["String"], "Contains")], InvalidFilterOption, EQUALITY.format("Contains")),
        ([one("Name", ["x"], "equals")], InvalidFilterOption, EQUALITY.format("equals")),
        (
            [one("Path", ["/a"], "Equals")],
            InvalidFilterOption,
            "The following filter option is not valid: Equals. Valid options include: [Recursive, OneLevel].",
        ),
        (
            [one("Type", ["string"])],
            InvalidFilterOption,
            "The following filter value is not valid: string. Valid values include: [String, StringList,"
            " SecureString].",
        ),
        (
            [one("Tier", ["Gold"])],
            InvalidFilterOption,
            "The following filter value is not valid: Gold. Valid values include: [Standard, Advanced,"
            " Intelligent-Tiering].",
        ),
        ([one("Path", ["a"])], ValidationException, BAD_PATH),
        *(
            (
                [one(key, [value])],
                ValidationException,
                'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using'
                " global parameters, please specify within a global namespace.",
            )
            for key, value in (("Path", "/aws/x"), ("Path", "/SSM"), ("Name", "/awsx"), ("Name", "/ssm/y"))
        ),
    ],
)
def test_describe_refuses(several: list[ParameterStringFilter], error: type[ServiceError], message: str) -> None:
    with pytest.raises(error) as caught:
        filters.describe(None, several)
    assert caught.value.message == message


def test_the_older_form() -> None:
    legacy = [
        ParametersFilter(key="Name", values=["foo", "/b"]),
        ParametersFilter(key="Type", values=["String"]),
        ParametersFilter(key="KeyId", values=["alias/x"]),
    ]
    assert filters.describe(legacy, None) == (
        Condition("path", "prefix", ("/foo", "/b")),
        Condition("type", "equals", ("String",)),
        Condition("key_id", "equals", ("alias/x",)),
    )
    with pytest.raises(ValidationException) as caught:
        filters.describe(legacy, [one("Name", ["x"])])
    assert caught.value.message == "You can use either Filters or ParameterFilters in a single request."


@pytest.mark.parametrize(
    ("several", "error", "message"),
    [
        (
            [one("Name", ["x"])],
            InvalidFilterKey,
            "The following filter key is not valid: Name. Valid filter keys include: [Type, KeyId, Label].",
        ),
        ([one("Type", ["String"], "Contains")], InvalidFilterOption, EQUALITY.format("Contains")),
        (
            [one("Label", ["x"], "BeginsWith")],
            InvalidFilterOption,
            "The following filter option is not valid: BeginsWith. Valid options include: [Equals].",
        ),
        ([one("Label", ["x", "y"])], InvalidFilterValue, "The following filter Label can have only one value"),
        ([one("Label")], InvalidFilterValue, "The following filter values are missing : null for filter key Label."),
    ],
)
def test_by_path_refuses(several: list[ParameterStringFilter], error: type[ServiceError], message: str) -> None:
    with pytest.raises(error) as caught:
        filters.by_path(several)
    assert caught.value.message == message


def test_by_path() -> None:
    assert filters.by_path(None) == ()
    assert filters.by_path([one("Type", ["String"]), one("Label", ["prod"])]) == (
        Condition("type", "equals", ("String",)),
        Condition("label", "equals", ("prod",)),
    )
