"""Encrypt, Decrypt and ReEncrypt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from parastore.context import Call
from parastore.errors import ValidationException
from parastore.kms.errors import (
    DryRunOperationException,
    IncorrectKeyException,
    UnsupportedOperationException,
)
from parastore.kms.operations.access import NO_CONTEXT, check_tokens, named, obviously, permit, refused
from parastore.kms.rules import blobs
from parastore.kms.rules.keys import ENCRYPT, Key, check_algorithm, check_usable
from parastore.kms.shapes import (
    DecryptRequest,
    DecryptResponse,
    EncryptRequest,
    EncryptResponse,
    RecipientInfo,
    ReEncryptRequest,
    ReEncryptResponse,
)
from parastore.kms.store import materials
from parastore.kms.store.materials import Opened

_ALGORITHM: Literal["SYMMETRIC_DEFAULT"] = "SYMMETRIC_DEFAULT"


async def encrypt(request: EncryptRequest, call: Call) -> EncryptResponse:
    """Encrypt up to 4096 bytes under a key. Raises the errors of finding and using a key."""
    blobs.check_plaintext(request.plaintext)
    context = request.encryption_context or {}
    key = await key_for(call, request.key_id, "Encrypt", context, request.grant_tokens)
    check_algorithm(key, request.encryption_algorithm)
    if request.dry_run:
        raise DryRunOperationException
    current = await materials.open_of(call.tx, call.ring, key)
    blob = blobs.encrypt(key.id, key.material_id, current.material, request.plaintext, context)
    return EncryptResponse(ciphertext_blob=blob, encryption_algorithm=_ALGORITHM, key_id=key.arn)


async def decrypt(request: DecryptRequest, call: Call) -> DecryptResponse:
    """Open a blob under the key it names. Raises InvalidCiphertextException, IncorrectKeyException, ..."""
    check_no_recipient(request.recipient)
    blob, context = _given(request.ciphertext_blob), request.encryption_context or NO_CONTEXT
    opened, always = await _opened(call, blob, request.key_id, "Decrypt", context)
    if request.grant_tokens:
        await check_tokens(call, request.grant_tokens)
    check_algorithm(opened.key, request.encryption_algorithm)
    parts = blobs.take_apart(blob)
    cipher = await materials.cipher_of(call.tx, opened, parts.head)
    opener = blobs.opener(cipher, parts, context)
    plaintext = blobs.opened(opener)
    if request.dry_run:
        raise DryRunOperationException
    if always and call.via is not None:
        call.opening = opener
    return DecryptResponse(
        encryption_algorithm=_ALGORITHM, key_id=opened.arn, key_material_id=opened.id, plaintext=plaintext
    )


async def re_encrypt(request: ReEncryptRequest, call: Call) -> ReEncryptResponse:
    """Move a blob to another key or context. The caller needs ReEncryptFrom on the one, ReEncryptTo on the other."""
    blob = _given(request.ciphertext_blob)
    before, after = request.source_encryption_context or {}, request.destination_encryption_context or {}
    source, _ = await _opened(call, blob, request.source_key_id, "ReEncryptFrom", before)
    check_algorithm(source.key, request.source_encryption_algorithm)
    key = await key_for(call, request.destination_key_id, "ReEncryptTo", after, request.grant_tokens)
    check_algorithm(key, request.destination_encryption_algorithm)
    plaintext = blobs.decrypt(source.material, blob, before)
    if request.dry_run:
        raise DryRunOperationException
    current = await materials.open_of(call.tx, call.ring, key)
    moved = blobs.encrypt(key.id, key.material_id, current.material, plaintext, after)
    return ReEncryptResponse(
        ciphertext_blob=moved,
        destination_encryption_algorithm=_ALGORITHM,
        destination_key_material_id=key.material_id,
        key_id=key.arn,
        source_encryption_algorithm=_ALGORITHM,
        source_key_id=source.key.arn,
        source_key_material_id=source.id,
    )


async def key_for(call: Call, key_id: str, operation: str, context: Mapping[str, str], tokens: list[str] | None) -> Key:
    """An enabled key that encrypts, if the caller may do `operation` with it."""
    key = await named(call, key_id, operation, context=context)
    if tokens:
        await check_tokens(call, tokens)
    check_usable(key, ENCRYPT, operation)
    return key


def check_no_recipient(recipient: RecipientInfo | None) -> None:
    """Raise UnsupportedOperationException for what only a Nitro Enclave asks."""
    if recipient is not None:
        raise UnsupportedOperationException("Recipient is for AWS Nitro Enclaves, which there are none of here.")


async def _opened(
    call: Call, blob: bytes, key_id: str | None, operation: str, context: Mapping[str, str]
) -> tuple[Opened, bool]:
    """The material that a blob names, and whether the caller may do this whatever else a request says."""
    expected = None if key_id is None else await named(call, key_id, operation, context=context)
    part = blobs.key_part(blob)
    opened = materials.recall_named(call.tx, part) or await materials.open_named(call.tx, call.ring, part)
    if opened is None or opened.key.region != call.region:
        raise refused()
    key = opened.key
    if expected is not None and expected.id != key.id:
        raise IncorrectKeyException
    always = obviously(call, key) or await permit(call, key, operation, context)
    check_usable(key, ENCRYPT, operation)
    return opened, always


def _given(blob: bytes | None) -> bytes:
    # The model no longer requires it, for a dry run that ignores the ciphertext.
    if blob is None:
        raise ValidationException(
            "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not"
            " be null"
        )
    return blob
