"""Ciphertext blobs.

A blob is `01 02 02 00 79 | key id (16 bytes) | material id (32) | salt (16) | nonce (12) | AES-256-GCM ciphertext and
tag`; that of a data key begins with `01 02 03 00 79`. The first bytes are those of AWS's own blobs (`AQICAH...` and
`AQIDAH...` in base64). All that stands before the nonce, and the encryption context, is authenticated with the text.

The key of a blob is HKDF-Expand (RFC 5869) of the material with the salt. Two blobs share a key and a nonce only when
28 random bytes are equal: up to 2**80 blobs of one material that is less likely than 2**-64. A nonce of 12 bytes alone
would be beyond that after 2**16, and NIST SP 800-38D (8.3) ends it at 2**32 blobs.

The last byte of the prefix was 78 before; those blobs have no salt, and the material itself is their key. They open.
"""

from __future__ import annotations

import hmac
import os
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.errors import ValidationException
from parastore.kms.errors import InvalidCiphertextException

MAX_PLAINTEXT = 4096
_PREFIX, _DATA_KEY_PREFIX = bytes.fromhex("0102020079"), bytes.fromhex("0102030079")
_UNSALTED = (bytes.fromhex("0102020078"), bytes.fromhex("0102030078"))
_ID_END = len(_PREFIX) + 16
_MATERIAL_END = _ID_END + 32
_SALT_END = _MATERIAL_END + 16
_NONCE, _TAG = 12, 16
_LABEL = b"parastore kms blob\0"


def check_plaintext(plaintext: bytes) -> None:
    """Raise ValidationException unless Encrypt takes it: 1 to 4096 bytes. Services call without the model's limits."""
    for broken, relation, limit in (
        (not plaintext, "greater", 1),
        (len(plaintext) > MAX_PLAINTEXT, "less", MAX_PLAINTEXT),
    ):
        if broken:
            raise ValidationException(
                "1 validation error detected: Value at 'plaintext' failed to satisfy constraint:"
                f" Member must have length {relation} than or equal to {limit}"
            )


def data_key_size(spec: str | None, number_of_bytes: int | None) -> int:
    """How many bytes a data key is to have. Raises ValidationException unless exactly one of the two says it."""
    if (spec is None) == (number_of_bytes is None):
        raise ValidationException("Please specify either number of bytes or key spec.")
    return number_of_bytes or (32 if spec == "AES_256" else 16)


def encrypt(
    key_id: str,
    material_id: str,
    material: bytes,
    plaintext: bytes,
    context: dict[str, str],
    *,
    data_key: bool = False,
) -> bytes:
    """A new blob; the same plaintext gives another one each time."""
    prefix = _DATA_KEY_PREFIX if data_key else _PREFIX
    drawn = os.urandom(_SALT_END - _MATERIAL_END + _NONCE)
    salt, nonce = drawn[:-_NONCE], drawn[-_NONCE:]
    header = prefix + _named(key_id, material_id) + salt
    return header + nonce + AESGCM(_key(material, salt)).encrypt(nonce, plaintext, header + _packed_of(context))


@lru_cache(maxsize=1024)
def _named(key_id: str, material_id: str) -> bytes:
    return uuid.UUID(key_id).bytes + bytes.fromhex(material_id)


def key_part(blob: bytes) -> bytes:
    """The part of a blob that names its key and material. Raises InvalidCiphertextException for what is no blob."""
    if blob.startswith((_PREFIX, _DATA_KEY_PREFIX)):
        least = _SALT_END
    elif blob.startswith(_UNSALTED):
        least = _MATERIAL_END
    else:
        raise InvalidCiphertextException
    if len(blob) < least + _NONCE + _TAG:
        raise InvalidCiphertextException
    return blob[:_MATERIAL_END]


def read_key_part(part: bytes) -> tuple[str, str]:
    """The key id and material id that `key_part` names."""
    return str(uuid.UUID(bytes=part[len(_PREFIX) : _ID_END])), part[_ID_END:].hex()


class Blob(NamedTuple):
    """A blob taken apart. `head` is what stands before the nonce; equal heads of one material have the same key."""

    head: bytes
    nonce: bytes
    sealed: bytes


def take_apart(blob: bytes) -> Blob:
    """The parts of a blob that has a `key_part`."""
    end = _MATERIAL_END if blob.startswith(_UNSALTED) else _SALT_END
    return Blob(blob[:end], blob[end : end + _NONCE], blob[end + _NONCE :])


def cipher_of(material: bytes, head: bytes) -> AESGCM:
    """What opens blobs with this head."""
    return AESGCM(material if len(head) == _MATERIAL_END else _key(material, head[_MATERIAL_END:]))


def opener(cipher: AESGCM, blob: Blob, context: Mapping[str, str]) -> Callable[[], bytes]:
    """What opens this blob, as often as it is called. It raises InvalidTag for another context's or an altered one."""
    return partial(cipher.decrypt, blob.nonce, blob.sealed, blob.head + _packed_of(context))


def opened(opener: Callable[[], bytes]) -> bytes:
    """The plaintext of a blob. Raises InvalidCiphertextException."""
    try:
        return opener()
    except InvalidTag:
        raise InvalidCiphertextException from None


def decrypt(material: bytes, blob: bytes, context: dict[str, str]) -> bytes:
    """The plaintext of a blob that has a `key_part`. Raises InvalidCiphertextException."""
    parts = take_apart(blob)
    return opened(opener(cipher_of(material, parts.head), parts, context))


def _key(material: bytes, salt: bytes) -> bytes:
    # One block of HKDF-Expand, by the standard library: `cryptography`'s takes ten times as long to make.
    return hmac.digest(material, _LABEL + salt + b"\x01", "sha256")


def _packed_of(context: Mapping[str, str]) -> bytes:
    # Order of the context does not matter, so it is sorted.
    return _packed(tuple(sorted(context.items())))


@lru_cache(maxsize=1024)
def _packed(context: tuple[tuple[str, str], ...]) -> bytes:
    # Lengths keep two contexts from having the same bytes.
    parts: list[bytes] = []
    for pair in context:
        for part in (pair[0].encode(), pair[1].encode()):
            parts += (len(part).to_bytes(4, "big"), part)
    return b"".join(parts)
