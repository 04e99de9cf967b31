"""Requests and responses of the KMS operations that other services use."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.shapes import Shape, blob, number, text

KeyId = Annotated[str, text(1, 2048)]


class EncryptRequest(Shape, kw_only=True):
    """`plaintext` is at most 4096 bytes; `encryption_context` must be given again to decrypt."""

    key_id: KeyId
    plaintext: Annotated[bytes, blob(1, 4096, sensitive=True)]
    encryption_context: dict[str, str] | None = None


class EncryptResponse(Shape, kw_only=True):
    """`key_id` is the ARN of the key that was used."""

    ciphertext_blob: bytes
    key_id: str


class GenerateDataKeyRequest(Shape, kw_only=True):
    """Either `key_spec` or `number_of_bytes` (1 to 1024) says how long the data key is."""

    key_id: KeyId
    encryption_context: dict[str, str] | None = None
    number_of_bytes: Annotated[int, number(1, 1024)] | None = None
    key_spec: Literal["AES_256", "AES_128"] | None = None


class GenerateDataKeyResponse(Shape, kw_only=True):
    """The data key twice: encrypted under the key, and plain."""

    ciphertext_blob: bytes
    key_id: str
    plaintext: Annotated[bytes, blob(sensitive=True)]


class DecryptRequest(Shape, kw_only=True):
    """The blob names its key; `encryption_context` is the one it was encrypted with."""

    ciphertext_blob: bytes
    encryption_context: dict[str, str] | None = None


class DecryptResponse(Shape, kw_only=True):
    """`key_id` is the ARN of the key that was used."""

    key_id: str
    plaintext: Annotated[bytes, blob(sensitive=True)]
