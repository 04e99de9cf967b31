"""Wrong JSON types and malformed bodies: SerializationException in AWS's words, and what is let pass."""

from __future__ import annotations

import pytest
from tests.unit.shapes.everything import Everything, Inner, Needs

from parastore.context import SecretValue
from parastore.errors import SerializationException
from parastore.shapes import decode

LIST = "Start of list found where not expected"
STRUCTURE = "Start of structure or map found where not expected."


def refusal(body: bytes) -> str:
    with pytest.raises(SerializationException) as caught:
        decode(Everything, body)
    assert caught.value.__context__ is None
    return caught.value.message


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("Integer", '"1"', "STRING_VALUE can not be converted to an Integer"),
        ("Integer", "true", "TRUE_VALUE can not be converted to an Integer"),
        ("Integer", "false", "FALSE_VALUE can not be converted to an Integer"),
        ("Integer", "[1]", LIST),
        ("Integer", '{"a":1}', STRUCTURE),
        ("Text", "1", "NUMBER_VALUE can not be converted to a String"),
        ("Text", "1.5", "NUMBER_VALUE can not be converted to a String"),
        ("Text", "true", "TRUE_VALUE can not be converted to a String"),
        ("Text", "false", "FALSE_VALUE can not be converted to a String"),
        ("Text", "[]", LIST),
        ("Text", "{}", STRUCTURE),
        ("Secret", "1", "NUMBER_VALUE can not be converted to a String"),
        ("Secret", "[]", LIST),
        ("Choice", "1", "NUMBER_VALUE can not be converted to a String"),
        ("Names", '"x"', "Expected list or null"),
        ("Names", "1", "Expected list or null"),
        ("Names", "true", "Expected list or null"),
        ("Names", "false", "Expected list or null"),
        ("Names", "{}", STRUCTURE),
        ("Names", "[1]", "NUMBER_VALUE can not be converted to a String"),
        ("Names", "[[]]", LIST),
        ("Names", "[{}]", STRUCTURE),
        ("Secrets", "[1]", "NUMBER_VALUE can not be converted to a String"),
        ("Inner", '"x"', "Expected null"),
        ("Inner", "1", "Expected null"),
        ("Inner", "true", "Expected null"),
        ("Inner", "false", "Expected null"),
        ("Inner", "[]", LIST),
        ("Inner", '{"Key":1}', "NUMBER_VALUE can not be converted to a String"),
        ("Inners", '["x"]', "Expected null"),
        ("Inners", "[[]]", LIST),
        ("Labels", '"x"', "Expected map or null"),
        ("Labels", "1", "Expected map or null"),
        ("Labels", "[]", LIST),
        ("Labels", '{"a":1}', "NUMBER_VALUE can not be converted to a String"),
        ("Flag", '"true"', "STRING_VALUE can not be converted to an Boolean"),
        ("Flag", "1", "NUMBER_VALUE can not be converted to a Boolean"),
        ("Flag", "[]", LIST),
        ("Flag", "{}", STRUCTURE),
        ("Long", '"1"', "STRING_VALUE can not be converted to a Long"),
        ("Long", "true", "TRUE_VALUE can not be converted to a Long"),
        ("Ratio", '"1"', "STRING_VALUE can not be converted to a Double"),
        ("Moment", '"2026-01-01"', "STRING_VALUE can not be converted to milliseconds since epoch"),
        ("Moment", "true", "TRUE_VALUE can not be converted to milliseconds since epoch"),
        ("Data", "1", "NUMBER_VALUE can not be converted to a Blob"),
        ("Data", "true", "TRUE_VALUE can not be converted to a Blob"),
        ("Data", '"YQ"', ""),
        ("Hidden", '"secret!"', ""),
    ],
)
def test_a_wrong_type_is_named_as_aws_names_it(member: str, value: str, message: str) -> None:
    assert refusal(f'{{"{member}":{value}}}'.encode()) == message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"1",
        b'"x"',
        b"{",
        b'{"Text":',
        b'{"Text":"ab"',
        b'{"Text":"ab',
        b'{"Text":"ab",}',
        b'{"Text" "ab"}',
        b"{'Text':'ab'}",
        b'{"Text":"ab"} {}',
        b'{"Text":"ab"}x',
        b'{"Ratio":NaN}',
        b'{"Ratio":Infinity}',
        b'{"Ratio":1e999}',
        b'{"Ratio":01}',
        b'{"Integer":' + b"9" * 5000 + b"}",
        b'{"Ratio":' + b"9" * 400 + b"}",
        b'{"Text":"\\ud800"}',
        b'{"Text":"\\udc00\\ud800"}',
        b'{"Text":"\xff\xfe"}',
        b'{"Text":"\xed\xa0\x80"}',
        b'{"Text":"a\nb"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"Unknown":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"Unknown":' + b"[" * 100_000,
        b"[" * 100_000,
        b'{"Inner":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"Inner":{"Below":' + b'{"Below":' * 400 + b"1" + b"}" * 402,
    ],
)
def test_what_is_no_json_gets_no_text(body: bytes) -> None:
    message = refusal(body)

    assert message == ("Expected null" if body.startswith(b'{"Inner":{"Below":') and message else "")


