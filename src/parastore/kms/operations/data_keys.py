"""GenerateDataKey, GenerateDataKeyWithoutPlaintext and GenerateRandom."""

from __future__ import annotations

import os

from parastore.context import Call
from parastore.errors import ValidationException
from parastore.kms.errors import DryRunOperationException, UnsupportedOperationException
from parastore.kms.operations.crypt import check_no_recipient, key_for
from parastore.kms.rules import blobs
from parastore.kms.shapes import (
    GenerateDataKeyRequest,
    GenerateDataKeyResponse,
    GenerateDataKeyWithoutPlaintextRequest,
    GenerateDataKeyWithoutPlaintextResponse,
    GenerateRandomRequest,
    GenerateRandomResponse,
)
from parastore.kms.store import materials

_Request = GenerateDataKeyRequest | GenerateDataKeyWithoutPlaintextRequest


async def generate_data_key(request: GenerateDataKeyRequest, call: Call) -> GenerateDataKeyResponse:
    """A new data key, plain and encrypted. Raises ValidationException and the errors of finding and using a key."""
    check_no_recipient(request.recipient)
    plaintext, blob, arn, material_id = await _generated(request, call, "GenerateDataKey")
    return GenerateDataKeyResponse(ciphertext_blob=blob, key_id=arn, key_material_id=material_id, plaintext=plaintext)


async def generate_data_key_without_plaintext(
    request: GenerateDataKeyWithoutPlaintextRequest, call: Call
) -> GenerateDataKeyWithoutPlaintextResponse:
    """A new data key for later, encrypted only."""
    _, blob, arn, material_id = await _generated(request, call, "GenerateDataKeyWithoutPlaintext")
    return GenerateDataKeyWithoutPlaintextResponse(ciphertext_blob=blob, key_id=arn, key_material_id=material_id)


async def generate_random(request: GenerateRandomRequest, call: Call) -> GenerateRandomResponse:
    """Random bytes, 1 to 1024. Raises ValidationException, UnsupportedOperationException."""
    check_no_recipient(request.recipient)
    if request.custom_key_store_id is not None:
        raise UnsupportedOperationException("Custom key stores are not supported.")
    if request.number_of_bytes is None:
        raise ValidationException("NumberOfBytes is required.")
    return GenerateRandomResponse(plaintext=os.urandom(request.number_of_bytes))


async def _generated(request: _Request, call: Call, operation: str) -> tuple[bytes, bytes, str, str]:
    """The data key, its blob, and the ARN and material of the key that encrypted it."""
    size = blobs.data_key_size(request.key_spec, request.number_of_bytes)
    context = request.encryption_context or {}
    key = await key_for(call, request.key_id, operation, context, request.grant_tokens)
    if request.dry_run:
        raise DryRunOperationException
    current = await materials.open_of(call.tx, call.ring, key)
    plaintext = os.urandom(size)
    blob = blobs.encrypt(key.id, key.material_id, current.material, plaintext, context, data_key=True)
    return plaintext, blob, key.arn, key.material_id
