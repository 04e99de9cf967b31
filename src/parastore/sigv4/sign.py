"""Signing a request of our own, in its headers or, presigned, in its query."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote

from parastore.sigv4.canonical import (
    ALGORITHM,
    TERMINATOR,
    SignedHeaders,
    canonical_query,
    canonical_request,
    query_parameters,
    signature,
    signing_key,
    string_to_sign,
)
from parastore.sigv4.timestamp import basic


@dataclass(frozen=True, slots=True)
class Key:
    """An access key, with the session token that belongs to it when it is temporary. Secrets stay out of its repr."""

    id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def sign(
    key: Key,
    method: str,
    path: bytes,
    query: bytes,
    headers: dict[bytes, bytes],
    body: bytes,
    *,
    region: str,
    service: str,
    now: float,
) -> dict[bytes, bytes]:
    """The headers to send: those given, and X-Amz-Date, Authorization and, for a session, X-Amz-Security-Token.

    Path and query are as they will be sent. Header names are lower-case and include `host`. Signed are `host`,
    `content-type` and whatever begins with `x-amz-`, which no proxy has a reason to change.
    """
    timestamp = basic(int(now))
    sent = {**headers, b"x-amz-date": timestamp.encode()}
    if key.session_token is not None:
        sent[b"x-amz-security-token"] = key.session_token.encode()
    signed = SignedHeaders(name for name in sent if name in (b"host", b"content-type") or name.startswith(b"x-amz-"))
    scope = f"{timestamp[:8]}/{region}/{service}/{TERMINATOR}"
    payload = sha256(body).hexdigest()
    request = canonical_request(method, path, canonical_query(query_parameters(query)), sent, signed, payload)
    proof = _signature(key, timestamp, scope, request)
    sent[b"authorization"] = (
        f"{ALGORITHM} Credential={key.id}/{scope}, SignedHeaders={signed.joined.decode()}, Signature={proof}"
    ).encode()
    return sent


def presign(
    key: Key,
    method: str,
    path: bytes,
    query: bytes,
    host: bytes,
    *,
    region: str,
    service: str,
    now: float,
    expires: int,
) -> bytes:
    """The query to send for a request without body, good for `expires` seconds (1 to 604800). Only `host` is signed."""
    timestamp = basic(int(now))
    scope = f"{timestamp[:8]}/{region}/{service}/{TERMINATOR}"
    added = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{key.id}/{scope}",
        "X-Amz-Date": timestamp,
        "X-Amz-Expires": str(expires),
        "X-Amz-SignedHeaders": "host",
    }
    if key.session_token is not None:
        added["X-Amz-Security-Token"] = key.session_token
    parameters = "&".join(f"{name}={quote(value, '')}" for name, value in added.items()).encode()
    whole = b"&".join(part for part in (query, parameters) if part)
    request = canonical_request(
        method,
        path,
        canonical_query(query_parameters(whole)),
        {b"host": host},
        SignedHeaders([b"host"]),
        sha256(b"").hexdigest(),
    )
    return whole + b"&X-Amz-Signature=" + _signature(key, timestamp, scope, request).encode()


def _signature(key: Key, timestamp: str, scope: str, request: bytes) -> str:
    date, region, service, _ = scope.split("/")
    return signature(signing_key(key.secret, date, region, service), string_to_sign(timestamp, scope, request))
