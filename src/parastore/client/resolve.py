"""Fill in the references of texts: all are found first, fetched ten by ten, and then every text is filled, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from parastore.client.connect import Failure, Kind
from parastore.client.read import Record, get_many
from parastore.client.references import Reference, fill, find


class Missing(NamedTuple):
    """A reference that cannot be filled in. It holds no value."""

    source: str
    line: int
    asked: str
    why: str


class Unresolved(Exception):
    """Some references cannot be filled in; all of them are in `missing`."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(f"{len(missing)} unresolved")
        self.missing = missing


class Resolved(NamedTuple):
    """The texts, filled in; the names of the SecureStrings in each; the parameters, by what they were asked for."""

    texts: dict[str, str]
    secret: dict[str, list[str]]
    found: dict[str, Record]


def resolve(client: Any, texts: Mapping[str, str]) -> Resolved:
    """Fill in texts, which are named by where they come from. Raises Unresolved, Failure."""
    references = {source: find(text) for source, text in texts.items()}
    asked = [each.asked for found in references.values() for each in found if each.valid]
    known, refused = _fetch(client, asked)
    missing = [
        Missing(source, each.line, each.asked, why)
        for source, found in references.items()
        for each in found
        if (why := _fault(each, known, refused))
    ]
    if missing:
        raise Unresolved(missing)
    filled = {source: fill(text, lambda name: str(known[name]["Value"])) for source, text in texts.items()}
    secret = {
        source: [each.asked for each in found if known[each.asked]["Type"] == "SecureString"]
        for source, found in references.items()
    }
    return Resolved(filled, secret, known)


def _fetch(client: Any, asked: list[str]) -> tuple[dict[str, Record], dict[str, str]]:
    """Parameters, and why some are refused. One that is refused fails its call, so then each is asked alone."""
    try:
        return get_many(client, asked, decrypt=True)[0], {}
    except Failure as failure:
        if failure.kind is Kind.UNREACHABLE:
            raise
    known: dict[str, Record] = {}
    refused: dict[str, str] = {}
    for name in dict.fromkeys(asked):
        try:
            known |= get_many(client, [name], decrypt=True)[0]
        except Failure as failure:
            refused[name] = str(failure)
    return known, refused


def _fault(reference: Reference, known: Mapping[str, Record], refused: Mapping[str, str]) -> str | None:
    if not reference.valid:
        return "not the name of a parameter"
    if reference.asked in refused:
        return refused[reference.asked]
    if reference.asked not in known:
        return "no such parameter, version or label"
    kind = known[reference.asked]["Type"]
    return f"a {kind}, and ssm-secure asks for a SecureString" if reference.secure and kind != "SecureString" else None
