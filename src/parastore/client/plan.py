"""What writing a set of parameters would change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from parastore.client.names import is_name

Secretive = Callable[[str, str], bool]  # whether a value, under this name, looks like a secret


class Wanted(NamedTuple):
    """A parameter to be; without `kind` it is decided by what is there and what the value looks like."""

    name: str
    value: str
    kind: str | None = None


class Change(NamedTuple):
    """`sign`: + make, ~ give a new version, = leave as it is, ! cannot be done. `note` says why."""

    sign: str
    name: str
    kind: str
    value: str
    before: str | None = None
    note: str = ""


def plan(wanted: Iterable[Wanted], there: Mapping[str, Mapping[str, Any]], looks_secret: Secretive) -> list[Change]:
    """One change for each parameter wanted; `there` are those that exist, decrypted, by name."""
    return [_change(each, there.get(each.name), looks_secret) for each in wanted]


def _change(wanted: Wanted, there: Mapping[str, Any] | None, looks_secret: Secretive) -> Change:
    name, value = wanted.name, wanted.value
    kind = wanted.kind
    if kind is None and looks_secret(name, value):
        kind = "SecureString"
    kind = kind or (there["Type"] if there else "String")
    before = there["Value"] if there else None
    if not is_name(name):
        return Change("!", name, kind, value, before, "a name has letters, digits, and . - _ / only")
    if not value:
        return Change("!", name, kind, value, before, "empty, which Parameter Store does not take")
    if "{{" in value and "}}" in value[value.index("{{") :]:
        return Change("!", name, kind, value, before, "has {{...}}, which Parameter Store does not take")
    if there is None:
        return Change("+", name, kind, value)
    same = (before, there["Type"]) == (value, kind)
    note = "" if there["Type"] == kind else f"was a {there['Type']}"
    return Change("=" if same else "~", name, kind, value, before, note)
