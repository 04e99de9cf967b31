"""How the value of an advanced SecureString is encrypted: a message of the AWS Encryption SDK.

Version 1 of its format, algorithm suite 0x0378: AES-256-GCM under a key derived from KMS's data key by HKDF-SHA384, the
whole signed with ECDSA on P-384 by a key made for this message. Its public half travels in the encryption context,
which the header shows in clear and KMS authenticates.
https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html
"""

from __future__ import annotations

import base64
import os
import struct
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP384R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PUBLIC_KEY = "aws-crypto-public-key"

_START = bytes.fromhex("01800378")  # version, type, suite
_SUITE = _START[2:]
_FRAME = 4096  # bytes of text in a frame but the last
_TAG = 16
_LAST = b"\xff\xff\xff\xff"
_SIGNED = ECDSA(SHA384())


class EnvelopeError(Exception):
    """These bytes are no message of ours, or were altered."""


class Signer:
    """A key pair for one message. `public_key` belongs into the encryption context under PUBLIC_KEY."""

    def __init__(self) -> None:
        self._key = generate_private_key(SECP384R1())
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self.public_key = base64.b64encode(point).decode()

    def sign(self, message: bytes) -> bytes:
        """The signature, DER-encoded."""
        return self._key.sign(message, _SIGNED)


class Message(NamedTuple):
    """A message before it is opened: its context, the data key as KMS encrypted it, and where its parts end."""

    context: dict[str, str]
    data_key: bytes
    message_id: bytes
    header: bytes
    frame: int
    body: int


def is_message(content: bytes) -> bool:
    """Whether content is such a message, and no plain KMS blob."""
    return content.startswith(_START)


def seal(
    plaintext: bytes, key: bytes, encrypted_key: bytes, key_arn: str, context: dict[str, str], signer: Signer
) -> bytes:
    """A message. `key` is KMS's data key, made under `context`; `encrypted_key` and `key_arn` are KMS's too."""
    message_id = os.urandom(16)
    header = b"".join(
        (
            _START,
            message_id,
            _sized(_packed(context)),
            struct.pack(">H", 1),
            *(_sized(part) for part in (b"aws-kms", key_arn.encode(), encrypted_key)),
            struct.pack(">BIBI", 2, 0, 12, _FRAME),
        )
    )
    cipher = _cipher(key, message_id)
    nothing = bytes(12)
    parts = [header, nothing, cipher.encrypt(nothing, b"", header)]
    number = 1
    while len(plaintext) > _FRAME:
        text, plaintext = plaintext[:_FRAME], plaintext[_FRAME:]
        nonce = number.to_bytes(12, "big")
        sealed = cipher.encrypt(nonce, text, _bound(message_id, number, _FRAME, last=False))
        parts += (number.to_bytes(4, "big"), nonce, sealed)
        number += 1
    nonce = number.to_bytes(12, "big")
    parts += (_LAST, number.to_bytes(4, "big"), nonce, len(plaintext).to_bytes(4, "big"))
    parts.append(cipher.encrypt(nonce, plaintext, _bound(message_id, number, len(plaintext), last=True)))
    message = b"".join(parts)
    return message + _sized(signer.sign(message))


def read(content: bytes) -> Message:
    """The header of a message. Nothing of it is proven yet. Raises EnvelopeError."""
    try:
        at = 4 + 16
        packed, at = _part(content, at)
        (keys,) = struct.unpack_from(">H", content, at)
        provider, at = _part(content, at + 2)
        _, at = _part(content, at)
        data_key, at = _part(content, at)
        kind, reserved, nonce, frame = struct.unpack_from(">BIBI", content, at)
        if not is_message(content) or (keys, provider, kind, reserved, nonce) != (1, b"aws-kms", 2, 0, 12):
            raise EnvelopeError("another kind of message")
        at += struct.calcsize(">BIBI")
        return Message(_unpacked(packed), data_key, content[4:20], content[:at], frame, at)
    except (struct.error, UnicodeDecodeError) as error:
        raise EnvelopeError("cut short") from error


def unseal(content: bytes, message: Message, key: bytes) -> bytes:
    """The plaintext, given KMS's data key. Raises EnvelopeError for what is altered anywhere."""
    try:
        at = message.body
        cipher = _cipher(key, message.message_id)
        cipher.decrypt(content[at : at + 12], content[at + 12 : at + 12 + _TAG], message.header)
        at += 12 + _TAG
        texts: list[bytes] = []
        while True:
            number = len(texts) + 1
            last = content[at : at + 4] == _LAST
            at += 4 if last else 0
            if content[at : at + 4] != number.to_bytes(4, "big"):
                raise EnvelopeError("frames out of order")
            nonce = content[at + 4 : at + 16]
            at += 16
            size = message.frame
            if last:
                (size,) = struct.unpack_from(">I", content, at)
                at += 4
            sealed = content[at : at + size + _TAG]
            at += size + _TAG
            texts.append(cipher.decrypt(nonce, sealed, _bound(message.message_id, number, size, last=last)))
            if last:
                break
        signature, end = _part(content, at)
        if end != len(content):
            raise EnvelopeError("more than a message")
        point = base64.b64decode(message.context[PUBLIC_KEY], validate=True)
        public = EllipticCurvePublicKey.from_encoded_point(SECP384R1(), point)
        public.verify(signature, content[:at], _SIGNED)
    except (InvalidTag, InvalidSignature, KeyError, ValueError, struct.error) as error:
        raise EnvelopeError("altered") from error
    return b"".join(texts)


def _cipher(key: bytes, message_id: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA384(), 32, None, _SUITE + message_id).derive(key))


def _bound(message_id: bytes, number: int, size: int, *, last: bool) -> bytes:
    what = b"AWSKMSEncryptionClient Final Frame" if last else b"AWSKMSEncryptionClient Frame"
    return message_id + what + number.to_bytes(4, "big") + size.to_bytes(8, "big")


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part


def _part(content: bytes, at: int) -> tuple[bytes, int]:
    (size,) = struct.unpack_from(">H", content, at)
    end = at + 2 + size
    if end > len(content):
        raise EnvelopeError("cut short")
    return content[at + 2 : end], end


def _packed(context: dict[str, str]) -> bytes:
    pairs = sorted((key.encode(), value.encode()) for key, value in context.items())
    return struct.pack(">H", len(pairs)) + b"".join(_sized(part) for pair in pairs for part in pair)


def _unpacked(packed: bytes) -> dict[str, str]:
    (count,) = struct.unpack_from(">H", packed)
    context, at = {}, 2
    for _ in range(count):
        key, at = _part(packed, at)
        value, at = _part(packed, at)
        context[key.decode()] = value.decode()
    return context
