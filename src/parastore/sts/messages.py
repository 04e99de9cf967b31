"""Messages about denied calls, sealed: whoever was refused carries one to somebody who may read it.

All are of one length, because how much there is to say (a tag of the resource, a statement's text) is itself for no
stranger. A message is bound to the account of the caller, and opens on every node that has the key ring.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from parastore.policy.denial import Denial
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.sts.errors import InvalidAuthorizationMessageException

_PLACE = "denial"
_WINDOW = 12  # 4 KiB: to make a larger one ready takes longer than all the rest
_LENGTH = 1500  # bytes before sealing, some 2,000 characters after: proxies give all headers 4 KiB


def encode(ring: KeyRing, denial: Denial) -> str:
    """A message that says as much as fits; '' when not even the names do."""
    for text in denial.documents():
        packer = zlib.compressobj(wbits=_WINDOW, memLevel=_WINDOW - 7)
        packed = packer.compress(text) + packer.flush()
        if len(packed) <= _LENGTH:
            sealed = ring.seal(packed.ljust(_LENGTH, b"\0"), _PLACE, denial.caller.account)
            return base64.urlsafe_b64encode(sealed).decode()
    return ""


def decode(ring: KeyRing, account: str, message: str) -> str:
    """The JSON document in a message to this account. Raises InvalidAuthorizationMessageException."""
    try:
        sealed = base64.b64decode(message, b"-_", validate=True)
        packed = ring.unseal(sealed, _PLACE, account)
    except (binascii.Error, ValueError, IntegrityError):
        raise InvalidAuthorizationMessageException("Message is not valid") from None
    return zlib.decompressobj().decompress(packed).decode()
