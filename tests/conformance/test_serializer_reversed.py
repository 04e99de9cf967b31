"""botocore serializes and we decode; we encode and botocore parses.

Its own protocol cases say what bodies look like: structures of ours are made from each case's model. For the
structures we serve, hypothesis makes the values and botocore's real model does the rest.
"""

from __future__ import annotations

import copy
import json
from types import ModuleType
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.compress import maybe_compress_request
from botocore.config import Config
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import JSONParser
from botocore.serialize import JSONSerializer
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.botocore_sdist import folder
from tests.conformance.models import arguments, built, service_model, structure_of
from tests.conformance.test_drift import OPERATIONS, SERVICES

import parastore.errors
import parastore.ssm.errors
from parastore.context import SecretValue
from parastore.errors import ServiceError
from parastore.shapes import Shape, decode, encode
from parastore.violations import Member, Node, expression, members
from parastore.wire.json11 import decompress, render_error

# Values are drawn for what JSON 1.1 carries without blobs; KMS's blobs and IAM's forms are tested with real clients.
DRAWN = [(service, name) for service, name in OPERATIONS if service == "ssm"]
TEXT_TIMES = "a trait that none of our models has: their times are numbers"
TEXT_NUMBERS = "no operation of ours takes or gives a Double"
DOCUMENTS = "a type that none of our models has"
NOT_OURS = {
    "AwsJson11DateTimeWithFractionalSeconds": TEXT_TIMES,
    "AwsJson11DateTimeWithNegativeOffset": TEXT_TIMES,
    "AwsJson11DateTimeWithPositiveOffset": TEXT_TIMES,
    "AwsJson11SupportsInfinityFloatInputs": TEXT_NUMBERS,
    "AwsJson11SupportsNaNFloatInputs": TEXT_NUMBERS,
    "AwsJson11SupportsNegativeInfinityFloatInputs": TEXT_NUMBERS,
    "PutAndGetInlineDocumentsInput": DOCUMENTS,
    "parses_httpdate_timestamps": TEXT_TIMES,
    "parses_iso8601_timestamps": TEXT_TIMES,
    "serializes_timestamp_shapes_with_httpdate_timestampformat": TEXT_TIMES,
    "serializes_timestamp_shapes_with_iso8601_timestampformat": TEXT_TIMES,
}


class Nothing(Shape, kw_only=True):
    """For operations without input or output."""


def cases(direction: str, key: str) -> list[Any]:
    """The operation and the case, for every case that has `key`."""
    found = []
    suites = json.loads((folder() / "tests/unit/protocols" / direction / "json.json").read_text())
    for suite in suites:
        for case in suite["cases"]:
            if key in case and case["id"] not in NOT_OURS:
                description = {**copy.deepcopy(suite), "operations": {case["given"]["name"]: case["given"]}}
                operation = OperationModel(case["given"], ServiceModel(description))
                found.append(pytest.param(operation, case, id=case["id"]))
    return found


def structure_for(shape: Any) -> type[Shape]:
    return Nothing if shape is None else structure_of(shape)


def present(value: Any) -> Any:
    """Without members that are null, and bytes as the text that the cases write them as."""
    if isinstance(value, dict):
        return {key: present(element) for key, element in value.items() if element is not None}
    if isinstance(value, list):
        return [present(element) for element in value]
    return value.decode() if isinstance(value, bytes) else value


def parsed(body: bytes, shape: Any, status: int = 200) -> dict[str, Any]:
    """What boto3 makes of an answer of ours."""
    response = {"status_code": status, "headers": HeadersDict(), "body": body}
    answer: dict[str, Any] = JSONParser(timestamp_parser=float).parse(response, shape)
    answer.pop("ResponseMetadata", None)
    return answer


@pytest.mark.parametrize(("operation", "case"), cases("input", "params"))
def test_we_read_what_botocore_serializes(operation: OperationModel, case: dict[str, Any]) -> None:
    structure = structure_for(operation.input_shape)
    serialized = JSONSerializer().serialize_to_request(case["params"], operation)["body"]

    assert present(arguments(decode(structure, serialized))) == present(case["params"])
    if "body" in case["serialized"]:
        assert present(arguments(decode(structure, case["serialized"]["body"].encode()))) == present(case["params"])


@pytest.mark.parametrize(("operation", "case"), cases("input", "params"))
def test_we_unpack_what_botocore_compresses(operation: OperationModel, case: dict[str, Any]) -> None:
    request = JSONSerializer().serialize_to_request(case["params"], operation)
    plain = request["body"]
    request["headers"] = HeadersDict(request["headers"])

    maybe_compress_request(Config(request_min_compression_size_bytes=0), request, operation)

    encoding = request["headers"].get("Content-Encoding", "").encode()
    assert (encoding == b"gzip") == bool(operation.request_compression)
    assert decompress(request["body"], encoding, len(plain)) == plain


