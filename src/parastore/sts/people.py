"""People who sign in with an OIDC issuer: the roles of their groups, and the name they act under. Pure decisions.

A token is a person's when it was made for the client that people sign in by. It gives a role only if a group of the
person has it here and the role's trust policy allows it as well. The session's name is the person's, so that nobody
appears in the audit trail as somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749, 3.3
_NOT_OF_A_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)  # of a RoleSessionName, 2 to 64 characters
_LONGEST_NAME = 64
SHORTEST, LONGEST = 900, 43200  # seconds of a role's session, AWS's bounds


class People(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people sign in: `[oidc_issuers.people]`.

    `client_id` is that of a public client (PKCE, no secret). `roles` has the role ARNs of each group, as
    `groups_claim` of the ID token names groups. `name_claim` is the person's name in sessions and audit; a token
    without it has its `sub` there. `label` is what the issuer is called on the console's button. `duration_seconds` is
    what clients ask sessions to last; the role's own longest decides.
    """

    client_id: str
    roles: dict[str, tuple[str, ...]]
    groups_claim: str = "groups"
    name_claim: str = "preferred_username"
    scopes: tuple[str, ...] = ("openid", "profile")
    label: str | None = None
    duration_seconds: int = 3600


class Asked(Protocol):
    """What is asked for: a role, and the name of its session."""

    role_arn: str
    role_session_name: str


def fault_of(people: People) -> str | None:
    """What is wrong with a configuration, if something is."""
    if not people.client_id:
        return "people.client_id is empty"
    if "openid" not in people.scopes or not all(_SCOPE.fullmatch(each) for each in people.scopes):
        return "people.scopes must be words, openid among them"
    if not SHORTEST <= people.duration_seconds <= LONGEST:
        return f"people.duration_seconds must be from {SHORTEST} to {LONGEST}"
    for group, arns in people.roles.items():
        for arn in arns:
            if not _ROLE.fullmatch(arn):
                return f"people.roles of {group!r}: {arn!r} must be like arn:aws:iam::111122223333:role/name"
    return None


def audiences_of(claims: Mapping[str, Any]) -> list[str]:
    """For whom a token was made."""
    given = claims["aud"]
    return [str(each) for each in (given if isinstance(given, list) else [given])]


def groups_of(people: People, claims: Mapping[str, Any]) -> list[str]:
    """The person's groups; one group may stand alone, without a list."""
    given = claims.get(people.groups_claim)
    listed = given if isinstance(given, list) else [given]
    return [each for each in listed if isinstance(each, str)]


def roles_of(people: People, claims: Mapping[str, Any]) -> list[str]:
    """The roles of the person's groups, in the order of the configuration, each once."""
    groups = set(groups_of(people, claims))
    return list(dict.fromkeys(arn for group, arns in people.roles.items() if group in groups for arn in arns))


def session_name(people: People, claims: Mapping[str, Any]) -> str:
    """The name of the person's sessions: what other characters than AWS allows become `-`, and 64 remain."""
    given = claims.get(people.name_claim)
    name = given if isinstance(given, str) and given else str(claims["sub"])
    return _NOT_OF_A_NAME.sub("-", name)[:_LONGEST_NAME].ljust(2, "-")


def refusal(people: People, claims: Mapping[str, Any], asked: Asked) -> str | None:
    """Why a token does not give what is asked for; None when it may, or is not a person's."""
    if people.client_id not in audiences_of(claims):
        return None
    if asked.role_arn not in roles_of(people, claims):
        return "no group of this token has the role"
    if asked.role_session_name != session_name(people, claims):
        return f"the session of this token must be named {session_name(people, claims)}"
    return None
