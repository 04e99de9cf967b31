"""The catalogue of public parameters: read-only, the same for every account, addressed with an empty account.

AWS's `global-infrastructure` comes from a file made of botocore's data (tools/make_global_infrastructure.py) and is
loaded when somebody first asks, which takes some 0.2 s and 15 MB. An operator's own come from JSON files.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from parastore.ssm.rules.names import depth_of, is_well_formed

PREFIX = "/aws/service/"
_INFRASTRUCTURE = f"{PREFIX}global-infrastructure"
_published: dict[str, str] = {}


class CatalogueError(ValueError):
    """A file of an operator's cannot be published; the text says which and why."""


def publish(folder: Path | None) -> None:
    """Publish the parameters in the `*.json` files of a folder, objects of names and values. Raises CatalogueError."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")) if folder else ():
        try:
            given = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CatalogueError(f"cannot publish {file}: {error}") from error
        if not isinstance(given, dict):
            raise CatalogueError(f"cannot publish {file}: it must be an object of names and values")
        for name, value in given.items():
            if not (name.startswith(PREFIX) and is_well_formed(name) and isinstance(value, str) and value):
                raise CatalogueError(f"cannot publish {name!r} of {file}: names begin with {PREFIX}, values are texts")
            found[name] = value
    if found != _published:
        _published.clear()
        _published.update(found)
        _values.cache_clear()
        names.cache_clear()
        _levels.cache_clear()


def find(path: str) -> str | None:
    """The value of a public parameter."""
    return _values().get(path)


def below(path: str, *, recursive: bool, after: str | None, limit: int) -> list[str]:
    """Names below a path, nearer levels first, by name within a level, behind `after`."""
    low, high = f"{path}/", f"{path}0"
    levels = _levels()
    first = depth_of(path) + 1
    found: list[str] = []
    for depth in sorted(levels) if recursive else (first,):
        if depth < first or (after is not None and depth < depth_of(after)):
            continue
        names = levels.get(depth, [])
        start = bisect_left(names, low)
        if after is not None and depth == depth_of(after):
            start = max(start, bisect_right(names, after))
        found += names[start : min(bisect_left(names, high), start + limit - len(found))]
        if len(found) >= limit:
            break
    return found


@cache
def names() -> Sequence[str]:
    """All names, sorted."""
    return sorted(_values())


@cache
def _values() -> Mapping[str, str]:
    return dict(_infrastructure()) | _listed() | _published


@cache
def _levels() -> Mapping[int, list[str]]:
    levels: dict[int, list[str]] = defaultdict(list)
    for name in names():
        levels[depth_of(name)].append(name)
    return levels


def _listed() -> dict[str, str]:
    """`/aws/service/list`: a parameter for each publisher, whose value is its path."""
    publishers = {name.split("/")[3] for name in _published} | {"global-infrastructure"}
    return {f"{PREFIX}list/{each}": f"{PREFIX}{each}" for each in publishers - {"list"}}


def _infrastructure() -> Iterator[tuple[str, str]]:
    text = resources.files(__package__).joinpath("global_infrastructure.json").read_text(encoding="utf-8")
    facts = json.loads(text)
    for region, known in facts["regions"].items():
        place = f"{_INFRASTRUCTURE}/regions/{region}"
        yield place, region
        for name, value in known.items():
            yield f"{place}/{name}", value
    for service, known in facts["services"].items():
        place = f"{_INFRASTRUCTURE}/services/{service}"
        yield place, service
        yield f"{place}/longName", known["longName"]
        for region, endpoint in known["endpoints"].items():
            for there, what in (
                (f"{place}/regions/{region}", region),
                (f"{_INFRASTRUCTURE}/regions/{region}/services/{service}", service),
            ):
                yield there, what
                yield f"{there}/endpoint", endpoint
