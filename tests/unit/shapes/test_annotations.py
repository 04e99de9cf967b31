"""How annotations are read, and patterns translated."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Annotated, Any

import msgspec
import pytest
from tests.unit.shapes.everything import Everything, Inner, Needs

from parastore.context import SecretValue
from parastore.shapes import Long, Shape, decode, number, text
from parastore.ssm import shapes as ssm
from parastore.violations import expression, members, secret_members


def test_letters_spaces_and_numbers_are_those_of_unicode() -> None:
    matches = re.compile(expression(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")).search

    for code in range(sys.maxunicode + 1):
        character = chr(code)
        expected = unicodedata.category(character)[0] in "LZN" or character in "_.:/=+-@"
        assert bool(matches(character)) == expected, hex(code)


@pytest.mark.parametrize(
    ("pattern", "value", "holds"),
    [
        ("a|b", "a", True),
        ("a|b", "ab", False),
        ("a|b", "b\n", False),
        ("^a$", "a\n", False),
        ("^a$", "a", True),
        # Java's classes are ASCII.
        (r"[\w+=,.@-]*", "\u00e9", False),
        (r"[\w+=,.@-]*", "e", True),
        (r"\d+", "\u0661", False),
    ],
)
def test_a_pattern_matches_the_whole_string(pattern: str, value: str, holds: bool) -> None:
    assert bool(re.search(expression(pattern), value)) is holds


def test_a_category_python_does_not_know_is_noticed_at_once() -> None:
    with pytest.raises(re.error):
        text(0, 1, r"\p{Lu}")


def test_members_are_read_once() -> None:
    assert members(Everything) is members(Everything)


def test_the_way_to_a_secret_is_known() -> None:
    assert [member.attribute for member in secret_members(Everything)] == [
        "secret", "secrets", "vault", "inner", "inners", "by_name",
    ]  # fmt: skip
    # `below` leads to Inner again: it holds what Inner holds.
    assert [member.attribute for member in secret_members(Inner)] == ["note", "below"]
    assert secret_members(ssm.GetParameterRequest) == ()


def test_a_long_is_no_integer() -> None:
    kinds = {member.name: member.node.kind for member in members(Everything)}

    assert (kinds["Integer"], kinds["Few"], kinds["Long"], kinds["Moment"]) == (
        "Integer",
        "Integer",
        "Long",
        "Timestamp",
    )
    assert {member.name: member.required for member in members(Needs)} == {"Name": True, "Value": True, "Names": True}


def test_a_long_may_have_limits() -> None:
    class Sized(Shape, kw_only=True):
        size: Annotated[int, number(1, 2**40, kind="Long")] | None = None
        plain: Long | None = None

    assert decode(Sized, b'{"Size":1099511627776,"Plain":-9223372036854775808}').size == 2**40


class BareInteger(Shape, kw_only=True):
    size: int | None = None


class Ellipses(Shape, kw_only=True):
    size: complex | None = None


@pytest.mark.parametrize("shape", [BareInteger, Ellipses])
def test_a_type_that_is_not_of_a_model_is_refused(shape: type[Shape]) -> None:
    with pytest.raises(TypeError):
        members(shape)


def test_secrets_compare_by_content() -> None:
    one: Any = decode(Needs, b'{"Name":"n","Value":"v","Names":[]}')

    assert one == Needs(name="n", value=SecretValue("v"), names=[])
    assert one != Needs(name="n", value=SecretValue("w"), names=[])
    assert isinstance(one, msgspec.Struct)
