"""AssumeRoleWithWebIdentity: a token of an OIDC issuer in exchange for a role's session. Nobody signs this request.

The token proves who asks; the role's trust policy decides whether that is enough, by the issuer's claims as condition
keys: `token.actions.githubusercontent.com:sub`.
"""

from __future__ import annotations

from typing import Any

from parastore.context import Call, Caller, Session
from parastore.errors import ValidationException
from parastore.policy.decide import decide
from parastore.policy.document import Kind, Policy, parse
from parastore.policy.keys import moment
from parastore.sts import issuers, rules
from parastore.sts.errors import (
    AccessDenied,
    ExpiredIdentityToken,
    IDPCommunicationError,
    IDPRejectedClaim,
    InvalidIdentityToken,
)
from parastore.sts.operations.sessions import begin, find_role
from parastore.sts.shapes import AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse

_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_LEEWAY = 300  # seconds that the issuer's clock may be ahead
_ACTION = "sts:AssumeRoleWithWebIdentity"


async def assume_role_with_web_identity(
    request: AssumeRoleWithWebIdentityRequest, call: Call
) -> AssumeRoleWithWebIdentityResponse:
    """Raises InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError, AccessDenied."""
    named = rules.role_named(request.role_arn)
    if request.provider_id is not None:
        raise ValidationException("ProviderId is for OAuth 2.0 providers. Leave it out for OpenID Connect.")
    keys_of_issuer, claims = await _verified(request.web_identity_token.reveal(), call)
    issuer = keys_of_issuer.issuer
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
    answer = await begin(call, role, request, Session(call.now, 0, provider=provider))
    return AssumeRoleWithWebIdentityResponse(
        subject_from_web_identity_token=str(claims["sub"]),
        provider=provider,
        audience=_audience(claims, issuer),
        **answer,
    )


async def _verified(token: str, call: Call) -> tuple[issuers.KeySet, dict[str, Any]]:
    import jwt  # noqa: PLC0415 (only who exchanges tokens pays for it)

    try:
        header = jwt.get_unverified_header(token)
        unproven = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise InvalidIdentityToken("The ID Token provided is not a valid JWT.") from None
    keys = issuers.find(str(unproven.get("iss")))
    if keys is None:
        raise InvalidIdentityToken(f"No OpenIDConnect provider found in your account for {unproven.get('iss')}")
    try:
        found = await keys.find(str(header.get("kid", "")))
    except issuers.IssuerError as error:
        raise IDPCommunicationError(
            f"Couldn't retrieve verification key from your identity provider: {error}"
        ) from None
    if found is None:
        raise InvalidIdentityToken("Couldn't retrieve verification key from your identity provider")
    # Whose clock counts is ours, so times are not left to the library.
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["exp", "sub", "aud", "iss"]}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(found).key,
            algorithms=_ALGORITHMS,
            audience=list(keys.issuer.audiences),
            issuer=keys.issuer.issuer,
            options=options,  # type: ignore[arg-type]
        )
    except jwt.InvalidAudienceError:
        raise InvalidIdentityToken("Incorrect token audience") from None
    except (jwt.PyJWTError, TypeError, ValueError):
        raise InvalidIdentityToken(
            "The ID Token provided is not valid: its signature or its claims do not hold."
        ) from None
    _check_times(claims, call.now // 1000)
    return keys, claims


def _check_times(claims: dict[str, Any], now: int) -> None:
    times = {name: claims.get(name, 0) for name in ("exp", "nbf", "iat")}
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times.values()):
        raise IDPRejectedClaim("The times of the token are no numbers.")
    if times["exp"] <= now:
        raise ExpiredIdentityToken(
            f"Token expired: current date/time {now} must be before the expiration date/time{int(times['exp'])}"
        )
    if max(times["nbf"], times["iat"]) > now + _LEEWAY:
        raise IDPRejectedClaim("The token is not valid yet.")


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


def _audience(claims: dict[str, Any], issuer: issuers.Issuer) -> str:
    given = claims["aud"]
    listed = given if isinstance(given, list) else [given]
    return next(str(each) for each in listed if each in issuer.audiences)
