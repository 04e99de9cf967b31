"""AssumeRoleWithWebIdentity: a token of an OIDC issuer in exchange for a role's session. Nobody signs this request.

The token proves who asks; the role's trust policy decides whether that is enough, by the issuer's claims as condition
keys: `token.actions.githubusercontent.com:sub`. A person's token gives the roles of the person's groups only, under the
person's own name, whatever else a trust policy would allow.
"""

from __future__ import annotations

from typing import Any

from parastore.context import Call, Caller, Session
from parastore.errors import ValidationException
from parastore.policy.decide import decide
from parastore.policy.document import Kind, Policy, parse
from parastore.policy.keys import moment
from parastore.sts import rules
from parastore.sts.errors import AccessDenied
from parastore.sts.operations.sessions import begin, find_role
from parastore.sts.people import audiences_of, refusal
from parastore.sts.shapes import AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse
from parastore.sts.web_tokens import verified

_ACTION = "sts:AssumeRoleWithWebIdentity"


async def assume_role_with_web_identity(
    request: AssumeRoleWithWebIdentityRequest, call: Call
) -> AssumeRoleWithWebIdentityResponse:
    """Raises InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError, AccessDenied."""
    named = rules.role_named(request.role_arn)
    if request.provider_id is not None:
        raise ValidationException("ProviderId is for OAuth 2.0 providers. Leave it out for OpenID Connect.")
    issuer, claims = await verified(request.web_identity_token.reveal(), call.now // 1000)
    provider = f"arn:aws:iam::{named.account}:oidc-provider/{issuer.name}"
    role = await find_role(call, named)
    subject = Caller("", provider, str(claims["sub"]), "")
    trust = () if role is None or role.trust is None else (Policy("trust", parse(role.trust, Kind.TRUST)),)
    keys: dict[str, str | tuple[str, ...]] = {
        f"{issuer.name}:{name}".lower(): value for name, value in _condition_values(claims)
    }
    keys |= {
        "aws:federatedprovider": provider,
        "aws:currenttime": moment(call.now),
        "aws:epochtime": str(call.now // 1000),
        "sts:rolesessionname": request.role_session_name,
    }
    if call.http is not None:
        keys |= {"aws:sourceip": call.http.client, "aws:securetransport": "true" if call.http.secure else "false"}
    if role is None or not decide(subject, _ACTION, named, None, keys, trust, governed=True).allowed:
        raise AccessDenied(f"Not authorized to perform {_ACTION}")
    if issuer.people is not None and (reason := refusal(issuer.people, claims, request)) is not None:
        raise AccessDenied(f"Not authorized to perform {_ACTION}: {reason}")
    answer = await begin(call, role, request, Session(call.now, 0, provider=provider))
    return AssumeRoleWithWebIdentityResponse(
        subject_from_web_identity_token=str(claims["sub"]),
        provider=provider,
        audience=next(each for each in audiences_of(claims) if each in issuer.accepted),
        **answer,
    )


def _condition_values(claims: dict[str, Any]) -> list[tuple[str, str | tuple[str, ...]]]:
    found: list[tuple[str, str | tuple[str, ...]]] = []
    for name, value in claims.items():
        if isinstance(value, bool):
            found.append((name, "true" if value else "false"))
        elif isinstance(value, str | int | float):
            found.append((name, str(value)))
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            # A token for one audience in a list is a token for one audience.
            found.append((name, value[0] if name == "aud" and len(value) == 1 else tuple(value)))
    return found
