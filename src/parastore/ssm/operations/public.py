"""Public parameters as reads show them: String, version 1, tier Standard, of no account and changed by nobody."""

from __future__ import annotations

from collections.abc import Sequence

from parastore.ssm.public import catalogue
from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Reading, Version
from parastore.ssm.store.listings import Page

_MADE_AT = 1_767_225_600_000  # 2026-01-01; what is published has no history here
_FIXED = {"type": "String", "tier": "Standard", "data_type": "text"}


def is_public(path: str) -> bool:
    """Whether a path belongs to AWS's public space."""
    return path.startswith(catalogue.PREFIX) or path == catalogue.PREFIX[:-1]


def find(path: str) -> Reading | None:
    """A public parameter."""
    value = catalogue.find(path)
    return None if value is None else Reading(path, path, 1, "String", value.encode(), "text", _MADE_AT)


def by_path(
    path: str, recursive: bool, conditions: Sequence[Condition], after: str | None, limit: int
) -> Page[Reading]:
    """A page of what lies below a public path."""
    if not all(_holds_of_any(each) for each in conditions):
        return Page([], None)
    found = catalogue.below(path, recursive=recursive, after=after, limit=limit + 1)
    readings = [reading for name in found[:limit] if (reading := find(name)) is not None]
    return Page(readings, found[limit - 1] if len(found) > limit else None)


def asks_for_public(conditions: Sequence[Condition]) -> bool:
    """Whether a DescribeParameters names the public space; otherwise it lists the account's own."""
    return any(each.field == "path" and all(map(is_public, each.values)) for each in conditions)


def describe(conditions: Sequence[Condition], after: str | None, limit: int) -> Page[Version]:
    """A page of public parameters by name, without their values."""
    fixed = [each for each in conditions if each.field != "path"]
    found: list[str] = []
    if all(_holds_of_any(each) for each in fixed):
        paths = [each for each in conditions if each.field == "path"]
        for name in catalogue.names():
            if (after is None or name > after) and all(_holds_of(each, name) for each in paths):
                found.append(name)
                if len(found) > limit:
                    break
    versions = [
        Version(name, name, 1, "String", b"", None, None, None, "Standard", "text", _MADE_AT, "")
        for name in found[:limit]
    ]
    return Page(versions, found[limit - 1] if len(found) > limit else None)


def _holds_of_any(condition: Condition) -> bool:
    """A condition on what is the same for all of them; they have no key, no label and no tags."""
    value = _FIXED.get(condition.field)
    return value is not None and any(
        value == each if condition.match == "equals" else value.startswith(each) for each in condition.values
    )


def _holds_of(condition: Condition, path: str) -> bool:
    for value in condition.values:
        below = path.startswith(value.rstrip("/") + "/")
        if (
            (condition.match == "equals" and path == value)
            or (condition.match == "prefix" and path.startswith(value))
            or (condition.match == "contains" and value in path)
            or (condition.match == "descendants" and below)
            or (condition.match == "children" and below and depth_of(path) == depth_of(value) + 1)
        ):
            return True
    return False