def test_an_array_is_refused_with_a_text() -> None:
    assert refusal(b"[]") == refusal(b'[{"Text":"ab"}]') == LIST


def test_the_first_wrong_type_of_the_document_is_named() -> None:
    assert refusal(b'{"Text":1,"Flag":"x"}') == "NUMBER_VALUE can not be converted to a String"
    assert refusal(b'{"Flag":"x","Text":1}') == "STRING_VALUE can not be converted to an Boolean"


def test_a_wrong_type_wins_over_a_broken_limit() -> None:
    assert refusal(b'{"Text":"","Few":99,"Flag":"x"}') == "STRING_VALUE can not be converted to an Boolean"


def test_nothing_of_a_secret_is_shown() -> None:
    for body in (b'{"Secret":["hunter2"]}', b'{"Hidden":"hunter2"}', b'{"Secret":{"hunter2":1}}'):
        assert "hunter2" not in refusal(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", Everything()),
        (b' \n{"Text" : "ab"}\t ', Everything(text="ab")),
        (b'{"Text":null,"Inner":null,"Names":null,"Flag":null,"Secret":null}', Everything()),
        (b'{"text":"ab","TEXT":"ab","Unknown":{"Text":[1]}}', Everything()),
        (b'{"Text":"ab","Text":"cd"}', Everything(text="cd")),
        (b'{"Text":1,"Text":"cd"}', Everything(text="cd")),
        (b'{"Text":"ab","Text":null}', Everything()),
        (b'{"Integer":1.5}', Everything(integer=1)),
        (b'{"Integer":-1.5}', Everything(integer=-1)),
        (b'{"Integer":1e2}', Everything(integer=100)),
        (b'{"Integer":2147483648}', Everything(integer=2**31 - 1)),
        (b'{"Integer":-1e300}', Everything(integer=-(2**31))),
        (b'{"Long":2147483648}', Everything(long=2**31)),
        (b'{"Long":9223372036854775808}', Everything(long=2**63 - 1)),
        (b'{"Long":-' + b"9" * 300 + b"}", Everything(long=-(2**63))),
        (b'{"Ratio":1,"Integer":1.0}', Everything(ratio=1.0, integer=1)),
        (b'{"Moment":1790450994.802,"Integer":1.0}', Everything(moment=1790450994.802, integer=1)),
        (b'{"Data":"YWI=","Integer":1.0}', Everything(data=b"ab", integer=1)),
        (b'{"Names":[null,"a",null,"b"]}', Everything(names=["a", "b"])),
        (b'{"Secrets":[null,"a"]}', Everything(secrets=[SecretValue("a")])),
        (b'{"Labels":{"a":"b","c":null}}', Everything(labels={"a": "b"})),
        (b'{"Vault":{"a":"b","c":null}}', Everything(vault={"a": SecretValue("b")})),
        (b'{"Inners":[null,{"Key":"k","Note":"abc"}]}', Everything(inners=[Inner(key="k", note=SecretValue("abc"))])),
        (b'{"ByName":{"a":{"Key":"k"},"b":null}}', Everything(by_name={"a": Inner(key="k")})),
        (b'{"Text":"\\u0061\\ud83d\\ude00"}', Everything(text="a\N{GRINNING FACE}")),
    ],
)
def test_what_is_let_pass(body: bytes, expected: Everything) -> None:
    assert decode(Everything, body) == expected


def test_required_members_may_be_given_in_any_order() -> None:
    assert decode(Needs, b'{"Value":"v","Names":[],"Name":"n"}') == Needs(name="n", value=SecretValue("v"), names=[])
