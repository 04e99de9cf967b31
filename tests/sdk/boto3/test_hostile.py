"""Whatever an authenticated client sends, it gets an answer of AWS's making, and the server goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sdk.boto3.test_wire import OURS
from tests.sdk.raw import REQUEST_ID, Answer, Raw

_MODEL = ServiceModel(Loader().load_service_model("ssm", "service-2"), "ssm")
_FRAMEWORK = {"ValidationException", "SerializationException", "AccessDeniedException"}

_NAMES = st.sampled_from(["/a", "a", "/a/b", "/a:1", "/a:x", "/", "", "/aws/x", "ssm", "{{x}}", "/a//b", "\ud800", "é"])
_TEXTS = st.one_of(_NAMES, st.text(max_size=30), st.text("/.-_:aZ09", max_size=20), st.just("x" * 4097))
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 60),
    st.integers(),
    st.floats(),
    _TEXTS,
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


def _of_model(shape: Any) -> st.SearchStrategy[Any]:
    """Values as the model wants them, most of the time."""
    right: st.SearchStrategy[Any]
    if shape.type_name == "structure":
        members = {
            name: st.one_of(_of_model(member), _of_model(member), _ANYTHING) for name, member in shape.members.items()
        }
        right = st.fixed_dictionaries({}, optional=members)
    elif shape.type_name == "list":
        right = st.lists(_of_model(shape.member), max_size=11)
    elif shape.type_name == "boolean":
        right = st.booleans()
    elif shape.type_name in ("integer", "long"):
        right = st.integers(-1, 52)
    elif getattr(shape, "enum", None):
        right = st.sampled_from([*shape.enum, "other"])
    else:
        right = _TEXTS
    return right


def _bodies(operation: str) -> st.SearchStrategy[bytes]:
    shape = _MODEL.operation_model(operation).input_shape
    documents = st.one_of(_of_model(shape), _of_model(shape), _ANYTHING)
    written = documents.map(lambda document: json.dumps(document).encode())
    cut = st.tuples(written, st.integers(0, 200), st.binary(max_size=3)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    )
    return st.one_of(written, written, cut, st.binary(max_size=200))


def _check(operation: str, answer: Answer) -> None:
    assert REQUEST_ID.fullmatch(answer.headers["x-amzn-requestid"])
    if answer.status == 200:
        shape = _MODEL.operation_model(operation).output_shape
        assert set(answer.json) <= set(shape.members)
        return
    errors = {shape.name for shape in _MODEL.operation_model(operation).error_shapes}
    assert answer.error.code in errors | _FRAMEWORK
    text = answer.error.text
    assert text is None or "Traceback" not in text


@pytest.mark.parametrize("operation", sorted(OURS))
def test_any_body(operation: str, raw: Raw) -> None:
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(_bodies(operation))
    def attack(body: bytes) -> None:
        _check(operation, raw.call(operation, body))

    attack()
    assert raw.call("PutParameter", {"Name": "/still", "Value": "here", "Type": "SecureString"}).status == 200
    read = raw.call("GetParameter", {"Name": "/still", "WithDecryption": True}).json
    assert read["Parameter"]["Value"] == "here"