@pytest.mark.parametrize(("operation", "case"), cases("output", "result"))
def test_botocore_parses_what_we_encode(operation: OperationModel, case: dict[str, Any]) -> None:
    answer = built(structure_for(operation.output_shape), case["result"])

    assert present(parsed(encode(answer), operation.output_shape)) == present(case["result"])


@pytest.mark.parametrize(("operation", "case"), cases("output", "errorCode"))
def test_botocore_parses_the_errors_we_render(operation: OperationModel, case: dict[str, Any]) -> None:
    """Services say an error's code in many ways; this is the one of ours."""
    others = {name: value for name, value in case["error"].items() if name != "Message"}
    error = type(case["errorCode"], (ServiceError,), {"member": "Message"})(case.get("errorMessage", ""), **others)
    body = render_error(error)

    answer = parsed(body, operation.output_shape, case["response"]["status_code"])
    members_of_error = parsed(body, operation.service_model.shape_for_error_code(case["errorCode"]), 400)

    assert answer["Error"] == {"Code": case["errorCode"], "Message": case.get("errorMessage", "")}
    assert {name: members_of_error[name] for name in case["error"]} == case["error"]


def test_every_exception_is_a_case_of_botocores() -> None:
    known = {
        case["id"]
        for direction in ("input", "output")
        for suite in json.loads((folder() / "tests/unit/protocols" / direction / "json.json").read_text())
        for case in suite["cases"]
    }

    assert set(NOT_OURS) <= known


def values(node: Node) -> st.SearchStrategy[Any]:
    """Values of a type, within its limits."""
    low, high = node.limits.minimum or 0, node.limits.maximum
    if node.shape is not None:
        return structures(node.shape)
    if node.item is not None:
        return st.lists(values(node.item), min_size=low, max_size=min(high or 4, 4))
    if node.values:
        return st.sampled_from(node.values)
    if node.limits.pattern is not None:
        matching = st.from_regex(expression(node.limits.pattern))
        return matching.filter(lambda text: low <= len(text) <= (high or len(text)))
    if node.kind in ("Integer", "Long"):
        end = 2**31 if node.kind == "Integer" else 2**63
        return st.integers(-end if node.limits.minimum is None else low, high or end - 1)
    text = st.text(min_size=low, max_size=min(high or 20, 20))
    return {
        "String": text.map(SecretValue) if node.secret else text,
        "Boolean": st.booleans(),
        "Timestamp": st.integers(0, 253402300799999).map(lambda milliseconds: milliseconds / 1000),
    }[node.kind]


def structures(shape: Any) -> st.SearchStrategy[Any]:
    def one(member: Member) -> st.SearchStrategy[Any]:
        return values(member.node) if member.required else st.none() | values(member.node)

    return st.builds(shape, **{member.attribute: one(member) for member in members(shape)})


@pytest.mark.parametrize(("service", "name"), DRAWN)
@settings(deadline=None)  # the first example reads botocore's model
@given(data=st.data())
def test_our_requests_survive_botocore(service: str, name: str, data: st.DataObject) -> None:
    structure = getattr(SERVICES[service].structures, f"{name}Request")
    request = data.draw(structures(structure))
    operation = service_model(service).operation_model(name)

    serialized = JSONSerializer().serialize_to_request(arguments(request), operation)

    assert decode(structure, serialized["body"]) == request


@pytest.mark.parametrize(("service", "name"), DRAWN)
@settings(deadline=None)  # the first example reads botocore's model
@given(data=st.data())
def test_our_answers_survive_botocore(service: str, name: str, data: st.DataObject) -> None:
    answer = data.draw(structures(getattr(SERVICES[service].structures, f"{name}Response")))

    assert parsed(encode(answer), service_model(service).operation_model(name).output_shape) == arguments(answer)


def errors_of(*modules: ModuleType) -> list[type[ServiceError]]:
    return [
        error
        for module in modules
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, ServiceError) and error is not ServiceError
    ]


@pytest.mark.parametrize("error", errors_of(parastore.errors, parastore.ssm.errors))
def test_our_errors_survive_botocore(error: type[ServiceError]) -> None:
    # Past the class's own words and arguments.
    raised = error.__new__(error)
    ServiceError.__init__(raised, "What happened.")

    answer = parsed(render_error(raised), None, error.status)

    assert answer["Error"] == {"Code": error.code, "Message": "What happened." if error.member else ""}
