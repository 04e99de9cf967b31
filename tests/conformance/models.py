"""What botocore's models say, and structures of ours made from them."""

from __future__ import annotations

import itertools
import sys
from functools import cache
from types import ModuleType
from typing import Annotated, Any, Literal, cast

import msgspec
from botocore.loaders import Loader
from botocore.model import ServiceModel

from parastore.context import SecretValue
from parastore.shapes import Integer, Long, Shape, Timestamp
from parastore.violations import Kind, Node, members

KINDS: dict[str, Kind] = {
    "string": "String",
    "integer": "Integer",
    "long": "Long",
    "boolean": "Boolean",
    "timestamp": "Timestamp",
    "blob": "Blob",
    "list": "List",
    "map": "Map",
    "structure": "Structure",
    "double": "Double",
    "float": "Double",
}

_SCALARS = {
    "string": "text_type",
    "integer": "integer_type",
    "long": "long_type",
    "boolean": "bool",
    "timestamp": "timestamp_type",
    "blob": "bytes",
    "double": "float",
    "float": "float",
}

_numbers = itertools.count()


@cache
def service_model(service: str) -> Any:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def structure_of(shape: Any) -> type[Shape]:
    """A structure of ours for a structure of a botocore model, with those it refers to, itself included."""
    module = ModuleType(f"modelled_{next(_numbers)}")
    vars(module).update(
        Annotated=Annotated,
        Literal=Literal,
        text_type=str,
        integer_type=Integer,
        long_type=Long,
        timestamp_type=Timestamp,
    )
    sys.modules[module.__name__] = module
    return _structure(shape, module)


def _structure(shape: Any, module: ModuleType) -> type[Shape]:
    name = f"{shape.name}_structure"
    if hasattr(module, name):
        made: type[Shape] = getattr(module, name)
        return made
    # Set before the members are read, so that a structure may refer to itself.
    setattr(module, name, None)
    fields = [
        # Attributes get names of their own: annotations are read in the scope of the class.
        (f"member_{number}", f"{_annotation(member, module)} | None", msgspec.field(name=wire, default=None))
        for number, (wire, member) in enumerate(shape.members.items())
    ]
    structure = msgspec.defstruct(name, fields, bases=(Shape,), module=module.__name__, kw_only=True)
    setattr(module, name, structure)
    return cast("type[Shape]", structure)


def _annotation(shape: Any, module: ModuleType) -> str:
    if shape.type_name == "structure":
        _structure(shape, module)
        return f"{shape.name}_structure"
    if shape.type_name == "list":
        return f"list[{_annotation(shape.member, module)}]"
    if shape.type_name == "map":
        return f"dict[str, {_annotation(shape.value, module)}]"
    if shape.type_name == "string" and shape.enum:
        return f"Literal[{', '.join(map(repr, shape.enum))}]"
    return _SCALARS[shape.type_name]


def arguments(structure: Shape) -> dict[str, Any]:
    """A structure as the arguments or the answer a caller of boto3 sees."""
    return {
        member.name: _argument(member.node, value)
        for member in members(type(structure))
        if (value := getattr(structure, member.attribute)) is not None
    }


def _argument(node: Node, value: Any) -> Any:
    if isinstance(value, Shape):
        return arguments(value)
    if node.item is not None:
        if isinstance(value, dict):
            return {key: _argument(node.item, element) for key, element in value.items()}
        return [_argument(node.item, element) for element in value]
    return value.reveal() if isinstance(value, SecretValue) else value


def built(structure: type[Shape], values: dict[str, Any]) -> Shape:
    """The structure with these members, named as on the wire."""
    return structure(
        **{
            member.attribute: _built(member.node, values[member.name])
            for member in members(structure)
            if values.get(member.name) is not None
        }
    )


def _built(node: Node, value: Any) -> Any:
    if node.shape is not None and issubclass(node.shape, Shape):
        return built(node.shape, value)
    if node.item is not None:
        if isinstance(value, dict):
            return {key: _built(node.item, element) for key, element in value.items()}
        return [_built(node.item, element) for element in value]
    if node.secret:
        return SecretValue(value)
    return value.encode() if node.kind == "Blob" and isinstance(value, str) else value
