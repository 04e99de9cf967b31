"""What `parastore exec` runs: a command, its arguments and variables, made of parameters; and whether those changed.

A look for changes reads what making read, but without decryption, as versions are all it is for: it needs no further
permission, costs no use of a key, and no secret passes. A version that holds the same value changes nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from parastore.cli import exits
from parastore.cli.aws import say
from parastore.cli.environment import records_of, variables_of
from parastore.client import read
from parastore.client.names import Transform
from parastore.client.read import Record
from parastore.client.resolve import Unresolved, resolve

# By what a parameter was asked for: its name, version and time. Who is deleted and made again begins at version 1.
Marks = frozenset[tuple[str, str, int, Any]]


class Program(NamedTuple):
    """What is run: its file, its arguments (the name it was called by first), its environment."""

    file: str
    arguments: list[str]
    environ: dict[str, str]


class Seen(NamedTuple):
    """The references that a program was made of, besides its paths, and the marks of all its parameters."""

    references: tuple[str, ...]
    marks: Marks


def make_program(
    client: object,
    paths: Sequence[str],
    command: Sequence[str],
    transform: Transform,
    only: Sequence[str],
    *,
    pristine: bool,
    strict: bool,
) -> tuple[Program, Seen]:
    """Read the parameters, and put the program together. Raises Failure, exits.Ended."""
    file = shutil.which(command[0])
    if file is None:
        raise exits.Ended(exits.NO_COMMAND, f"no command {command[0]} in PATH")
    records = records_of(client, paths, strict=strict)
    given = variables_of(records, transform)
    if only:
        if missing := [each for each in only if each not in given]:
            raise exits.Ended(exits.NOT_FOUND, f"no parameter gives {', '.join(missing)}")
        given = {each: given[each] for each in only}
    inherited = {} if pristine else dict(os.environ)
    if strict and (both := sorted(given.keys() & inherited.keys())):
        raise exits.Ended(exits.REFUSED, f"set in the environment already: {', '.join(both)}")
    for name in given:
        inherited.pop(name, None)
    inherited, arguments, referred = _filled(client, inherited, command)
    environ = inherited | {name: each.value for name, each in given.items()}
    if nul := [name for name, value in environ.items() if "\0" in value]:
        raise exits.Ended(exits.REFUSED, f"a variable cannot hold a NUL: {', '.join(nul)}")
    return Program(file, arguments, environ), Seen(tuple(referred), _marks([*records, *referred.items()]))


def has_changed(client: object, paths: Sequence[str], seen: Seen) -> bool:
    """Whether any of the parameters has another version now, is new, or is gone. Raises Failure."""
    below = [(path, each) for path in paths for each in read.path_or_name(client, path, decrypt=False)]
    referred, _ = read.get_many(client, seen.references, decrypt=False)
    return _marks([*below, *referred.items()]) != seen.marks


def _marks(found: Iterable[tuple[str, Record]]) -> Marks:
    return frozenset((asked, each["Name"], each["Version"], each["LastModifiedDate"]) for asked, each in found)


def _filled(
    client: object, environ: Mapping[str, str], command: Sequence[str]
) -> tuple[dict[str, str], list[str], dict[str, Record]]:
    """Variables and arguments with their references filled in, and the parameters by what they were asked for."""
    texts = {f"variable {name}": value for name, value in environ.items() if "{{" in value}
    arguments = {f"argument {number}": word for number, word in enumerate(command[1:], 1) if "{{" in word}
    try:
        done = resolve(client, texts | arguments)
    except Unresolved as unresolved:
        lines = [f"{each.source}: {each.asked}: {each.why}" for each in unresolved.missing]
        raise exits.Ended(exits.NOT_FOUND, "\n  ".join(["unresolved references", *lines])) from None
    for source in arguments:
        if done.secret[source]:
            say(f"Warning: {source} now holds a secret that everybody's `ps` shows; a variable would not.")
    return (
        {name: done.texts.get(f"variable {name}", value) for name, value in environ.items()},
        [command[0], *(done.texts.get(f"argument {number}", word) for number, word in enumerate(command[1:], 1))],
        done.found,
    )
