"""What a PutParameter makes of a parameter, and AWS's words when it makes nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from parastore.context import SecretValue
from parastore.errors import ServiceError, ValidationException
from parastore.ssm.errors import (
    ParameterAlreadyExists,
    ParameterPatternMismatchException,
    TooManyTagsError,
)
from parastore.ssm.rules.versions import Version, next_version
from parastore.ssm.shapes import PutParameterRequest, Tag

BY = "arn:aws:iam::123456789012:root"
ADVANCED_PAGE = (
    "For more information, see"
    " https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)


def put(current: Version | None = None, **members: Any) -> Version:
    name = members.pop("name", "/a")
    value = SecretValue(members.pop("value", "v"))
    return next_version(PutParameterRequest(name=name, value=value, **members), name, current, BY, 1_700_000_000_000)


def stored(**members: Any) -> Version:
    return put(**({"type": "String", "description": "before"} | members))


def test_create() -> None:
    assert put(type="String", value="é") == Version(
        path="/a",
        name="/a",
        version=1,
        type="String",
        content="é".encode(),
        key_id=None,
        description=None,
        allowed_pattern=None,
        tier="Standard",
        data_type="text",
        modified_at=1_700_000_000_000,
        modified_by=BY,
    )


def test_the_first_spelling_stays() -> None:
    before = stored(name="foo")
    after = put(before, name="/foo", overwrite=True)
    assert (before.path, after.path, after.name) == ("/foo", "/foo", "foo")


def test_overwrite_keeps_what_is_left_out() -> None:
    before = stored(type="StringList", allowed_pattern="[a-z]+", data_type="text")
    after = put(before, value="b,c", overwrite=True)
    assert after == msgspec.structs.replace(before, version=2, content=b"b,c")


def test_overwrite_clears_with_an_empty_text() -> None:
    before = stored(allowed_pattern="v")
    after = put(before, value="x", overwrite=True, description="", allowed_pattern="")
    assert (after.description, after.allowed_pattern) == (None, None)


def test_an_unchanged_value_makes_a_version_too() -> None:
    before = stored()
    assert put(before, overwrite=True).version == 2


def test_the_type_may_change() -> None:
    secret = put(stored(), type="SecureString", overwrite=True)
    assert (secret.type, secret.key_id) == ("SecureString", "alias/aws/ssm")
    back = put(secret, type="StringList", overwrite=True)
    assert (back.type, back.key_id) == ("StringList", None)


def test_an_overwrite_without_a_key_goes_back_to_the_default_key() -> None:
    before = stored(type="SecureString", key_id="alias/mine")
    assert before.key_id == "alias/mine"
    assert put(before, overwrite=True).key_id == "alias/aws/ssm"


@pytest.mark.parametrize("value", ["a" * 4096, "é" * 2048])
def test_values_that_fit(value: str) -> None:
    put(type="String", value=value)


def test_items_of_a_list_are_matched_one_by_one() -> None:
    put(type="StringList", value="a,b", allowed_pattern="[a-z]")
    with pytest.raises(ParameterPatternMismatchException):
        put(type="String", value="a,b", allowed_pattern="[a-z]")


def test_a_kept_pattern_still_checks() -> None:
    before = stored(value="abc", allowed_pattern="[a-z]+")
    with pytest.raises(ParameterPatternMismatchException) as caught:
        put(before, value="1", overwrite=True)
    assert caught.value.message == "Parameter value, cannot be validated against allowedPattern: [a-z]+"


def tags(count: int, key: str = "k") -> list[Tag]:
    return [Tag(key=f"{key}{number}", value="") for number in range(count)]


TOO_LARGE = (
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value,"
    f" upgrade the parameter to use the advanced-parameter tier. {ADVANCED_PAGE}"
)


@pytest.mark.parametrize(
    ("exists", "members", "error", "message"),
    [
        (
            True,
            {},
            ParameterAlreadyExists,
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        ),
        (True, {"overwrite": False}, ParameterAlreadyExists, None),
        *(
            (
                exists,
                {"overwrite": True, "tags": tags(1)},
                ValidationException,
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please"
                " remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or"
                " RemoveTagsFromResource.",
            )
            for exists in (True, False)
        ),
        (False, {"type": None}, ValidationException, "A parameter type is required when you create a parameter."),
        (
            False,
            {"type": None, "overwrite": True},
            ValidationException,
            "A parameter type is required when you create a parameter.",
        ),
        *(
            (
                False,
                {"value": value},
                ValidationException,
                f"Parameter value: '{value}' failed to satisfy constraint: Parameter value can't nest another"
                ' parameter. Do not use "{{}}" in the value.',
            )
            for value in ("{{ssm:x}}", "a{{}}b", "{{\n}}")
        ),
        (False, {"value": "a" * 4097}, ValidationException, TOO_LARGE),
        (False, {"value": "é" * 2049}, ValidationException, TOO_LARGE),
        (False, {"value": "a" * 4097, "tier": "Standard"}, ValidationException, TOO_LARGE),
        (
            False,
            {"data_type": "aws:ec2"},
            ValidationException,
            "The following data type is not supported: aws:ec2. (Data type names are all lowercase.)",
        ),
        (
            False,
            {"data_type": "aws:ssm:integration"},
            ValidationException,
            "Parameters with data type: aws:ssm:integration must start with prefix:"
            " /d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations",
        ),
        (
            False,
            {"data_type": "aws:ec2:image", "type": "StringList"},
            ValidationException,
            "The aws:ec2:image data type is not supported for the following input type: StringList",
        ),
        (
            False,
            {"key_id": "alias/x"},
            ValidationException,
            "KeyId is required for SecureString type parameter only.",
        ),
        (
            False,
            {"policies": '[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]'},
            ValidationException,
            "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to use"
            f" the advanced-parameter tier. {ADVANCED_PAGE}",
        ),
        (False, {"tags": tags(51)}, TooManyTagsError, ""),
        (False, {"tags": tags(1, "AWS:")}, ValidationException, None),
    ],
)
def test_refusals(*, exists: bool, members: dict[str, Any], error: type[ServiceError], message: str | None) -> None:
    current = stored() if exists else None
    with pytest.raises(error) as caught:
        put(current, **({"type": "String"} | members))
    if message is not None:
        assert caught.value.message == message


def test_fifty_tags_are_fine() -> None:
    put(type="String", tags=tags(50))
