"""Broken limits: one ValidationException that names every one, in AWS's words."""

from __future__ import annotations

from typing import Annotated

import pytest
from tests.unit.shapes.everything import Everything, Needs

from parastore.errors import ServiceError, ValidationException
from parastore.shapes import Shape, decode, text
from parastore.ssm.shapes import (
    DeleteParametersRequest,
    DescribeParametersRequest,
    GetParameterRequest,
    GetParametersByPathRequest,
    GetParametersRequest,
    PutParameterRequest,
)

LONG_LABEL = "l" * 101
KEY = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


class Labels(Shape, kw_only=True):
    labels: list[Annotated[str, text(1, 100)]]


def refusal(shape: type[Shape], body: str) -> str:
    with pytest.raises(ValidationException) as caught:
        decode(shape, body.encode())
    assert caught.value.__context__ is None
    return caught.value.message


@pytest.mark.parametrize(
    ("shape", "body", "item"),
    [
        (GetParameterRequest, "{}", "Value null at 'name' ...: Member must not be null"),
        (GetParameterRequest, '{"Name":null}', "Value null at 'name' ...: Member must not be null"),
        (
            GetParameterRequest,
            '{"Name":""}',
            "Value '' at 'name' ...: Member must have length greater than or equal to 1",
        ),
        # Recorded answers.
        (
            PutParameterRequest,
            '{"Name":"n","Value":"","Type":"String"}',
            "Value at 'value' ...: Member must have length greater than or equal to 1",
        ),
        (
            PutParameterRequest,
            f'{{"Name":"n","Value":"{"x" * 32769}"}}',
            "Value at 'value' ...: Member must have length less than or equal to 32768",
        ),
        (
            PutParameterRequest,
            '{"Name":"n","Value":"v","Type":"SecretString"}',
            "Value 'SecretString' at 'type' ...: "
            "Member must satisfy enum value set: [SecureString, StringList, String]",
        ),
        (
            Labels,
            f'{{"Labels":["{LONG_LABEL}"]}}',
            f"Value '[{LONG_LABEL}]' at 'labels' ...: Member must satisfy constraint: "
            "[Member must have length less than or equal to 100, Member must have length greater than or equal to 1]",
        ),
        (
            DescribeParametersRequest,
            '{"ParameterFilters":[{"Key":"key"}]}',
            "Value 'key' at 'parameterFilters.1.member.key' ...: Member must satisfy regular expression pattern: "
            "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType",
        ),
        (
            GetParametersByPathRequest,
            '{"Path":"/","MaxResults":100}',
            "Value '100' at 'maxResults' ...: Member must have value less than or equal to 10",
        ),
        (
            GetParametersByPathRequest,
            '{"Path":"/","MaxResults":0}',
            "Value '0' at 'maxResults' ...: Member must have value greater than or equal to 1",
        ),
        # A fraction is cut before it is judged, a number too big for its type becomes the biggest.
        (
            GetParametersByPathRequest,
            '{"Path":"/","MaxResults":0.9}',
            "Value '0' at 'maxResults' ...: Member must have value greater than or equal to 1",
        ),
        (
            GetParametersByPathRequest,
            '{"Path":"/","MaxResults":99999999999}',
            "Value '2147483647' at 'maxResults' ...: Member must have value less than or equal to 10",
        ),
        (
            GetParametersRequest,
            '{"Names":["a","b","c","d","e","f","g","h","i","j","k"]}',
            "Value '[a, b, c, d, e, f, g, h, i, j, k]' at 'names' ...: "
            "Member must have length less than or equal to 10",
        ),
        (
            DeleteParametersRequest,
            '{"Names":[]}',
            "Value '[]' at 'names' ...: Member must have length greater than or equal to 1",
        ),
        # A list of nulls is an empty one.
        (
            GetParametersRequest,
            '{"Names":[null]}',
            "Value '[]' at 'names' ...: Member must have length greater than or equal to 1",
        ),
        (
            DescribeParametersRequest,
            '{"ParameterFilters":[{"Key":"Name","Values":["a",""]}]}',
            "Value '[a, ]' at 'parameterFilters.1.member.values' ...: Member must satisfy constraint: "
            "[Member must have length less than or equal to 1024, Member must have length greater than or equal to 1]",
        ),
        (
            DescribeParametersRequest,
            '{"ParameterFilters":[{"Key":"Name"},{"Key":"Type","Values":[]}]}',
            "Value '[]' at 'parameterFilters.2.member.values' ...: Member must have length greater than or equal to 1",
        ),
        (
            DescribeParametersRequest,
            '{"Filters":[{"Key":"Tier","Values":["a"]}]}',
            "Value 'Tier' at 'filters.1.member.key' ...: Member must satisfy enum value set: [Name, Type, KeyId]",
        ),
        (
            PutParameterRequest,
            '{"Name":"n","Value":"v","Tags":[{"Key":"a","Value":"b"},{"Key":"a","Value":"$"}]}',
            f"Value '$' at 'tags.2.member.value' ...: Member must satisfy regular expression pattern: {KEY}",
        ),
        (
            PutParameterRequest,
            '{"Name":"n","Value":"v","KeyId":"a b"}',
            "Value 'a b' at 'keyId' ...: Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$",
        ),
        # The whole string must match: a trailing line feed is not forgiven, as Python's $ would.
        (
            PutParameterRequest,
            '{"Name":"n","Value":"v","KeyId":"ab\\n"}',
            "Value 'ab\n' at 'keyId' ...: Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$",
        ),
        (
            DescribeParametersRequest,
            '{"ParameterFilters":[{"Key":"NameX"}]}',
            "Value 'NameX' at 'parameterFilters.1.member.key' ...: Member must satisfy regular expression pattern: "
            "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType",
        ),
        # Sensitive members never show what they hold.
        (Everything, '{"Secret":"abcde"}', "Value at 'secret' ...: Member must have length less than or equal to 4"),
        (Everything, '{"Hidden":"aGVsbG8="}', "Value at 'hidden' ...: Member must have length less than or equal to 4"),
        (
            Everything,
            '{"Secrets":["abcd","b"]}',
            "Value at 'secrets' ...: Member must satisfy constraint: "
            "[Member must have length less than or equal to 3, Member must have length greater than or equal to 1]",
        ),
        (
            Everything,
            '{"Vault":{"a":"abcd"}}',
            "Value at 'vault' ...: Member must satisfy constraint: "
            "[Member must have length less than or equal to 3, Member must have length greater than or equal to 1]",
        ),
        (
            Everything,
            '{"Inner":{"Key":"k","Note":"a"}}',
            "Value at 'inner.note' ...: Member must have length greater than or equal to 2",
        ),
        (
            Everything,
            '{"Inners":[{"Key":"k"},{"Key":"k","Note":"abcde"}]}',
            "Value at 'inners.2.member.note' ...: Member must have length less than or equal to 4",
        ),
        (
            Everything,
            '{"Inner":{"Key":"k","Below":{"Key":"k","Note":"abcde"}}}',
            "Value at 'inner.below.note' ...: Member must have length less than or equal to 4",
        ),
        (
            Everything,
            '{"ByName":{"one":{"Key":""}}}',
            "Value '' at 'byName.one.member.key' ...: Member must have length greater than or equal to 1",
        ),
        # As Java prints other things.
        (
            Everything,
            '{"Data":"aGVsbG8="}',
            "Value 'java.nio.HeapByteBuffer[pos=0 lim=5 cap=5]' at 'data' ...: "
            "Member must have length less than or equal to 4",
        ),
        (
            Everything,
            '{"Labels":{"a":"b","c":"d","e":"f"}}',
            "Value '{a=b, c=d, e=f}' at 'labels' ...: Member must have length less than or equal to 2",
        ),
        (
            Everything,
            '{"Inners":[{"Key":"a"},{"Key":"b"},{"Key":"c"}]}',
            "Value '[Inner, Inner, Inner]' at 'inners' ...: Member must have length less than or equal to 2",
        ),
        (
            Everything,
            '{"Choices":["A","C"]}',
            "Value '[A, C]' at 'choices' ...: Member must satisfy constraint: "
            "[Member must satisfy enum value set: [B, A]]",
        ),
        # Lengths are in code points.
        (
            Everything,
            '{"Text":"\U0001f600"}',
            "Value '\U0001f600' at 'text' ...: Member must have length greater than or equal to 2",
        ),
    ],
)
def test_one_broken_limit(shape: type[Shape], body: str, item: str) -> None:
    expected = "1 validation error detected: " + item.replace("...", "failed to satisfy constraint")

    assert refusal(shape, body) == expected


