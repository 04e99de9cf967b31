"""What the annotations of a structure say: types, limits, and how AWS words each.

Read once for each structure. Whoever checks, explains or compares structures with a model works on these nodes, not on
annotations.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec

from parastore.context import SecretValue

Kind = Literal[
    "String", "Integer", "Long", "Double", "Boolean", "Timestamp", "Blob", "List", "Map", "Structure"
]  # fmt: skip


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
