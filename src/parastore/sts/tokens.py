"""Session tokens: everything that temporary credentials say, sealed to their key id, so that no look-up verifies them.

The secret that signs is inside. A token opens for the key id it was made for and no other, on every node that has the
key ring, until it expires; what its user or role may do is looked up with each request, so a deleted one ends at once.

A new term of the ring ends the tokens of those before it. Whoever has an old root key and an old copy of the data could
make themselves tokens for ever otherwise, as nothing but the ring vouches for one.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from parastore.context import Caller, SecretValue, Session
from parastore.errors import ExpiredTokenException, UnrecognizedClientException
from parastore.iam.store import AccessKey
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.storage.protocol import Transaction

_PLACE = "session"
_EXPIRED = "The security token included in the request is expired"


class _Content(msgspec.Struct, array_like=True, frozen=True):
    account: str
    arn: str
    user_id: str
    role: str | None
    secret: str
    session: Session


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Content)


def issue(ring: KeyRing, key: AccessKey) -> str:
    """The token of new temporary credentials."""
    caller = key.caller
    assert caller.session is not None
    content = _Content(
        caller.account, caller.arn, caller.user_id, caller.role, key.secret.reveal(), caller.session
    )  # fmt: skip
    sealed = ring.seal(_encoder.encode(content), _PLACE, caller.access_key_id)
    return base64.b64encode(sealed).decode()


async def find_session(tx: Transaction, ring: KeyRing, key_id: str, token: str, now: int) -> AccessKey:
    """The credentials a token says. Raises UnrecognizedClientException, ExpiredTokenException.

    `now` is milliseconds since the epoch. What a token says never changes; remembering it spares the unsealing.
    """
    key = await tx.known(("session", key_id, token), _open, ring, key_id, token)
    assert key.caller.session is not None
    if key.caller.session.expires_at <= now:
        raise ExpiredTokenException(_EXPIRED)
    return key


async def _open(ring: KeyRing, key_id: str, token: str) -> AccessKey:
    try:
        sealed = base64.b64decode(token, validate=True)
        content = _decoder.decode(ring.unseal(sealed, _PLACE, key_id))
    except (binascii.Error, ValueError, IntegrityError, msgspec.MsgspecError):
        raise UnrecognizedClientException("The security token included in the request is invalid.") from None
    if not ring.is_newest(sealed):
        raise ExpiredTokenException(_EXPIRED)
    caller = Caller(content.account, content.arn, content.user_id, key_id, content.role, content.session)
    return AccessKey(caller, SecretValue(content.secret))