def test_all_broken_limits_are_named_in_the_order_of_the_structure() -> None:
    body = '{"Tags":[{"Key":""}],"KeyId":"","Type":"x","Value":"","Name":""}'

    assert refusal(PutParameterRequest, body).split(": ", 1) == [
        "7 validation errors detected",
        "; ".join(
            item.replace("...", "failed to satisfy constraint: Member must")
            for item in (
                "Value '' at 'name' ... have length greater than or equal to 1",
                "Value at 'value' ... have length greater than or equal to 1",
                "Value 'x' at 'type' ... satisfy enum value set: [SecureString, StringList, String]",
                "Value '' at 'keyId' ... have length greater than or equal to 1",
                "Value '' at 'keyId' ... satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$",
                "Value '' at 'tags.1.member.key' ... have length greater than or equal to 1",
                "Value null at 'tags.1.member.value' ... not be null",
            )
        ),
    ]


def test_a_missing_secret_is_not_printed_as_null() -> None:
    assert refusal(Needs, '{"Name":"n","Names":[]}') == (
        "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must not be null"
    )


def test_ten_violations_are_enough() -> None:
    body = '{"Name":"n","Value":"v","Tags":[' + ",".join('{"Key":""}' for _ in range(500)) + "]}"

    message = refusal(PutParameterRequest, body)

    assert message.startswith("10 validation errors detected: ")
    assert message.count("; ") == 9


