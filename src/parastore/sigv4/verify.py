"""Whether a claim holds: the scope, the time, and at last the signature over the request as it arrived.

What must be signed: `host`; every `x-amz-*` header that the request carries, because such headers choose the operation,
the session and the payload's hash, and an unsigned one could be added on the way; and the body, unless the signer
itself wrote UNSIGNED-PAYLOAD into a signed header. Other headers may stay unsigned: the AWS SDK for JavaScript, version
2, for one, leaves out `content-type`.
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from parastore.errors import InvalidSignatureException
from parastore.sigv4.canonical import (
    UNSIGNED_PAYLOAD,
    canonical_query,
    canonical_request,
    query_parameters,
    signature,
    string_to_sign,
)
from parastore.sigv4.claim import Claim
from parastore.sigv4.credential import keep, shown
from parastore.sigv4.timestamp import basic

# Seconds a clock may be off: AWS gives its JSON services 5 minutes and its query services 15.
_WINDOW = 300
_WINDOW_OF = {"sts": 900, "iam": 900}

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


def verify(
    claim: Claim,
    secret: str,
    method: str,
    path: bytes,
    query: bytes,
    headers: dict[bytes, bytes],
    body: bytes,
    *,
    service: str,
    now: float,
) -> None:
    """Return when `claim`, read from this very request, was signed with `secret` for `service` and is still fresh.

    `service` is the signing name of the service that was called (`ssm`), `now` seconds since the epoch. Raises
    InvalidSignatureException otherwise, whatever the reason.
    """
    credential = claim.credential
    if credential.service != service or not (credential.kept or credential.region_is_valid):
        raise InvalidSignatureException(_scope_error(claim, service))
    _check_time(claim, service, int(now))
    # Each such header gives one hit or more: as many hits as signed ones, which must all be there, leave none unsigned.
    if b"".join(headers).count(b"x-amz-") != credential.signed.amz:
        _check_amz_headers(claim, headers)

    payload = sha256(body).hexdigest()
    declared = headers.get(b"x-amz-content-sha256")
    if declared is not None and declared != payload.encode():
        if declared != UNSIGNED_PAYLOAD.encode():
            raise InvalidSignatureException(_MISMATCH)
        payload = UNSIGNED_PAYLOAD
    if query:
        parameters = query_parameters(query)
        if claim.presigned:
            parameters = [parameter for parameter in parameters if parameter[0] != b"X-Amz-Signature"]
        query = canonical_query(parameters)
    try:
        request = canonical_request(method, path, query, headers, credential.signed, payload)
    except KeyError:
        raise InvalidSignatureException(_MISMATCH) from None
    text = string_to_sign(claim.timestamp, credential.scope, request)
    if not compare_digest(signature(credential.signing_key(secret), text), claim.signature):
        raise InvalidSignatureException(_MISMATCH)
    if not credential.kept:
        keep(credential)


def _check_time(claim: Claim, service: str, now: int) -> None:
    window = _WINDOW_OF.get(service, _WINDOW)
    life = claim.expires or window
    if now - life <= claim.epoch <= now + window:
        return
    if claim.epoch > now:
        raise InvalidSignatureException(
            f"Signature not yet current: {claim.timestamp} is still later than {basic(now + window)} "
            f"({basic(now)} + {window // 60} min.)"
        )
    span = f"{life // 60} min." if life % 60 == 0 else f"{life} sec."
    raise InvalidSignatureException(
        f"Signature expired: {claim.timestamp} is now earlier than {basic(now - life)} ({basic(now)} - {span})"
    )


def _scope_error(claim: Claim, service: str) -> str:
    wrong = []
    if not claim.credential.region_is_valid:
        wrong.append("Credential should be scoped to a valid region.")
    if claim.service != service:
        wrong.append(f"Credential should be scoped to correct service: '{service}'.")
    return " ".join(wrong)


def _check_amz_headers(claim: Claim, headers: dict[bytes, bytes]) -> None:
    signed = claim.credential.signed.names
    for name in sorted(headers):
        if name.startswith(b"x-amz-") and name not in signed:
            raise InvalidSignatureException(f"'{shown(name)}' must be a 'SignedHeader' in the AWS Authorization.")
