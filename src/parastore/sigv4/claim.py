"""What a request claims about who signed it, found in its Authorization header or in its query.

Nothing here is proven. What is broken is refused in the order in which AWS refuses it: both places used; text that is
no `key=value`; missing parts, all named at once; the date; `host` not signed; the algorithm; the credential's form; its
terminator and date.
"""

from __future__ import annotations

from parastore.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from parastore.sigv4 import credential as credentials
from parastore.sigv4.canonical import query_parameters
from parastore.sigv4.credential import Credential, shown
from parastore.sigv4.timestamp import Moment, from_http, parse_basic

WEEK = 604800

_MARKS = {b"X-Amz-Algorithm", b"X-Amz-Credential", b"X-Amz-Signature"}
_REQUIRED = (b"X-Amz-Algorithm", b"X-Amz-Credential", b"X-Amz-Signature", b"X-Amz-SignedHeaders", b"X-Amz-Date")
_ONCE = {*_REQUIRED, b"X-Amz-Expires", b"X-Amz-Security-Token"}


class Claim:
    """Who says to have signed a request, for what, when, and the signature that should prove it.

    `date` is the scope's YYYYMMDD, `timestamp` the request's YYYYMMDDTHHMMSSZ and `epoch` the same in seconds.
    `signed_headers` is the list parted by semicolons. `expires` is a presigned request's life in seconds, None when it
    names none. `session_token` comes from the same place as the rest: header or query.
    """

    __slots__ = ("credential", "epoch", "expires", "presigned", "session_token", "signature", "timestamp")

    def __init__(
        self,
        credential: Credential,
        moment: Moment,
        signature: str,
        session_token: str | None,
        expires: int | None = None,
        presigned: bool = False,
    ) -> None:
        self.credential = credential
        self.timestamp, self.epoch = moment
        self.signature = signature
        self.session_token = session_token
        self.expires = expires
        self.presigned = presigned

    @property
    def key_id(self) -> str:
        """The access key's id: printable ASCII of at most 128 characters."""
        return self.credential.key_id

    @property
    def date(self) -> str:
        return self.credential.date

    @property
    def region(self) -> str:
        return self.credential.region

    @property
    def service(self) -> str:
        return self.credential.service

    @property
    def signed_headers(self) -> str:
        return shown(self.credential.signed.joined)

    def __repr__(self) -> str:
        return f"Claim({self.key_id!r}, {self.credential.scope!r}, {self.timestamp!r})"


def read_claim(method: str, path: bytes, query: bytes, headers: dict[bytes, bytes]) -> Claim:
    """Find the credentials of a request. Header names are lower-case, repeated headers joined with commas.

    Method and path say nothing of who signed; they stand here so that a request is passed on as it is to `verify`.
    Raises MissingAuthenticationTokenException, IncompleteSignatureException, InvalidSignatureException, or
    UnrecognizedClientException when the key id could not be one.
    """
    authorization = headers.get(b"authorization", b"")
    if query:
        parameters = query_parameters(query)
        if any(name in _MARKS for name, _ in parameters):
            if authorization:
                raise InvalidSignatureException(
                    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
                )
            return _from_query(parameters)
    if not authorization:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    return _from_header(authorization, headers)


def _from_header(authorization: bytes, headers: dict[bytes, bytes]) -> Claim:
    prefix, _, tail = authorization.rpartition(b"Signature=")
    date = headers.get(b"x-amz-date") or from_http(headers.get(b"date", b""))
    credential = credentials.recall(prefix) if date and len(tail) == 64 else None
    if credential is not None:
        signature = tail
        moment = _moment(date)
        if moment[0][:8] != credential.date:
            raise InvalidSignatureException(credentials.date_mismatch(credential.date, moment[0]))
    else:
        algorithm, fields = _fields(authorization, dated=bool(date))
        signature = fields[b"Signature"]
        moment = _moment(date)
        credential = credentials.parse(
            algorithm,
            fields[b"Credential"],
            fields[b"SignedHeaders"],
            moment[0],
            prefix if tail == signature else b"",
        )
    token = headers.get(b"x-amz-security-token")
    return Claim(
        credential,
        moment,
        signature.decode("ascii", "backslashreplace"),
        None if token is None else token.decode("ascii", "backslashreplace"),
    )


def _fields(authorization: bytes, *, dated: bool) -> tuple[bytes, dict[bytes, bytes]]:
    algorithm, _, rest = authorization.strip().partition(b" ")
    fields: dict[bytes, bytes] = {}
    # AWS parts them by commas and by spaces: a space within the credential is reported as a part without equal-sign.
    for pair in rest.replace(b",", b" ").split():
        name, equals, value = pair.partition(b"=")
        if not equals:
            raise IncompleteSignatureException(
                f"'{shown(pair)}' not a valid key=value pair (missing equal-sign) in Authorization header: "
                f"'{shown(authorization)}'."
            )
        if name in fields:
            raise IncompleteSignatureException(
                f"Authorization header requires '{shown(name)}' parameter only once. "
                f"Authorization={shown(authorization)}"
            )
        fields[name] = value
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name, absent in (
            ("Credential", not fields.get(b"Credential")),
            ("Signature", not fields.get(b"Signature")),
            ("SignedHeaders", b"SignedHeaders" not in fields),
        )
        if absent
    ]
    if not dated:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise IncompleteSignatureException(f"{' '.join(missing)} Authorization={shown(authorization)}")
    return algorithm, fields


def _from_query(parameters: list[tuple[bytes, bytes]]) -> Claim:
    fields: dict[bytes, bytes] = {}
    for name, value in parameters:
        if name in _ONCE and name in fields:
            raise IncompleteSignatureException(
                f"AWS query-string parameters must include '{shown(name)}' only once. "
                "Re-examine the query-string parameters."
            )
        fields[name] = value
    missing = [
        f"AWS query-string parameters must include '{name.decode()}'."
        for name in _REQUIRED
        if not fields.get(name) and not (name == b"X-Amz-SignedHeaders" and name in fields)
    ]
    if missing:
        raise IncompleteSignatureException(f"{' '.join(missing)} Re-examine the query-string parameters.")
    moment = _moment(fields[b"X-Amz-Date"])
    credential = credentials.parse(
        fields[b"X-Amz-Algorithm"], fields[b"X-Amz-Credential"], fields[b"X-Amz-SignedHeaders"], moment[0]
    )
    token = fields.get(b"X-Amz-Security-Token")
    return Claim(
        credential,
        moment,
        fields[b"X-Amz-Signature"].decode("ascii", "backslashreplace"),
        None if token is None else token.decode("ascii", "backslashreplace"),
        _expires(fields.get(b"X-Amz-Expires")),
        presigned=True,
    )


def _expires(value: bytes | None) -> int | None:
    if value is None:
        return None
    if not (value.isdigit() and len(value) <= 6 and 1 <= int(value) <= WEEK):
        raise IncompleteSignatureException(f"X-Amz-Expires must be a number of seconds between 1 and {WEEK}.")
    return int(value)


def _moment(date: bytes) -> Moment:
    moment = parse_basic(date)
    if moment is None:
        raise IncompleteSignatureException(
            f"Date must be in ISO-8601 'basic format'. Got '{shown(date)}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    return moment
