"""Policy documents: JSON that says who may do what, parsed once into statements.

Resource policies of parameters use a part of the language: Effect, Principal, Action and Resource. What is not
understood is refused when it is uploaded, never skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from parastore.context import Caller

Effect = Literal["Allow", "Deny"]
_MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource"}
_PRINCIPAL = re.compile(
    r"\*|\d{12}|arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|user/.+|role/.+|assumed-role/.+)", re.ASCII
)


class DocumentError(ValueError):
    """The document cannot be used; the text says why."""


class Statement(NamedTuple):
    """Whom it is about, and what it allows or denies them. Actions are in lower case; `*` and `?` are wildcards."""

    effect: Effect
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def covers(self, caller: Caller, action: str, resource: str) -> bool:
        """Whether it speaks of this call."""
        return (
            any(_is_principal(each, caller) for each in self.principals)
            and any(_matches(each, action.lower()) for each in self.actions)
            and any(_matches(each, resource) for each in self.resources)
        )


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Statement, ...]:
    """The statements of a resource policy. Raises DocumentError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentError("The policy is not valid JSON.") from None
    if not isinstance(document, dict) or not document.keys() <= {"Version", "Id", "Statement"}:
        raise DocumentError("A policy is an object of Version, Id and Statement.")
    if document.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
        raise DocumentError("The Version of a policy is 2012-10-17.")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        raise DocumentError("A policy has at least one Statement.")
    return tuple(_statement(each) for each in statements)


def allows(statements: Sequence[Statement], caller: Caller, action: str, resource: str) -> bool:
    """Whether these statements allow a call; one that denies it outweighs all others."""
    effects = {each.effect for each in statements if each.covers(caller, action, resource)}
    return effects == {"Allow"}


def _statement(given: Any) -> Statement:
    if not isinstance(given, dict):
        raise DocumentError("A Statement is an object.")
    for member in given:
        if member not in _MEMBERS:
            raise DocumentError(f"{member} is not supported in a Statement of this policy.")
    if given.get("Effect") not in ("Allow", "Deny"):
        raise DocumentError("The Effect of a Statement is Allow or Deny.")
    return Statement(
        given["Effect"],
        _principals(given.get("Principal")),
        tuple(each.lower() for each in _texts(given, "Action")),
        _texts(given, "Resource"),
    )


def _principals(given: Any) -> tuple[str, ...]:
    if isinstance(given, dict):
        if given.keys() != {"AWS"}:
            raise DocumentError("The Principal of a Statement is AWS accounts, users and roles.")
        found = _texts(given, "AWS")
    elif given == "*":
        found = ("*",)
    else:
        raise DocumentError("A Statement has a Principal.")
    for each in found:
        if not _PRINCIPAL.fullmatch(each):
            raise DocumentError(f"{each} is no principal.")
    return found


def _texts(given: dict[str, Any], name: str) -> tuple[str, ...]:
    value = given.get(name)
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(each, str) for each in values):
        raise DocumentError(f"{name} is a text or a list of texts.")
    return tuple(values)


def _is_principal(principal: str, caller: Caller) -> bool:
    if principal in ("*", caller.arn, caller.account):
        return True
    parts = principal.split(":")
    return len(parts) == 6 and parts[4] == caller.account and parts[5] == "root"


def _matches(pattern: str, text: str) -> bool:
    """Wildcards over the whole text, in linear space and without backtracking into earlier stars."""
    at = index = mark = 0
    star = -1
    while index < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, index
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[index]):
            at += 1
            index += 1
        elif star >= 0:
            mark += 1
            at, index = star + 1, mark
        else:
            return False
    return pattern[at:].strip("*") == ""
