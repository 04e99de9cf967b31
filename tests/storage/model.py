"""Parameters as anybody would keep them: a dict. What the SQL of `ssm.store` must agree with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Reading, Version


@dataclass
class Kept:
    """One parameter: its kept versions, oldest first, and its tags."""

    versions: list[Version]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Version:
        return self.versions[-1]


class Model:
    """One account's parameters in one Region."""

    def __init__(self) -> None:
        self.parameters: dict[str, Kept] = {}

    def put(self, version: Version, kept: int, tags: dict[str, str] | None = None) -> None:
        if version.version == 1:
            assert version.path not in self.parameters
            self.parameters[version.path] = Kept([version], dict(tags or {}))
        else:
            before = self.parameters[version.path]
            assert version.version == before.current.version + 1
            before.versions = [*before.versions, version][-kept:]

    def delete(self, path: str) -> bool:
        return self.parameters.pop(path, None) is not None

    def find(self, path: str) -> Version | None:
        if path not in self.parameters:
            return None
        return msgspec.structs.replace(self.parameters[path].current, content=b"")

    def find_replaced(self, path: str, number: int) -> Version | None:
        before = self.parameters[path].versions[:-1] if path in self.parameters else []
        return next((msgspec.structs.replace(each, name="") for each in before if each.version == number), None)

    def history(self, path: str, after: int, limit: int) -> list[Version]:
        if path not in self.parameters:
            return []
        *before, current = self.parameters[path].versions
        kept = [*(msgspec.structs.replace(each, name="") for each in before), current]
        return [each for each in kept if each.version > after][:limit]

    def describe(self, conditions: Sequence[Condition]) -> list[Version]:
        return [each.current for each in self._sorted(by_level=False) if all(holds(one, each) for one in conditions)]

    def by_path(self, path: str, recursive: bool, conditions: Sequence[Condition]) -> list[Reading]:
        where = Condition("path", "descendants" if recursive else "children", (path,))
        wanted = [where, *conditions]
        return [
            reading(each)
            for each in [
                each.current for each in self._sorted(by_level=True) if all(holds(one, each) for one in wanted)
            ]
        ]

    def _sorted(self, by_level: bool) -> Iterable[Kept]:
        def order(kept: Kept) -> tuple[int, str]:
            return (depth_of(kept.current.path) if by_level else 0, kept.current.path)

        return sorted(self.parameters.values(), key=order)


def holds(condition: Condition, kept: Kept) -> bool:
    """What a condition means, said plainly."""
    version = kept.current
    if condition.field == "label":
        return False
    if condition.field.startswith("tag:"):
        actual = kept.tags.get(condition.field.removeprefix("tag:"))
    else:
        actual = getattr(version, condition.field)
    if actual is None:
        return False
    match condition.match:
        case "present":
            return True
        case "equals":
            return actual in condition.values
        case "prefix":
            return any(actual.startswith(value) for value in condition.values)
        case "contains":
            return any(value in actual for value in condition.values)
    below = [value for value in condition.values if actual.startswith(value.rstrip("/") + "/")]
    if condition.match == "children":
        return any(depth_of(actual) == depth_of(value) + 1 for value in below)
    return bool(below)


def reading(version: Version) -> Reading:
    """The part of a version that reads show."""
    return Reading(
        version.path,
        version.name,
        version.version,
        version.type,
        version.content,
        version.data_type,
        version.modified_at,
    )
