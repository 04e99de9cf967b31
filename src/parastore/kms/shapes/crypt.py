"""Requests and answers of encryption, data keys and random bytes."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.kms.shapes.terms import (
    Ciphertext,
    DataKeySpec,
    EncryptionAlgorithm,
    GrantTokens,
    KeyId,
    NumberOfBytes,
    PlainAnswer,
    Plaintext,
)
from parastore.shapes import Shape, blob, text


class EncryptRequest(Shape, kw_only=True):
    """`plaintext` is at most 4096 bytes; `encryption_context` must be given again to decrypt."""

    key_id: KeyId
    plaintext: Plaintext
    encryption_context: dict[str, str] | None = None
    grant_tokens: GrantTokens | None = None
    encryption_algorithm: EncryptionAlgorithm | None = None
    dry_run: bool | None = None


class EncryptResponse(Shape, kw_only=True):
    """`key_id` is the ARN of the key that was used, as in all answers of cryptographic operations."""

    ciphertext_blob: bytes
    encryption_algorithm: EncryptionAlgorithm
    key_id: str


class RecipientInfo(Shape, kw_only=True):
    """What a Nitro Enclave sends; there are none here."""

    key_encryption_algorithm: Literal["RSAES_OAEP_SHA_256"] | None = None
    attestation_document: Annotated[bytes, blob(1, 262144)] | None = None


class DecryptRequest(Shape, kw_only=True):
    """A symmetric blob names its key; `key_id`, when given, must be that key. `recipient` is for Nitro Enclaves."""

    ciphertext_blob: Ciphertext | None = None
    encryption_context: dict[str, str] | None = None
    grant_tokens: GrantTokens | None = None
    key_id: KeyId | None = None
    encryption_algorithm: EncryptionAlgorithm | None = None
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None
    dry_run_modifiers: list[Literal["IGNORE_CIPHERTEXT"]] | None = None


class DecryptResponse(Shape, kw_only=True):
    """`key_material_id` tells which material of the key opened the blob."""

    ciphertext_for_recipient: bytes | None = None
    encryption_algorithm: EncryptionAlgorithm
    key_id: str
    key_material_id: str | None = None
    plaintext: PlainAnswer


class ReEncryptRequest(Shape, kw_only=True):
    """Decrypts under one key and context and encrypts under another, without showing the plaintext."""

    ciphertext_blob: Ciphertext | None = None
    source_encryption_context: dict[str, str] | None = None
    source_key_id: KeyId | None = None
    destination_key_id: KeyId
    destination_encryption_context: dict[str, str] | None = None
    source_encryption_algorithm: EncryptionAlgorithm | None = None
    destination_encryption_algorithm: EncryptionAlgorithm | None = None
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None
    dry_run_modifiers: list[Literal["IGNORE_CIPHERTEXT"]] | None = None


class ReEncryptResponse(Shape, kw_only=True):
    """`key_id` is the ARN of the destination, `source_key_id` that of the source."""

    ciphertext_blob: bytes
    destination_encryption_algorithm: EncryptionAlgorithm
    destination_key_material_id: str
    key_id: str
    source_encryption_algorithm: EncryptionAlgorithm
    source_key_id: str
    source_key_material_id: str


class GenerateDataKeyRequest(Shape, kw_only=True):
    """Either `key_spec` or `number_of_bytes` (1 to 1024) says how long the data key is."""

    key_id: KeyId
    encryption_context: dict[str, str] | None = None
    number_of_bytes: NumberOfBytes | None = None
    key_spec: DataKeySpec | None = None
    grant_tokens: GrantTokens | None = None
    recipient: RecipientInfo | None = None
    dry_run: bool | None = None


class GenerateDataKeyResponse(Shape, kw_only=True):
    """The data key twice: encrypted under the key, and plain."""

    ciphertext_blob: bytes
    ciphertext_for_recipient: bytes | None = None
    key_id: str
    key_material_id: str | None = None
    plaintext: PlainAnswer


class GenerateDataKeyWithoutPlaintextRequest(Shape, kw_only=True):
    """As GenerateDataKey."""

    key_id: KeyId
    encryption_context: dict[str, str] | None = None
    key_spec: DataKeySpec | None = None
    number_of_bytes: NumberOfBytes | None = None
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None


class GenerateDataKeyWithoutPlaintextResponse(Shape, kw_only=True):
    """The data key, encrypted under the key."""

    ciphertext_blob: bytes
    key_id: str
    key_material_id: str


class GenerateRandomRequest(Shape, kw_only=True):
    """`number_of_bytes` must be given, though the model says otherwise."""

    number_of_bytes: NumberOfBytes | None = None
    custom_key_store_id: Annotated[str, text(1, 64)] | None = None
    recipient: RecipientInfo | None = None


class GenerateRandomResponse(Shape, kw_only=True):
    """Random bytes."""

    ciphertext_for_recipient: bytes | None = None
    plaintext: PlainAnswer
