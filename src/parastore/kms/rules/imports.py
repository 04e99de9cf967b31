"""Imported key material: wrapping keys, import tokens and what is in them.

An import token holds the private key that opens what was wrapped, sealed by the key ring for one KMS key; nothing is
stored until the material comes.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding

from parastore.errors import ValidationException
from parastore.kms.errors import (
    ExpiredImportTokenException,
    IncorrectKeyMaterialException,
    InvalidCiphertextException,
    InvalidImportTokenException,
    UnsupportedOperationException,
)
from parastore.kms.rules.keys import DAY, MATERIAL_SIZES, Key

VALID_FOR = DAY  # of an import token
LONGEST_LIFE = 365 * DAY  # of imported material that expires
_HASHES = {"SHA_1": hashes.SHA1, "SHA_256": hashes.SHA256}
EXPIRES, STAYS = "KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"


class Token(NamedTuple):
    """What an import token holds. `private_key` is PKCS #8 in DER, `valid_to` milliseconds since the epoch."""

    algorithm: str
    private_key: bytes
    valid_to: int

    def encode(self) -> bytes:
        """As bytes, to be sealed."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, content: bytes) -> Token:
        """Back from what was sealed."""
        return msgspec.msgpack.decode(content, type=cls)


def check_external(key: Key) -> None:
    """Raise UnsupportedOperationException unless the key's material comes from elsewhere."""
    if key.origin != "EXTERNAL":
        raise UnsupportedOperationException(f"{key.arn} origin is {key.origin} which is not valid for this operation.")


def check_wrapping(algorithm: str, spec: str) -> None:
    """Raise UnsupportedOperationException unless material can be wrapped so."""
    if not algorithm.startswith(("RSAES_OAEP_", "RSA_AES_KEY_WRAP_")) or not spec.startswith("RSA_"):
        raise UnsupportedOperationException(f"{algorithm} with {spec} is not supported: take an RSA OAEP algorithm.")


def new_wrapping_key(algorithm: str, spec: str, now: int) -> tuple[bytes, Token]:
    """A public key (SubjectPublicKeyInfo in DER), and the token of its private half. Takes up to seconds of CPU."""
    private = rsa.generate_private_key(65537, int(spec.removeprefix("RSA_")))
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secret = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return public, Token(algorithm, secret, now + VALID_FOR)


def unwrapped(token: Token, wrapped: bytes, spec: str, now: int) -> bytes:
    """The material that was wrapped for a key of this spec.

    Raises ExpiredImportTokenException, InvalidCiphertextException, IncorrectKeyMaterialException.
    """
    if now > token.valid_to:
        raise ExpiredImportTokenException("The import token has expired.")
    private = serialization.load_der_private_key(token.private_key, None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise InvalidImportTokenException("The import token is not valid.")
    name = token.algorithm.removeprefix("RSAES_OAEP_").removeprefix("RSA_AES_KEY_WRAP_")
    hashed = _HASHES[name]
    oaep = padding.OAEP(padding.MGF1(hashed()), hashed(), None)
    try:
        if token.algorithm.startswith("RSA_AES_KEY_WRAP_"):
            size = private.key_size // 8
            material = aes_key_unwrap_with_padding(private.decrypt(wrapped[:size], oaep), wrapped[size:])
        else:
            material = private.decrypt(wrapped, oaep)
    except (ValueError, InvalidUnwrap):
        raise InvalidCiphertextException from None
    if len(material) != MATERIAL_SIZES[spec]:
        raise IncorrectKeyMaterialException(
            f"Key material for {spec} has {MATERIAL_SIZES[spec]} bytes, this has {len(material)}."
        )
    return material


def material_id(key_id: str, material: bytes) -> str:
    """The id of imported material, by which the same is known again. Says nothing of the material itself."""
    return hmac.digest(material, b"parastore imported material\0" + key_id.encode(), "sha256").hex()


def check_same(key: Key, given: str, named: str | None) -> None:
    """Raise IncorrectKeyMaterialException when a key that had material is given other."""
    if (key.material_id and given != key.material_id) or (named is not None and given != named):
        raise IncorrectKeyMaterialException(
            f"The key material in the request is not the key material that was imported into {key.arn} before."
        )


def expiry(model: str | None, valid_to: float | None, now: int) -> int | None:
    """When imported material expires, in milliseconds; None for never. Raises ValidationException."""
    if model == STAYS:
        if valid_to is not None:
            raise ValidationException(f"You cannot specify ValidTo when ExpirationModel is {STAYS}.")
        return None
    if valid_to is None:
        raise ValidationException(f"You must specify ValidTo unless ExpirationModel is {STAYS}.")
    moment = int(valid_to * 1000)
    if not now < moment <= now + LONGEST_LIFE:
        raise ValidationException("ValidTo must be in the future, by at most 365 days.")
    return moment
