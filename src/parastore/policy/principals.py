"""Whom a statement of a resource policy speaks of, and how closely it names a caller.

How closely matters for what else limits the caller: a policy that names an account only lets that account's own
policies decide, one that names a user or session grants by itself.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Any, NamedTuple

from parastore.context import Caller
from parastore.policy.errors import DocumentError

_ACCOUNT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::(\d{12}):root", re.ASCII)
_IDENTITY = re.compile(
    r"arn:aws[a-z-]*:(?:iam::\d{12}:(?:user|role)|sts::\d{12}:(?:assumed-role|federated-user))/[^*?]+", re.ASCII
)
# What IAM makes of a principal that was deleted: the unique id remains, and names nobody.
_GONE = re.compile(r"A(?:IDA|ROA)[A-Z0-9]{16,}", re.ASCII)
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class Match(IntEnum):
    """How closely a caller is named, the closer the greater."""

    NONE = 0
    ACCOUNT = 1  # the caller's account
    ROLE = 2  # the role behind the caller's session
    EVERYONE = 3  # `*`
    DIRECT = 4  # the user or the session itself


class Principals(NamedTuple):
    """What Principal or NotPrincipal names. `others` are services and identity providers."""

    everyone: bool
    accounts: frozenset[str]
    identities: frozenset[str]
    others: frozenset[str]
    inverted: bool = False

    def match(self, caller: Caller) -> Match:
        """How closely the caller is named; NotPrincipal speaks of everyone it does not name."""
        found = self._match(caller)
        if self.inverted:
            return Match.EVERYONE if found is Match.NONE else Match.NONE
        return found

    def _match(self, caller: Caller) -> Match:
        if caller.arn in self.identities or caller.arn in self.others:
            return Match.DIRECT
        if self.everyone:
            return Match.EVERYONE
        if caller.role is not None and caller.role in self.identities:
            return Match.ROLE
        if caller.account in self.accounts:
            return Match.ACCOUNT
        return Match.NONE


def principals(given: Any, *, inverted: bool = False) -> Principals:
    """Compile a Principal element. Raises DocumentError."""
    if given == "*":
        given = {"AWS": "*"}
    if not isinstance(given, dict) or not given:
        raise DocumentError("Invalid principal in policy.")
    everyone, accounts, identities, others = False, set(), set(), set()
    for kind, value in given.items():
        if kind not in _KINDS:
            raise DocumentError(f'Invalid principal in policy: "{kind}"')
        for each in [value] if isinstance(value, str) else value if isinstance(value, list) else [None]:
            if not isinstance(each, str) or not each:
                raise DocumentError(f'Invalid principal in policy: "{kind}"')
            if kind != "AWS":
                others.add(each)
            elif each == "*":
                everyone = True
            elif account := _ACCOUNT.fullmatch(each):
                accounts.add(account[1] or each)
            elif _IDENTITY.fullmatch(each) or _GONE.fullmatch(each):
                identities.add(each)
            else:
                raise DocumentError(f'Invalid principal in policy: "AWS":"{each}"')
    return Principals(everyone, frozenset(accounts), frozenset(identities), frozenset(others), inverted)
