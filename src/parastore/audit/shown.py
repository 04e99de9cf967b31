"""A request or an answer as the trail shows it: CloudTrail's names, and nothing that is secret.

What the shapes mark as sensitive is hidden in requests and left out of answers, as AWS does; bytes are in neither, for
CloudTrail never shows a plaintext or a ciphertext. So a new operation's secrets are hidden by the mark that its shape
needs anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from parastore.violations import Node, members

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

_Writer = Callable[[Any], Any]
# attribute, name in the trail, how to show the value (None: as it is)
_Plan = tuple[tuple[str, str, _Writer | None], ...]


def parameters(request: msgspec.Struct) -> dict[str, Any]:
    """`requestParameters`: the members a client gave, secrets hidden."""
    return _shown(request, _plan(type(request), True))


def elements(response: msgspec.Struct) -> dict[str, Any]:
    """`responseElements`: the members of an answer, secrets left out."""
    return _shown(response, _plan(type(response), False))


def _shown(structure: msgspec.Struct, plan: _Plan) -> dict[str, Any]:
    found = {}
    for attribute, name, write in plan:
        value = getattr(structure, attribute)
        if value is not None:
            found[name] = value if write is None else write(value)
    return found


@cache
def _plan(shape: type[msgspec.Struct], is_request: bool) -> _Plan:
    plan: list[tuple[str, str, _Writer | None]] = []
    for member in members(shape):
        if _is_blob(member.node):
            continue
        if not member.node.sensitive:
            plan.append((member.attribute, member.path, _writer(member.node, is_request)))
        elif is_request:
            plan.append((member.attribute, member.path, _hide))
    return tuple(plan)


def _is_blob(node: Node) -> bool:
    return node.kind == "Blob" or (node.item is not None and _is_blob(node.item))


def _hide(value: object) -> str:
    return HIDDEN


def _writer(node: Node, is_request: bool) -> _Writer | None:
    if node.kind == "Timestamp":
        return _moment
    if node.shape is not None:
        shape = node.shape
        return lambda value: _shown(value, _plan(shape, is_request))  # planned when met: shapes may be recursive
    item = None if node.item is None else _writer(node.item, is_request)
    if item is None:
        return None
    if node.kind == "Map":
        return lambda value: {key: item(each) for key, each in value.items()}
    return lambda value: [item(each) for each in value]


def _moment(value: float) -> str:
    """`Nov 29, 2022, 9:42:12 PM`, as CloudTrail writes the times in answers."""
    moment = datetime.fromtimestamp(value, UTC)
    return f"{moment:%b} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M:%S %p}"
