"""Ciphertext blobs, key identifiers and key states: pure decisions.

A blob is `01 02 02 00 78 | key id (16 bytes) | material id (32) | nonce (12) | AES-256-GCM ciphertext and tag`; that of
a data key begins with `01 02 03 00 78`. The first five bytes are those of AWS's own blobs (`AQICAH...` and `AQIDAH...`
in base64). The header and the encryption context are authenticated with the text.
"""

from __future__ import annotations

import os
import re
import uuid
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore import arn
from parastore.errors import ValidationException
from parastore.kms.errors import (
    DisabledException,
    InvalidCiphertextException,
    KMSInvalidStateException,
    NotFoundException,
)

MAX_PLAINTEXT = 4096
_PREFIX = bytes.fromhex("0102020078")
_DATA_KEY_PREFIX = bytes.fromhex("0102030078")
_ID_END = len(_PREFIX) + 16
_MATERIAL_END = _ID_END + 32
_HEADER_END = _MATERIAL_END + 12
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class KeyName(NamedTuple):
    """What a KeyId names: exactly one of `key_id` and `alias` (`alias/...`)."""

    key_id: str | None
    alias: str | None


def key_arn(account: str, region: str, key_id: str) -> str:
    """A key's ARN."""
    return f"arn:{arn.partition_of(region)}:kms:{region}:{account}:key/{key_id}"


def alias_arn(account: str, region: str, alias: str) -> str:
    """An alias's ARN; `alias` is `alias/<name>`."""
    return f"arn:{arn.partition_of(region)}:kms:{region}:{account}:{alias}"


def read_key_id(text: str, account: str, region: str) -> KeyName:
    """What `text` (key id, key ARN, alias name or alias ARN) names. Raises NotFoundException."""
    resource = text
    if text.startswith("arn:"):
        parsed = arn.parse(text)
        if parsed is None or parsed.service != "kms":
            raise NotFoundException(f"Invalid arn {text}")
        if parsed.region != region:
            raise NotFoundException(f"Invalid arn {parsed.region}")
        resource = parsed.resource
        if parsed.account != account:
            raise NotFoundException(f"Key '{text}' does not exist")
        if not resource.startswith("alias/"):
            resource = resource.removeprefix("key/")
    if resource.startswith("alias/"):
        return KeyName(None, resource)
    if not _UUID.match(resource):
        raise NotFoundException(f"Invalid keyId '{text}'")
    return KeyName(resource, None)


def check_usable(state: str, name: str) -> None:
    """Raise unless a key in this state may encrypt and decrypt; `name` is its ARN."""
    if state == "Enabled":
        return
    if state == "Disabled":
        raise DisabledException(f"{name} is disabled.")
    if state == "PendingDeletion":
        raise KMSInvalidStateException(f"{name} is pending deletion.")
    raise KMSInvalidStateException(f"{name} is pending import.")


def new_key_id() -> str:
    """A key id: a UUID."""
    return str(uuid.uuid4())


def new_material() -> tuple[str, bytes]:
    """Key material: its id (64 hex digits) and its 32 bytes."""
    return os.urandom(32).hex(), AESGCM.generate_key(256)


def check_plaintext(plaintext: bytes) -> None:
    """Raise ValidationException unless Encrypt takes it: 1 to 4096 bytes."""
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
    cipher: AESGCM,
    plaintext: bytes,
    context: dict[str, str],
    *,
    data_key: bool = False,
) -> bytes:
    """A new blob; the same plaintext gives another one each time."""
    header = (
        (_DATA_KEY_PREFIX if data_key else _PREFIX)
        + uuid.UUID(key_id).bytes
        + bytes.fromhex(material_id)
        + os.urandom(12)
    )
    return header + cipher.encrypt(header[_MATERIAL_END:], plaintext, _authenticated(header, context))


def key_part(blob: bytes) -> bytes:
    """The part of a blob that names its key and material. Raises InvalidCiphertextException for what is no blob."""
    if len(blob) < _HEADER_END + 16 or not blob.startswith((_PREFIX, _DATA_KEY_PREFIX)):
        raise InvalidCiphertextException
    return blob[:_MATERIAL_END]


def read_key_part(part: bytes) -> tuple[str, str]:
    """The key id and material id that `key_part` names."""
    return str(uuid.UUID(bytes=part[len(_PREFIX) : _ID_END])), part[_ID_END:].hex()


def decrypt(cipher: AESGCM, blob: bytes, context: dict[str, str]) -> bytes:
    """The plaintext of a blob. Raises InvalidCiphertextException."""
    header = blob[:_HEADER_END]
    try:
        return cipher.decrypt(header[_MATERIAL_END:], blob[_HEADER_END:], _authenticated(header, context))
    except InvalidTag as error:
        raise InvalidCiphertextException from error


def _authenticated(header: bytes, context: dict[str, str]) -> bytes:
    # Order of the context does not matter, so it is sorted.
    return header[:_MATERIAL_END] + _packed(tuple(sorted(context.items())))


@lru_cache(maxsize=1024)
def _packed(context: tuple[tuple[str, str], ...]) -> bytes:
    # Lengths keep two contexts from having the same bytes.
    parts: list[bytes] = []
    for pair in context:
        for part in (pair[0].encode(), pair[1].encode()):
            parts += (len(part).to_bytes(4, "big"), part)
    return b"".join(parts)
