"""Every limit that the model sets to a request of Parameter Store is told, in AWS's words, by a running server.

The requests are made from the model itself: one that keeps all limits, then one for each limit that breaks it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from tests.sdk.raw import Raw

from parastore.ssm.operations import OPERATIONS
from parastore.testing.server import Keys, Server

MODEL = ServiceModel(Loader().load_service_model("ssm", "service-2"), "ssm")
ARN = "arn:aws:ssm:us-east-1:111122223333:parameter/a"
# What keeps every limit, where one character or one number does not.
GOOD: dict[str, Any] = {
    "Name": "/a", "Path": "/a", "Type": "String", "Tier": "Standard", "ResourceType": "Parameter", "ResourceArn": ARN,
    "SettingId": "/ssm/parameter-store/high-throughput-enabled", "Key": "Name", "DeletionMode": "RemoveSharing",
}  # fmt: skip
VALUE, FILTER = "PSParameterValue", "ParameterStringFilterKey"
# Where answers of AWS differ from its model: see test_drift.DEVIATIONS.
LIMITS = {VALUE: {"min": 1, "max": 32768}}
PATTERNS = {FILTER: "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"}


class Broken(NamedTuple):
    """A request that breaks one limit, and how that is told; `values` are those of an enum, printed in some order."""

    operation: str
    members: dict[str, Any]
    at: str
    shown: str | None
    constraint: str
    values: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.operation} {self.at}: {self.constraint[12:40]}"


def good(shape: Shape, name: str) -> Any:
    if shape.type_name == "structure":
        return {each: good(shape.members[each], each) for each in shape.required_members}
    if shape.type_name == "list":
        return [good(shape.member, name.removesuffix("s"))] * max(1, shape.metadata.get("min", 1))
    if shape.type_name in ("integer", "long"):
        return 1
    return False if shape.type_name == "boolean" else GOOD.get(name, "x" * max(1, shape.metadata.get("min", 1)))


def camel(name: str) -> str:
    return name[0].lower() + name[1:]


def listed(items: list[str]) -> str:
    return f"'[{', '.join(items)}]'"


def of_member(shape: Shape, name: str) -> Iterator[tuple[Any, str | None, str, frozenset[str]]]:
    """A value that breaks a limit, how it is shown, the constraint's text, and an enum's values."""
    limits = shape.metadata | LIMITS.get(shape.name, {})
    begin = "tag:" if shape.name == FILTER else ""  # that alone may be long
    kind = "value" if shape.type_name in ("integer", "long") else "length"
    for limit, words, step in (("min", "greater", -1), ("max", "less", 1)):
        if limit not in limits or (limit == "min" and limits["min"] == 0):
            continue
        bound = limits[limit] + step
        text = f"Member must have {kind} {words} than or equal to {limits[limit]}"
        if kind == "value":
            yield bound, f"'{bound}'", text, frozenset()
        elif shape.type_name == "list":
            items = [good(shape.member, name.removesuffix("s"))] * bound
            if all(isinstance(each, str) for each in items):
                yield items, listed(items), text, frozenset()
        elif bound or "pattern" not in limits:  # what is empty breaks a pattern too
            value = begin + "x" * (bound - len(begin))
            yield value, None if shape.name == VALUE else f"'{value}'", text, frozenset()
    if shape.type_name == "string" and shape.metadata.get("enum"):
        yield "none", "'none'", "Member must satisfy enum value set: [", frozenset(shape.metadata["enum"])
    elif shape.type_name == "string" and "pattern" in limits:
        value = " " if name == "Policy" else "\x07"
        pattern = PATTERNS.get(shape.name, limits["pattern"])
        yield value, f"'{value}'", f"Member must satisfy regular expression pattern: {pattern}", frozenset()


def broken(operation: str) -> Iterator[Broken]:
    shape = MODEL.operation_model(operation).input_shape
    whole = good(shape, "")
    for name, member in shape.members.items():
        if name in shape.required_members:
            without = {each: value for each, value in whole.items() if each != name}
            shown = None if member.name == VALUE else "null"
            yield Broken(operation, without, camel(name), shown, "Member must not be null")
        for value, shown, text, values in of_member(member, name):
            yield Broken(operation, {**whole, name: value}, camel(name), shown, text, values)
        if member.type_name != "list":
            continue
        item = member.member
        if item.type_name == "structure":
            for inner, each in item.members.items():
                at = f"{camel(name)}.1.member.{camel(inner)}"
                entry = good(item, "")
                if inner in item.required_members:
                    lacking = {key: value for key, value in entry.items() if key != inner}
                    yield Broken(operation, {**whole, name: [lacking]}, at, "null", "Member must not be null")
                for value, shown, text, values in of_member(each, inner):
                    yield Broken(operation, {**whole, name: [{**entry, inner: value}]}, at, shown, text, values)
        elif "max" in item.metadata and "pattern" not in item.metadata:
            value = "x" * (item.metadata["max"] + 1)
            text = (
                "Member must satisfy constraint: [Member must have length less than or equal to"
                f" {item.metadata['max']}, Member must have length greater than or equal to {item.metadata['min']}]"
            )
            yield Broken(operation, {**whole, name: [value]}, camel(name), listed([value]), text)


CASES = [case for operation in OPERATIONS for case in broken(operation.name)]


def test_there_are_many() -> None:
    assert len(CASES) > 100
    assert {each.operation for each in CASES} == {each.name for each in OPERATIONS}


@pytest.fixture(scope="module")
def client(shared_server: Server) -> Raw:
    keys: Keys = shared_server.new_account()
    return Raw(shared_server, keys)


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_a_limit_is_told(client: Raw, case: Broken) -> None:
    text = client.call(case.operation, case.members).error.text or ""
    shown = "" if case.shown is None else f" {case.shown}"
    begin = f"1 validation error detected: Value{shown} at '{case.at}' failed to satisfy constraint: {case.constraint}"
    if not case.values:
        assert text == begin
        return
    assert text.startswith(begin)
    assert set(re.findall(r"[\w:-]+", text[len(begin) :])) == case.values
