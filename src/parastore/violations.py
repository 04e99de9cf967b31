"""What a structure's annotations demand of a body, and what is wrong with one that breaks them, in AWS's words.

The annotations of a structure are read once, into nodes: types, limits, and how AWS words each. Whoever checks,
explains or compares structures with a model works on these.

A body is explained after msgspec has refused it. First the JSON types, in the order of the document: the first wrong
one is a SerializationException. Then the limits, in the order of the structure: all broken ones make one
ValidationException. A body that breaks neither (a null in a list, 1.5 for an integer) is converted after all.

The texts are those of JSON 1.1 services on the same framework: Athena and X-Ray as measured, Kinesis as kinesalite's
tests hold it against the real one. Recorded SSM answers give the texts of limits.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Literal, NamedTuple

import msgspec

from parastore.context import SecretValue
from parastore.errors import SerializationException, ValidationException

Kind = Literal[
    "String", "Integer", "Long", "Double", "Boolean", "Timestamp", "Blob", "List", "Map", "Structure"
]  # fmt: skip

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


# What the annotations say.


class Limits(NamedTuple):
    """What a model says of a member beyond its type: least and greatest length or value, pattern, sensitivity."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    sensitive: bool = False


class Constraint(NamedTuple):
    """A rule on one value, and how AWS words it."""

    text: str
    holds: Callable[[Any], bool]


class Node(NamedTuple):
    """A type of the model: its kind, its limits, what its elements or members are.

    `values` are an enum's, in the order they are printed. `secret` says that the value is a SecretValue.
    """

    kind: Kind
    limits: Limits
    constraints: tuple[Constraint, ...]
    values: tuple[str, ...] = ()
    secret: bool = False
    item: Node | None = None
    shape: type[msgspec.Struct] | None = None

    @property
    def sensitive(self) -> bool:
        """Whether the value, or that of an element, is never shown."""
        return self.secret or self.limits.sensitive or (self.item is not None and self.item.sensitive)


class Member(NamedTuple):
    """A member of a structure: its attribute, its name on the wire, its name in a path, its type."""

    attribute: str
    name: str
    path: str
    node: Node
    required: bool


@cache
def members(shape: type[msgspec.Struct]) -> tuple[Member, ...]:
    """The members of a structure in the order of its definition."""
    return tuple(
        Member(
            field.name,
            field.encode_name,
            # KMSKeyArn becomes kMSKeyArn, as Lambda prints it: only the first letter changes.
            field.encode_name[:1].lower() + field.encode_name[1:],
            _node(field.type),
            field.required,
        )
        for field in msgspec.structs.fields(shape)
    )


@cache
def secret_members(shape: type[msgspec.Struct]) -> tuple[Member, ...]:
    """Those members that are secrets or lead to one."""
    return tuple(member for member in members(shape) if _leads_to_secret(member.node, frozenset()))


def secrets_fit(shape: type[msgspec.Struct], structure: Any) -> bool:
    """Whether every secret in a decoded structure keeps its limits: msgspec checks them for all else."""
    for member in secret_members(shape):
        value = getattr(structure, member.attribute)
        if value is not None and not _fits(member.node, value):
            return False
    return True


def _node(annotation: Any) -> Node:
    extra: dict[str, Any] = {}
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            for meta in annotation.__metadata__:
                extra = {**(meta.extra or {}), **extra}
            annotation = annotation.__origin__
        elif origin in (typing.Union, types.UnionType):
            (annotation,) = (arm for arm in typing.get_args(annotation) if arm is not types.NoneType)
        else:
            break
    limits = extra.get("limits", Limits())
    kind, values, item, shape = _kind(annotation, extra)
    return Node(kind, limits, tuple(_constraints(kind, limits, values)), values, annotation is SecretValue, item, shape)


def _kind(annotation: Any, extra: dict[str, Any]) -> tuple[Kind, tuple[str, ...], Node | None, Any]:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return "String", args, None, None
    if origin is list:
        return "List", (), _node(args[0]), None
    if origin is dict and args[0] is str:
        return "Map", (), _node(args[1]), None
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return "Structure", (), None, annotation
    if annotation is int and "kind" not in extra:
        raise TypeError("a bare int has no size: say Integer, Long or number(...)")
    plain: dict[Any, Kind] = {
        str: "String",
        SecretValue: "String",
        bool: "Boolean",
        float: "Double",
        bytes: "Blob",
        int: "Integer",
    }
    if annotation not in plain:
        raise TypeError(f"{annotation!r} is no type of an AWS model")
    return extra.get("kind", plain[annotation]), (), None, None


def _constraints(kind: Kind, limits: Limits, values: tuple[str, ...]) -> Iterator[Constraint]:
    """The rules of a type in the order AWS lists those of an element: greatest, least, pattern, enum."""
    number = kind in ("Integer", "Long", "Double")
    what, size = ("value", _same) if number else ("length", len)
    if (maximum := limits.maximum) is not None:
        text = f"Member must have {what} less than or equal to {maximum}"
        yield Constraint(text, lambda value: size(value) <= maximum)
    if (minimum := limits.minimum) is not None:
        text = f"Member must have {what} greater than or equal to {minimum}"
        yield Constraint(text, lambda value: size(value) >= minimum)
    if limits.pattern is not None:
        matches = re.compile(expression(limits.pattern)).search
        text = f"Member must satisfy regular expression pattern: {limits.pattern}"
        yield Constraint(text, lambda value: matches(value) is not None)
    if values:
        text = f"Member must satisfy enum value set: [{', '.join(values)}]"
        yield Constraint(text, lambda value: value in values)


def _same(value: int) -> int:
    return value


def expression(pattern: str) -> str:
    r"""A model's pattern, which is Java's and matches the whole string, for Python's `re.search`.

    Python's re has no `\p`. The one place where models need it asks for `[\p{L}\p{Z}\p{N}_...]`: `\w` there is L, N
    and `_`, the rest is Z. Elsewhere `\w` and its kin mean ASCII, as in Java.
    """
    translated = pattern.replace(r"\p{L}\p{Z}\p{N}_", r"\w\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000")
    mode = "" if translated != pattern else "a"
    return rf"\A(?{mode}:{translated})\Z"


def _leads_to_secret(node: Node, seen: frozenset[type[msgspec.Struct]]) -> bool:
    if node.item is not None:
        return _leads_to_secret(node.item, seen)
    if node.shape is None or node.shape in seen:
        return node.secret
    return any(_leads_to_secret(member.node, seen | {node.shape}) for member in members(node.shape))


def _fits(node: Node, value: Any) -> bool:
    if node.secret:
        text = value.reveal()
        return all(constraint.holds(text) for constraint in node.constraints)
    if node.kind == "List" and node.item is not None:
        return all(_fits(node.item, element) for element in value)
    if node.kind == "Map" and node.item is not None:
        return all(_fits(node.item, element) for element in value.values())
    return node.shape is None or secrets_fit(node.shape, value)


# What is wrong with a body.


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
