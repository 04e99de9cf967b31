"""The kinds of value a setting can have, and how each is read from text and from TOML."""

from __future__ import annotations

import dataclasses
import math
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parastore.context import SecretValue
from parastore.events.config import SinkError, read_sinks
from parastore.server.errors import SettingsError
from parastore.server.location import DatabaseUrl
from parastore.sts.issuers import IssuerError, read_issuers

_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Kind:
    """How to read a value.

    `expected` completes "must be ...". `read` takes text, as the environment and flags have it; `read_typed` takes what
    the file has, where a value has a type, so that `port = "80"` is refused. Both raise ValueError for what is not of
    this kind. `placeholder` stands for the value in help texts.
    A `secret` one is shown nowhere and is no flag; of a `masked` one only a wrong value is not shown.
    """

    expected: str
    read: Callable[[str], Any]
    read_typed: Callable[[Any], Any]
    placeholder: str = "TEXT"
    secret: bool = False
    masked: bool = False


def _of_text(expected: str, read: Callable[[str], Any], placeholder: str = "TEXT", *, secret: bool = False) -> Kind:
    def read_typed(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError
        return read(value)

    return Kind(expected, read, read_typed, placeholder, secret)


def text(pattern: str, expected: str) -> Kind:
    """Text that matches a pattern as a whole; `expected` says the pattern in words."""

    def read(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError
        return value

    return _of_text(expected, read)


def secret(pattern: str, expected: str) -> Kind:
    """Like `text`, kept as a SecretValue and never shown."""
    plain = text(pattern, expected)
    return _of_text(expected, lambda value: SecretValue(plain.read(value)), secret=True)


def database_url() -> Kind:
    """The URL of a PostgreSQL database."""
    expected = "the URL of a PostgreSQL database, postgresql://user@host:5432/name"
    return dataclasses.replace(_of_text(expected, DatabaseUrl, "URL"), masked=True)


def choice(*among: str) -> Kind:
    """One of a few words, in any case."""

    def read(value: str) -> str:
        if value.lower() not in among:
            raise ValueError
        return value.lower()

    return _of_text(f"one of {', '.join(among)}", read, "|".join(among))


def path() -> Kind:
    """A path; `~` is the home folder, a relative one starts at the working folder."""

    def read(value: str) -> Path:
        if not value or "\0" in value:
            raise ValueError
        return Path(value).expanduser().absolute()

    return _of_text("a path", read, "PATH")


def words() -> Kind:
    """A program and its arguments: words as a shell splits them, in the file an array too. No shell will see them."""

    def read(value: str) -> tuple[str, ...]:
        return read_typed(shlex.split(value))

    def read_typed(value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            value = shlex.split(value)
        if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
            raise ValueError
        return tuple(value)

    return Kind("a program and its arguments", read, read_typed, "PROGRAM")


def audit_sinks() -> Kind:
    """Where audit records go as well: words in a text, in the file an array."""
    form = re.compile(r"stdout|syslog|syslog://[^\s/@]+|https?://[^\s/@]+(/\S*)?", re.ASCII)

    def read(value: str) -> tuple[str, ...]:
        return read_typed(value.split())

    def read_typed(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) and form.fullmatch(each) for each in value):
            raise ValueError
        return tuple(dict.fromkeys(value))

    return Kind("any of stdout, syslog, syslog://host:port and http or https URLs", read, read_typed, "SINKS")


def boolean() -> Kind:
    """Yes or no."""

    def read(value: str) -> bool:
        if value.lower() not in _WORDS:
            raise ValueError
        return _WORDS[value.lower()]

    def read_typed(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value

    return Kind("true or false", read, read_typed)


def integer(low: int, high: int) -> Kind:
    """A whole number between two bounds, both allowed."""

    def read(value: str) -> int:
        # int() would also take "1_000" and " 5 ".
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            raise ValueError
        return read_typed(int(value))

    def read_typed(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError
        return value

    return Kind(f"a whole number from {low} to {high}", read, read_typed, "N")


def seconds(low: float, high: float) -> Kind:
    """A duration in seconds, fractions allowed, between two bounds."""

    def read_typed(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError
        if not math.isfinite(value) or not low <= value <= high:
            raise ValueError
        return float(value)

    return Kind(f"seconds from {low:g} to {high:g}", lambda value: read_typed(float(value)), read_typed, "SECONDS")


def issuers() -> Kind:
    """Whose tokens may be exchanged for sessions: an array of tables. Only the file can have it."""

    def read(value: str) -> Any:
        raise ValueError

    def read_typed(value: Any) -> Any:
        try:
            return read_issuers(value)
        except IssuerError as error:
            raise SettingsError(f"[[oidc_issuers]]: {error}.") from None

    return Kind("given in the configuration file, as [[oidc_issuers]] tables", read, read_typed)


def sinks() -> Kind:
    """Where events go: an array of tables. Only the file can have it, and its secrets are not shown."""

    def read(value: str) -> Any:
        raise ValueError

    def read_typed(value: Any) -> Any:
        try:
            return read_sinks(value)
        except SinkError as error:
            raise SettingsError(f"[[sinks]]: {error}.") from None

    return Kind("given in the configuration file, as [[sinks]] tables", read, read_typed, secret=True)
