"""The variables that paths of parameters give."""

from __future__ import annotations

from collections.abc import Sequence
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


def variables_of(found: Sequence[tuple[str, read.Record]], transform: Transform) -> dict[str, Entry]:
    """Variable -> value and type; later paths win. Ends when two parameters of a path would be one variable."""
    made: dict[str, Entry] = {}
    for path in dict.fromkeys(path for path, _ in found):
        records = {each["Name"]: each for of, each in found if of == path}
        at = path.partition(":")[0]
        below = at if at not in records else at.rpartition("/")[0] or "/"
        try:
            table = names.variables(records, below, transform)
        except names.Collision as collision:
            raise exits.Ended(exits.UNABLE, str(collision)) from None
        made |= {key: Entry(key, records[name]["Value"], records[name]["Type"]) for key, name in table.items()}
    return made
