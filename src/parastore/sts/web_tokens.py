"""Tokens of OIDC issuers: whether one is what it says. Who exchanges it, and for what, is decided elsewhere."""

from __future__ import annotations

from typing import Any

from parastore.sts import issuers
from parastore.sts.errors import (
    ExpiredIdentityToken,
    IDPCommunicationError,
    IDPRejectedClaim,
    InvalidIdentityToken,
)

_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_LEEWAY = 300  # seconds that the issuer's clock may be ahead


async def verified(token: str, now: int) -> tuple[issuers.Issuer, dict[str, Any]]:
    """Whose token this is, and its claims, once its signature, audience and times hold at `now`, in seconds.

    Raises InvalidIdentityToken, ExpiredIdentityToken, IDPRejectedClaim, IDPCommunicationError.
    """
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
            audience=list(keys.issuer.accepted),
            issuer=keys.issuer.issuer,
            options=options,  # type: ignore[arg-type]
        )
    except jwt.InvalidAudienceError:
        raise InvalidIdentityToken("Incorrect token audience") from None
    except (jwt.PyJWTError, TypeError, ValueError):
        raise InvalidIdentityToken(
            "The ID Token provided is not valid: its signature or its claims do not hold."
        ) from None
    _check_times(claims, now)
    return keys.issuer, claims


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
