"""The variables that paths of parameters give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from parastore.cli import exits
from parastore.cli.aws import say
from parastore.client import names, read
from parastore.client.names import Transform
from parastore.formats.entry import Entry


def records_of(client: Any, paths: Sequence[str], *, strict: bool = False) -> list[tuple[str, read.Record]]:
    """Every parameter below the paths, or named by them, with its path. Ends when `strict` and a path holds none."""
    found = []
    for path in paths:
        records = read.path_or_name(client, path, decrypt=True)
        if not records:
            if strict:
                raise exits.Ended(exits.NOT_FOUND, f"nothing at or below {path}")
            say(f"Warning: nothing at or below {path}")
        found += [(path, each) for each in records]
    return found


def folder_of(path: str, found: Iterable[str]) -> str:
    """What the names found are relative to: the path, or the parent of the one parameter that it named."""
    several = list(found)
    named = len(several) == 1 and not (path.startswith("/") and names.is_below(several[0], path))
    return (several[0].rpartition("/")[0] or "/") if named else path


def variables_of(found: Sequence[tuple[str, read.Record]], transform: Transform) -> dict[str, Entry]:
    """Variable -> value and type; later paths win. Ends when two parameters of a path would be one variable."""
    made: dict[str, Entry] = {}
    for path in dict.fromkeys(path for path, _ in found):
        records = {each["Name"]: each for of, each in found if of == path}
        try:
            table = names.variables(records, folder_of(path, records), transform)
        except names.Collision as collision:
            raise exits.Ended(exits.UNABLE, str(collision)) from None
        made |= {key: Entry(key, records[name]["Value"], records[name]["Type"]) for key, name in table.items()}
    return made
