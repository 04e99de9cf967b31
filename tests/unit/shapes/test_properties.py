"""Whatever the body, decoding gives a structure or an AWS error, and both paths read it alike."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.shapes.everything import Everything, Needs

from parastore.errors import SerializationException, ValidationException
from parastore.shapes import Shape, _plan, decode, encode
from parastore.ssm.shapes import DescribeParametersRequest, PutParameterRequest
from parastore.violations import Member, Node, explain, members, secrets_fit

SHAPES: list[type[Shape]] = [Everything, Needs, PutParameterRequest, DescribeParametersRequest]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-3, 12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.text(string.ascii_lowercase, max_size=5)
    | st.sampled_from(["A", "String", "Name", "tag:a", "YWI=", "Standard"])
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def plausible(node: Node) -> st.SearchStrategy[Any]:
    """JSON of the right kind, whose limits may or may not hold."""
    if node.shape is not None:
        return documents(node.shape)
    if node.kind == "List" and node.item is not None:
        return st.lists(member_value(node.item), max_size=4)
    if node.kind == "Map" and node.item is not None:
        return st.dictionaries(st.text(max_size=3), member_value(node.item), max_size=3)
    if node.values:
        return st.sampled_from([*node.values, "other"])
    return {
        "String": st.text(string.ascii_lowercase, max_size=5),
        "Blob": st.sampled_from(["", "YQ==", "YWI=", "aGVsbG8="]),
        "Boolean": st.booleans(),
        "Integer": st.integers(-1, 11) | st.integers(),
        "Long": st.integers(),
        "Double": st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
        "Timestamp": st.floats(0, 4e9),
    }[node.kind]


def member_value(node: Node) -> st.SearchStrategy[Any]:
    # Mostly of the right kind: a single wrong one hides what else could be found.
    right = st.deferred(lambda: plausible(node))
    return st.integers(0, 19).flatmap(lambda die: anything if die == 0 else st.none() if die == 1 else right)


def documents(shape: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    def one(member: Member) -> st.SearchStrategy[Any]:
        return member_value(member.node)

    known = {member.name: one(member) for member in members(shape)}
    required = {member.name: known.pop(member.name) for member in members(shape) if member.required}
    return st.fixed_dictionaries({}, optional={**required, **known, "Unknown": anything})


def fast(shape: type[Shape], body: bytes) -> Any:
    """What msgspec makes of a body, None when it refuses."""
    try:
        body.decode()
        structure = _plan(shape).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return structure if secrets_fit(shape, structure) else None


def outcome(read: Callable[[type[Shape], bytes], Any], shape: type[Shape], body: bytes) -> Any:
    """What `read` gives or, as text, raises; anything but an AWS error comes through."""
    try:
        return read(shape, body)
    except (SerializationException, ValidationException) as error:
        return f"{error.code}: {error.message}"


def check(shape: type[Shape], body: bytes) -> None:
    quick = fast(shape, body)
    slow = outcome(explain, shape, body)

    assert outcome(decode, shape, body) == slow
    assert quick in (None, slow)
    if isinstance(slow, Shape):
        # What was let pass with nulls and fractions is, written again, a body without any.
        assert fast(shape, encode(slow)) == slow
    elif slow.startswith("ValidationException"):
        count = int(slow.split(" ")[1])
        assert slow.count("failed to satisfy constraint:") == count


@given(st.binary(max_size=64))
@example(b'{"Text":"ab"}')
def test_any_bytes(body: bytes) -> None:
    for shape in SHAPES:
        check(shape, body)


@given(anything)
def test_any_json(document: Any) -> None:
    for shape in SHAPES:
        check(shape, json.dumps(document).encode())


@pytest.mark.parametrize("shape", SHAPES)
@given(data=st.data())
def test_json_much_like_a_request(shape: type[Shape], data: st.DataObject) -> None:
    check(shape, json.dumps(data.draw(documents(shape)), ensure_ascii=data.draw(st.booleans())).encode())


@example({"Name": "a", "Description": None, "Value": "a"}, 15, b"\x80")
@given(documents(PutParameterRequest), st.integers(0, 200), st.binary(max_size=3))
def test_a_damaged_request(document: dict[str, Any], position: int, damage: bytes) -> None:
    body = json.dumps(document).encode()

    check(PutParameterRequest, body[:position] + damage + body[position + len(damage) :])
    check(PutParameterRequest, body[:position])