def test_only_the_first_letter_of_a_name_changes_in_a_path() -> None:
    class Named(Shape, kw_only=True, rename={"kms_key_arn": "KMSKeyArn"}):
        kms_key_arn: str

    assert "at 'kMSKeyArn' failed" in refusal(Named, "{}")


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        (GetParameterRequest, f'{{"Name":"{"n" * 2048}"}}'),
        (PutParameterRequest, f'{{"Name":"n","Value":"{"v" * 32768}","Description":"","AllowedPattern":""}}'),
        (PutParameterRequest, '{"Name":"n","Value":"v","Tags":[],"DataType":""}'),
        (PutParameterRequest, '{"Name":"n","Value":"v","Tags":[{"Key":"\u00e9 \u00b2: no","Value":""}]}'),
        (PutParameterRequest, '{"Name":"n","Value":"v","Tags":[{"Key":"\u540d a_.:/=+-@","Value":"\u3000\u2460"}]}'),
        (DescribeParametersRequest, '{"ParameterFilters":[{"Key":"tag:Name"},{"Key":"DataType","Option":"Equals"}]}'),
        (DescribeParametersRequest, '{"MaxResults":50,"Filters":[],"ParameterFilters":[]}'),
        (GetParametersByPathRequest, '{"Path":"/","MaxResults":10,"NextToken":""}'),
        (Everything, '{"Inner":{"Key":"k","Note":"ab","Below":{"Key":"z","Note":null}},"Secrets":["abc"]}'),
    ],
)
def test_at_the_edge_is_within(shape: type[Shape], body: str) -> None:
    try:
        decode(shape, body.encode())
    except ServiceError as error:
        pytest.fail(error.message)
