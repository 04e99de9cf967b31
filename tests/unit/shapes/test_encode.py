"""Answers as bytes, and what a structure shows of itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.unit.shapes.everything import Everything, Inner

from parastore.context import SecretValue
from parastore.shapes import Shape, encode, seconds
from parastore.ssm import shapes as ssm

ANSWERS = [
    shape
    for name, shape in vars(ssm).items()
    if name.endswith("Response")
    or name in ("Parameter", "ParameterHistory", "ParameterInlinePolicy", "ParameterMetadata")
]


def test_an_answer_is_written_as_aws_writes_it() -> None:
    answer = ssm.GetParameterResponse(
        parameter=ssm.Parameter(
            arn="arn:aws:ssm:us-east-1:123456789012:parameter/a",
            data_type="text",
            last_modified_date=seconds(1790450994802),
            name="/a",
            type="SecureString",
            value=SecretValue("s3cret"),
            version=1,
        )
    )

    assert encode(answer) == (
        b'{"Parameter":{"ARN":"arn:aws:ssm:us-east-1:123456789012:parameter/a","DataType":"text",'
        b'"LastModifiedDate":1790450994.802,"Name":"/a","Type":"SecureString","Value":"s3cret","Version":1}}'
    )


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (ssm.DeleteParameterResponse(), b"{}"),
        (ssm.GetParametersResponse(invalid_parameters=[], parameters=[]), b'{"InvalidParameters":[],"Parameters":[]}'),
        (ssm.GetParametersByPathResponse(parameters=[]), b'{"Parameters":[]}'),
        (ssm.ParameterHistory(labels=[], policies=[]), b'{"Labels":[],"Policies":[]}'),
        (ssm.ParameterMetadata(policies=[]), b'{"Policies":[]}'),
        (
            ssm.DeleteParametersResponse(deleted_parameters=["a"], invalid_parameters=[]),
            b'{"DeletedParameters":["a"],"InvalidParameters":[]}',
        ),
        (ssm.PutParameterResponse(tier="Standard", version=7), b'{"Tier":"Standard","Version":7}'),
        (Everything(flag=False, integer=0, text=""), b'{"Text":"","Integer":0,"Flag":false}'),
        (Everything(data=b"ab"), b'{"Data":"YWI="}'),
    ],
)
def test_only_absent_members_are_left_out(answer: Shape, body: bytes) -> None:
    assert encode(answer) == body


@pytest.mark.parametrize("shape", ANSWERS)
def test_members_of_answers_stand_in_the_order_of_their_wire_names(shape: type[Shape]) -> None:
    assert list(shape.__struct_encode_fields__) == sorted(shape.__struct_encode_fields__)


@pytest.mark.parametrize(
    ("milliseconds", "body"),
    [
        (0, b'{"Moment":0.0}'),
        (1, b'{"Moment":0.001}'),
        (1790450994000, b'{"Moment":1790450994.0}'),
        (1790450994802, b'{"Moment":1790450994.802}'),
        (253402300799999, b'{"Moment":253402300799.999}'),
    ],
)
def test_moments_are_seconds_to_the_millisecond(milliseconds: int, body: bytes) -> None:
    assert encode(Everything(moment=seconds(milliseconds))) == body


def test_what_has_no_place_on_the_wire_is_refused() -> None:
    odd: Any = object()
    with pytest.raises(TypeError, match="object has no place in an answer"):
        encode(Everything(text=odd))


def test_no_representation_shows_a_secret() -> None:
    request = ssm.PutParameterRequest(name="n", value=SecretValue("hunter2"))
    nested = Everything(
        secret=SecretValue("hunter2"),
        hidden=b"hunter2",
        secrets=[SecretValue("hunter2")],
        vault={"a": SecretValue("hunter2")},
        inner=Inner(key="k", note=SecretValue("hunter2")),
        inners=[Inner(key="k", note=SecretValue("hunter2"))],
    )

    for shown in (repr(request), str(request), f"{request}", repr(nested), repr([nested])):
        assert "hunter2" not in shown
    assert repr(request).startswith("PutParameterRequest(name='n', description=None, value=******, ")
    assert "note=None" in repr(Inner(key="k"))


def test_a_structure_is_msgspecs_own() -> None:
    # Encoding a structure past `encode` must not give secrets away.
    with pytest.raises(TypeError):
        msgspec.json.encode(ssm.PutParameterRequest(name="n", value=SecretValue("hunter2")))
