"""The Query protocol of IAM and STS: a form in, XML out.

A form is read into the plain members that a JSON body would give, guided by the request's structure, so that limits and
their texts are those of the other services. Errors have the codes and statuses of query services.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import msgspec

from parastore.context import SecretValue
from parastore.errors import SerializationException, ServiceError
from parastore.operation import Operation
from parastore.shapes import Shape, decode, encode
from parastore.violations import Node, members
from parastore.wire.http import HttpRequest

S = TypeVar("S", bound=Shape)

FORM = b"application/x-www-form-urlencoded"
XML = b"text/xml"
JSON = b"application/json"
_MOST_FIELDS = 10_000
_DEEPEST = 12
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITIES = {"\r": "&#xD;", '"': "&quot;"}

# What the errors of all services, by their class, are called here, and their status.
_CODES = {
    "ValidationException": ("ValidationError", 400),
    "SerializationException": ("MalformedInput", 400),
    "MissingAuthenticationTokenException": ("MissingAuthenticationToken", 403),
    "IncompleteSignatureException": ("IncompleteSignature", 400),
    "InvalidSignatureException": ("SignatureDoesNotMatch", 403),
    "UnrecognizedClientException": ("InvalidClientTokenId", 403),
    "ExpiredTokenException": ("ExpiredToken", 403),
    "AccessDeniedException": ("AccessDenied", 403),
    "ThrottlingException": ("Throttling", 400),
    "InternalServerError": ("ServiceFailure", 500),
}
# The one operation whose answer is a structure without members; others that give nothing have no result at all.
_EMPTY_RESULTS = {"UpdateRole"}


class InvalidAction(ServiceError):
    """There is no such operation."""


def form_of(request: HttpRequest) -> bytes | None:
    """The form of a request that speaks the Query protocol: its body, or the query of a GET. None of any other."""
    if request.method == "GET":
        return request.query
    if request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == FORM:
        return request.body
    return None


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; of one given twice the last. Raises SerializationException."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise SerializationException from None


def decode_form(shape: type[S], body: bytes) -> S:
    """The request in a form. Raises SerializationException, ValidationException."""
    tree: dict[str, Any] = {}
    for name, value in read_form(body).items():
        steps = name.split(".", _DEEPEST)
        branch = tree
        for step in steps[:-1]:
            inner = branch.setdefault(step, {})
            if not isinstance(inner, dict):
                raise SerializationException
            branch = inner
        branch[steps[-1]] = value
    return decode(shape, msgspec.json.encode(_members(shape, tree)))


def _members(shape: type[msgspec.Struct], tree: dict[str, Any]) -> dict[str, Any]:
    return {
        member.name: _plain(member.node, tree[member.name])
        for member in members(shape)
        if tree.get(member.name) is not None
    }


def _plain(node: Node, given: Any) -> Any:
    if node.kind == "Structure" and node.shape is not None:
        return _members(node.shape, _branch(given))
    if node.kind == "List" and node.item is not None:
        if given == "":
            return []
        item, numbered = node.item, _branch(_branch(given).get("member", {}))
        return [_plain(item, numbered[number]) for number in sorted(numbered, key=_number)]
    if not isinstance(given, str):
        raise SerializationException
    if node.kind in ("Integer", "Long"):
        return _number(given)
    if node.kind == "Boolean":
        if given not in ("true", "false"):
            raise SerializationException
        return given == "true"
    return given


def _branch(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SerializationException
    return given


def _number(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise SerializationException
    return int(text)


def wants_json(request: HttpRequest) -> bool:
    """Whether an answer is to be JSON: who shows a presigned URL to somebody (EKS) asks for that in `Accept`."""
    return request.method == "GET" and request.headers.get(b"accept", b"").startswith(JSON)


def encode_json(operation: Operation, answer: Shape, request_id: str) -> bytes:
    """The same answer in JSON."""
    inside = {f"{operation.name}Result": msgspec.Raw(encode(answer)), "ResponseMetadata": {"RequestId": request_id}}
    return msgspec.json.encode({f"{operation.name}Response": inside})


def encode_json_error(error: ServiceError, request_id: str) -> tuple[int, bytes]:
    """The status and JSON of an error."""
    code, status = _CODES.get(type(error).__name__, (error.code, error.status))
    inside = {"Code": code, "Message": error.message, "Type": "Receiver" if status >= 500 else "Sender"}
    return status, msgspec.json.encode({"Error": inside, "RequestId": request_id})


def encode_answer(operation: Operation, answer: Shape, request_id: str) -> bytes:
    """The XML of an answer: the result, if the operation has one, and the request's id."""
    name = operation.name
    result, shape = _elements(answer), type(answer)
    if members(shape) or name in _EMPTY_RESULTS:
        result = f"<{name}Result>{result}</{name}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{name}Response xmlns="{_namespace(operation)}">{result}{metadata}</{name}Response>\n'.encode()


def encode_error(error: ServiceError, operation: Operation | None, request_id: str) -> tuple[int, bytes]:
    """The status and XML of an error."""
    code, status = _CODES.get(type(error).__name__, (error.code, error.status))
    kind = "Receiver" if status >= 500 else "Sender"
    inside = f"<Error><Type>{kind}</Type><Code>{code}</Code><Message>{_escape(error.message)}</Message></Error>"
    namespace = _namespace(operation) if operation else "http://webservices.amazon.com/AWSFault/2005-15-09"
    text = f'<ErrorResponse xmlns="{namespace}">{inside}<RequestId>{request_id}</RequestId></ErrorResponse>\n'
    return status, text.encode()


def _namespace(operation: Operation) -> str:
    return f"https://{operation.service}.amazonaws.com/doc/{operation.target}/"


def _elements(structure: Any) -> str:
    parts = []
    shape: type[Shape] = type(structure)
    for member in members(shape):
        value = getattr(structure, member.attribute)
        if value is not None:
            parts.append(f"<{member.name}>{_text(member.node, value)}</{member.name}>")
    return "".join(parts)


def _text(node: Node, value: Any) -> str:
    if node.kind == "Structure":
        return _elements(value)
    if node.item is not None and isinstance(value, dict):
        entries = (f"<key>{_escape(key)}</key><value>{_text(node.item, each)}</value>" for key, each in value.items())
        return "".join(f"<entry>{entry}</entry>" for entry in entries)
    if node.item is not None:
        return "".join(f"<member>{_text(node.item, each)}</member>" for each in value)
    if node.kind == "Timestamp":
        return datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return "true" if value else "false"
    return _escape(value.reveal() if isinstance(value, SecretValue) else str(value))


def _escape(text: str) -> str:
    # What XML cannot hold at all, a caller has sent us: an error may quote it.
    return escape(_UNPRINTABLE.sub("\ufffd", text), _ENTITIES)
