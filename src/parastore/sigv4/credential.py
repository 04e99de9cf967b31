"""Who signed, for what, and over which headers: the part of a signature that a client repeats all day.

It is everything in an Authorization header before `Signature=`. Parsing it and deriving its key cost more than the rest
of a verification, so both are kept, under those bytes, once a signature made with them has been found right. Nobody
without a key can therefore fill the table or push others out of it; what is kept is never a verdict.
"""

from __future__ import annotations

import re

from cryptography.hazmat.primitives.hmac import HMAC

from parastore.errors import IncompleteSignatureException, InvalidSignatureException, UnrecognizedClientException
from parastore.sigv4.canonical import ALGORITHM, TERMINATOR, SignedHeaders, signing_key

# A client has one entry a day for each set of headers it signs. A full table is emptied: refilling costs each client
# some 20 us, once.
_TABLE_LIMIT = 4096
_PREFIX_LIMIT = 1024

_KEY_ID = re.compile(r"[!-~]{1,128}")
_REGION = re.compile(r"(?=.{1,32}\Z)[a-z]{2,}(?:-[a-z]+)*-[0-9]{1,2}")


class Credential:
    """One access key in one scope, and the headers it signs. `scope` is `date/region/service/aws4_request`.

    `prefix` is what the table knows it by, empty when it is not to be kept. `kept` says that it is in the table.
    """

    __slots__ = ("_derived", "date", "kept", "key_id", "prefix", "region", "scope", "service", "signed")

    def __init__(
        self, key_id: str, date: str, region: str, service: str, signed: SignedHeaders, prefix: bytes = b""
    ) -> None:
        self.key_id = key_id
        self.date = date
        self.region = region
        self.service = service
        self.scope = f"{date}/{region}/{service}/{TERMINATOR}"
        self.signed = signed
        self.prefix = prefix if len(prefix) <= _PREFIX_LIMIT else b""
        self.kept = False
        self._derived: tuple[str, HMAC] | None = None

    @property
    def region_is_valid(self) -> bool:
        """Whether the region's name has the form of one; any region that AWS could open is served."""
        return _REGION.fullmatch(self.region) is not None

    def signing_key(self, secret: str) -> HMAC:
        """The key derived from `secret`, derived once for as long as the secret stays the same."""
        derived = self._derived
        if derived is None or derived[0] != secret:
            derived = (secret, signing_key(secret, self.date, self.region, self.service))
            self._derived = derived
        return derived[1]


_table: dict[bytes, Credential] = {}


def recall(prefix: bytes) -> Credential | None:
    """The credential that an earlier, right signature came with under the same bytes."""
    return _table.get(prefix)


def keep(credential: Credential) -> None:
    """Remember a credential. Only for one whose signature has just been found right."""
    credential.kept = True
    if credential.prefix:
        if len(_table) >= _TABLE_LIMIT:
            _table.clear()
        _table[credential.prefix] = credential


def parse(
    algorithm: bytes, credential: bytes, signed_headers: bytes, timestamp: str, prefix: bytes = b""
) -> Credential:
    """A credential from its three texts, checked as far as no key is needed, in the order in which AWS complains.

    `credential` is `key id/date/region/service/aws4_request`, `signed_headers` names parted by semicolons, `timestamp`
    the request's YYYYMMDDTHHMMSSZ. Raises IncompleteSignatureException, InvalidSignatureException, and
    UnrecognizedClientException for a key id that cannot be one.
    """
    names = signed_headers.lower().split(b";")
    if b"host" not in names:
        raise InvalidSignatureException("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    if algorithm != ALGORITHM.encode():
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm': '{shown(algorithm)}'")
    parts = shown(credential).split("/")
    if len(parts) != 5:
        raise IncompleteSignatureException(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{shown(credential)}'"
        )
    key_id, date, region, service, terminator = parts
    wrong = []
    if terminator != TERMINATOR:
        wrong.append(f"Credential should be scoped with a valid terminator: '{TERMINATOR}'")
    if date != timestamp[:8]:
        wrong.append(date_mismatch(date, timestamp))
    if wrong:
        raise InvalidSignatureException(" ".join(wrong))
    if not _KEY_ID.fullmatch(key_id):
        raise UnrecognizedClientException("The security token included in the request is invalid.")
    return Credential(key_id, date, region, service, SignedHeaders(names), prefix)


def date_mismatch(date: str, timestamp: str) -> str:
    """AWS's words for a scope of another day than the request's."""
    return (
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'{date}' != '{timestamp[:8]}', from '{timestamp}'."
    )


def shown(value: bytes) -> str:
    """What a client sent, fit for an error's text: printable ASCII of at most 2048 characters."""
    text = value[:2048].decode("ascii", "backslashreplace")
    return text[:2048] if text.isprintable() else text.encode("unicode_escape").decode("ascii")[:2048]
