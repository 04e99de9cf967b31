"""NextToken: where a listing goes on, sealed.

A token opens only for the operation, account, region and request it was made for; a page size may change. Nobody can
make, read or alter one, and it needs no memory on the server, so it serves on every worker and after a restart.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec

from parastore.context import Call
from parastore.seal.keyring import IntegrityError
from parastore.shapes import Shape
from parastore.ssm.errors import InvalidNextToken


def seal_token(position: str, request: Shape, call: Call) -> str:
    """A token to go on behind `position`."""
    sealed = call.ring.seal(position.encode(), *_bound(request, call))
    return _spelled(sealed)


def open_token(token: str | None, request: Shape, call: Call) -> str | None:
    """The position in a token; None when there is no token. Raises InvalidNextToken."""
    if token is None:
        return None
    try:
        sealed = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        position = call.ring.unseal(sealed, *_bound(request, call)).decode()
    except (IntegrityError, binascii.Error) as error:
        raise InvalidNextToken(token) from error
    # base64 has several spellings of the same bytes.
    if _spelled(sealed) != token:
        raise InvalidNextToken(token)
    return position


def _spelled(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode()


def _bound(request: Shape, call: Call) -> tuple[str, ...]:
    members = msgspec.to_builtins(request)
    members.pop("NextToken", None)
    members.pop("MaxResults", None)
    digest = hashlib.sha256(msgspec.json.encode(members)).hexdigest()
    return ("next_token", type(request).__name__, call.account, call.region, digest)
