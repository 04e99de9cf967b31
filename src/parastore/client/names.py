"""Names and paths, and the names of variables made from them. Pure.

A path is written with or without its last slash; `/` is everything, also names without a slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

Naming = Literal["path", "leaf", "full"]
Case = Literal["upper", "lower", "keep"]
NAMINGS: tuple[Naming, ...] = ("path", "leaf", "full")
CASES: tuple[Case, ...] = ("upper", "lower", "keep")

_NO_VARIABLE = re.compile(r"[^A-Za-z0-9_]")
_VALID = re.compile(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\Z")
_ARN = re.compile(r"arn:[^:/]+:ssm:[^:/]*:[^:/]*:parameter/\S+\Z")


class Transform(NamedTuple):
    """How a parameter's name becomes a variable's: which part of it, in which case, behind which prefix."""

    naming: Naming = "path"
    case: Case = "upper"
    prefix: str = ""


class Collision(Exception):
    """Two parameters would become one variable."""


def is_name(text: str) -> bool:
    """Whether this may be the name or the ARN of a parameter, without a selector."""
    return bool(_VALID.match(text) or _ARN.match(text))


def folder(path: str) -> str:
    """The path with a slash at its end: what the names below it begin with."""
    return path.rstrip("/") + "/"


def is_below(name: str, path: str) -> bool:
    """Whether a parameter is below a path, at any depth."""
    return path.rstrip("/") == "" or name.startswith(folder(path))


def relative(name: str, path: str) -> str:
    """What is left of a name below a path: `db/password` of `/myapp/db/password` below `/myapp`."""
    return name.removeprefix(folder(path)).lstrip("/")


def join(path: str, rest: str) -> str:
    """A name below a path."""
    return folder(path) + rest.lstrip("/")


def leaf(name: str) -> str:
    """The last part of a name."""
    return name.rpartition("/")[2]


def variable(name: str, path: str, transform: Transform) -> str:
    """The environment variable of a parameter that was found below `path`: /myapp/db/password gives DB_PASSWORD."""
    part = {"path": relative(name, path), "leaf": leaf(name), "full": name.lstrip("/")}[transform.naming]
    text = _NO_VARIABLE.sub("_", part)
    text = {"upper": text.upper(), "lower": text.lower(), "keep": text}[transform.case]
    made = transform.prefix + text
    return f"_{made}" if made[:1].isdigit() else made


def variables(names: Iterable[str], path: str, transform: Transform) -> dict[str, str]:
    """Variable -> name. Raises Collision naming both parameters."""
    made: dict[str, str] = {}
    for name in names:
        key = variable(name, path, transform)
        if key in made:
            raise Collision(f"{made[key]} and {name} would both become {key}: use --names full, or --case keep")
        made[key] = name
    return made


def tree_order(name: str) -> tuple[str, ...]:
    """A sort key that keeps what belongs to one folder together."""
    return tuple(name.lstrip("/").split("/"))
