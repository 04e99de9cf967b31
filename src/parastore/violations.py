"""What is wrong with a body that does not make a request, in AWS's words.

Read after msgspec has refused a body. First the JSON types, in the order of the document: the first wrong one is a
SerializationException. Then the limits, in the order of the structure: all broken ones make one ValidationException.
A body that breaks neither (a null in a list, 1.5 for an integer) is converted after all.

The texts are those of JSON 1.1 services on the same framework: Athena and X-Ray as measured, Kinesis as kinesalite's
tests hold it against the real one. Recorded SSM answers give the texts of limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from parastore.context import SecretValue
from parastore.errors import SerializationException, ValidationException
from parastore.model import Kind, Node, members

# Kinesis counts ten however many there are: 501 empty records make "10 validation errors detected".
MOST_VIOLATIONS = 10

_LIST = "Start of list found where not expected"
_STRUCTURE = "Start of structure or map found where not expected."
_EXPECTED: dict[Kind, str] = {
    "List": "Expected list or null",
    "Map": "Expected map or null",
    "Structure": "Expected null",
}
_RANGE: dict[Kind, int] = {"Integer": 2**31, "Long": 2**63}


def explain(shape: type[msgspec.Struct], body: bytes) -> Any:
    """Raise what is wrong with `body`, or give the `shape` it makes when nothing is."""
    try:
        return _explained(shape, body)
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError, RecursionError):
        # Raised below, so that no decoder's words hang on the exception that is answered.
        pass
    raise SerializationException


def _explained(shape: type[msgspec.Struct], body: bytes) -> msgspec.Struct:
    document = msgspec.json.decode(body)
    if isinstance(document, list):
        raise SerializationException(_LIST)
    if not isinstance(document, dict):
        raise SerializationException
    values = _typed_structure(shape, document)
    broken = list(islice(_broken_members(shape, values, ""), MOST_VIOLATIONS))
    if broken:
        errors = "error" if len(broken) == 1 else "errors"
        raise ValidationException(f"{len(broken)} validation {errors} detected: {'; '.join(broken)}")
    return _built_structure(shape, values)


# What the body says: types.


def _typed_structure(shape: type[msgspec.Struct], document: dict[str, Any]) -> dict[str, Any]:
    by_name = {member.name: member for member in members(shape)}
    return {
        member.attribute: _typed(member.node, value)
        for name, value in document.items()
        if value is not None and (member := by_name.get(name)) is not None
    }


def _typed(node: Node, value: Any) -> Any:
    """The value with nulls dropped and fractions cut, structures as dicts by attribute."""
    if isinstance(value, list):
        if node.kind == "List" and node.item is not None:
            return [_typed(node.item, element) for element in value if element is not None]
        raise SerializationException(_LIST)
    if isinstance(value, dict):
        if node.kind == "Map" and node.item is not None:
            return {key: _typed(node.item, element) for key, element in value.items() if element is not None}
        if node.shape is not None:
            return _typed_structure(node.shape, value)
        raise SerializationException(_STRUCTURE)
    if node.kind in _EXPECTED:
        raise SerializationException(_EXPECTED[node.kind])
    return _typed_scalar(node.kind, value)


def _typed_scalar(kind: Kind, value: bool | float | str) -> Any:
    if kind == "Boolean":
        if isinstance(value, bool):
            return value
    elif isinstance(value, str):
        if kind == "String":
            return value
        if kind == "Blob":
            # Kinesis says what is wrong with the base64 and echoes it. Ours may be a secret: no text.
            return msgspec.convert(value, bytes)
    elif not isinstance(value, bool) and kind not in ("String", "Blob"):
        return _number(kind, value)
    raise SerializationException(_mismatch(kind, value))


def _number(kind: Kind, value: float) -> float:
    if (end := _RANGE.get(kind)) is None:
        return float(value)
    # The framework's TruncatingBigNumber cuts fractions; an integer too big becomes the biggest (dynalite, which is
    # tested against DynamoDB). Athena answers 99999999999 for an Integer by naming the member's maximum.
    return max(-end, min(int(value), end - 1))


def _mismatch(kind: Kind, value: bool | float | str) -> str:
    if isinstance(value, bool):
        token = "TRUE_VALUE" if value else "FALSE_VALUE"
    else:
        token = "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"
    if kind == "Timestamp":
        return f"{token} can not be converted to milliseconds since epoch"
    # AWS's own grammar: an Integer, a String, a Boolean, but a string is refused as "an Boolean".
    article = "an" if kind == "Integer" or (kind == "Boolean" and isinstance(value, str)) else "a"
    return f"{token} can not be converted to {article} {kind}"


# What the body says: limits.


def _broken_members(shape: type[msgspec.Struct], values: dict[str, Any], prefix: str) -> Iterator[str]:
    for member in members(shape):
        path = prefix + member.path
        value = values.get(member.attribute)
        if value is not None:
            yield from _broken(member.node, value, path)
        elif member.required:
            # A sensitive member that is missing is not printed as null either (AgentCore, 2025).
            yield _violation("" if member.node.sensitive else " null", path, "Member must not be null")


def _broken(node: Node, value: Any, path: str) -> Iterator[str]:
    shown = "" if node.sensitive else f" '{_shown(node, value)}'"
    for constraint in node.constraints:
        if not constraint.holds(value):
            yield _violation(shown, path, constraint.text)
    if node.shape is not None:
        yield from _broken_members(node.shape, value, f"{path}.")
    if node.item is None:
        return
    elements = value.items() if node.kind == "Map" else enumerate(value, 1)
    if node.item.shape is not None or node.item.item is not None:
        for key, element in elements:
            yield from _broken(node.item, element, f"{path}.{key}.member")
    elif not all(constraint.holds(element) for _, element in elements for constraint in node.item.constraints):
        # An element's rules are listed whole, kept or broken, and once for the list.
        rules = ", ".join(constraint.text for constraint in node.item.constraints)
        yield _violation(shown, path, f"Member must satisfy constraint: [{rules}]")


def _violation(shown: str, path: str, constraint: str) -> str:
    return f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(node: Node, value: Any) -> str:
    """A value as Java prints it. Of structures Java shows only the class (and an address, left out here)."""
    if node.shape is not None:
        return node.shape.__name__
    if node.kind == "List" and node.item is not None:
        return f"[{', '.join(_shown(node.item, element) for element in value)}]"
    if node.kind == "Map" and node.item is not None:
        return f"{{{', '.join(f'{key}={_shown(node.item, element)}' for key, element in value.items())}}}"
    if node.kind == "Blob":
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if node.kind == "Boolean":
        return "true" if value else "false"
    return str(value)


# What the body makes.


def _built_structure(shape: type[msgspec.Struct], values: dict[str, Any]) -> msgspec.Struct:
    built = {
        member.attribute: _built(member.node, values[member.attribute])
        for member in members(shape)
        if member.attribute in values
    }
    return shape(**built)


def _built(node: Node, value: Any) -> Any:
    if node.secret:
        return SecretValue(value)
    if node.shape is not None:
        return _built_structure(node.shape, value)
    if node.kind == "List" and node.item is not None:
        return [_built(node.item, element) for element in value]
    if node.kind == "Map" and node.item is not None:
        return {key: _built(node.item, element) for key, element in value.items()}
    return value
