"""What clients ask before a person signs in by OIDC, and what the person may then be.

`GET /sign-in` tells everybody where to sign in. `GET /sign-in/roles` tells the bearer of an ID token the roles of their
groups; nobody else learns groups or roles. Neither gives anything: credentials come from AssumeRoleWithWebIdentity,
which decides again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from parastore.errors import ServiceError
from parastore.sts.issuers import Issuer
from parastore.sts.people import audiences_of, groups_of, roles_of, session_name
from parastore.sts.web_tokens import verified

_LONGEST = 20_000  # characters of a token, as AWS takes them (WebIdentityToken)
Answer = tuple[int, Mapping[str, Any], Mapping[str, str]]  # status, body, headers


def origins(issuers: Sequence[Issuer]) -> list[str]:
    """Where the console has to send requests of its own."""
    return sorted(
        {"{0.scheme}://{0.netloc}".format(urlsplit(each.issuer)) for each in issuers if each.people is not None}
    )


def offered(issuers: Sequence[Issuer]) -> Mapping[str, Any]:
    """The issuers that people may sign in with."""
    return {
        "issuers": [
            {
                "issuer": each.issuer,
                "label": each.people.label or urlsplit(each.issuer).hostname,
                "client_id": each.people.client_id,
                "scopes": each.people.scopes,
                "duration_seconds": each.people.duration_seconds,
            }
            for each in issuers
            if each.people is not None
        ]
    }


async def roles(authorization: str) -> Answer:
    """What the bearer of an ID token may be."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST:
        return _refused("Send the ID token of a person: Authorization: Bearer TOKEN.")
    try:
        issuer, claims = await verified(token.strip(), int(time.time()))
    except ServiceError as error:
        return _refused(error.message)
    if issuer.people is None or issuer.people.client_id not in audiences_of(claims):
        return _refused("This token was not made for people to sign in here.")
    return (
        200,
        {
            "session_name": session_name(issuer.people, claims),
            "groups": groups_of(issuer.people, claims),
            "roles": roles_of(issuer.people, claims),
        },
        {},
    )


def _refused(message: str) -> Answer:
    return 401, {"message": message}, {"WWW-Authenticate": "Bearer"}
