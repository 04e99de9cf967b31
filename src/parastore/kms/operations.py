"""KMS operations. Only other services use them so far (`Call.call`); the API comes with its own issue of keys."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

from parastore.arn import Arn, partition_of
from parastore.context import Call
from parastore.kms import rules, store
from parastore.kms.errors import InvalidCiphertextException, NotFoundException
from parastore.kms.shapes import (
    DecryptRequest,
    DecryptResponse,
    EncryptRequest,
    EncryptResponse,
    GenerateDataKeyRequest,
    GenerateDataKeyResponse,
)
from parastore.operation import Operation


async def encrypt(request: EncryptRequest, call: Call) -> EncryptResponse:
    """Encrypt up to 4096 bytes under a key. Raises NotFoundException and the errors of the key's state."""
    rules.check_plaintext(request.plaintext)
    blob, arn = await _encrypted(request.key_id, request.plaintext, request.encryption_context, call)
    return EncryptResponse(ciphertext_blob=blob, key_id=arn)


async def generate_data_key(request: GenerateDataKeyRequest, call: Call) -> GenerateDataKeyResponse:
    """A new data key, plain and encrypted. Raises ValidationException, NotFoundException, the errors of the state."""
    key = os.urandom(rules.data_key_size(request.key_spec, request.number_of_bytes))
    blob, arn = await _encrypted(request.key_id, key, request.encryption_context, call, data_key=True)
    return GenerateDataKeyResponse(ciphertext_blob=blob, key_id=arn, plaintext=key)


async def decrypt(request: DecryptRequest, call: Call) -> DecryptResponse:
    """Open a blob under the key it names. Raises InvalidCiphertextException and the errors of the key's state."""
    part = rules.key_part(request.ciphertext_blob)
    material = await store.material_of(call.tx, call.ring, call.account, call.region, part)
    if material is None:
        raise InvalidCiphertextException
    rules.check_usable(material.state, material.arn)
    plaintext = rules.decrypt(material.cipher, request.ciphertext_blob, request.encryption_context or {})
    return DecryptResponse(key_id=material.arn, plaintext=plaintext)


async def _encrypted(
    key_id: str, plaintext: bytes, context: dict[str, str] | None, call: Call, *, data_key: bool = False
) -> tuple[bytes, str]:
    """A blob under the key that is named, and the key's ARN."""
    key = await _resolve(key_id, call)
    material = await store.open_material(call.tx, call.ring, call.account, call.region, key.id, key.material_id)
    if material is None:
        raise NotFoundException(f"Key '{rules.key_arn(call.account, call.region, key.id)}' does not exist")
    rules.check_usable(material.state, material.arn)
    blob = rules.encrypt(key.id, key.material_id, material.cipher, plaintext, context or {}, data_key=data_key)
    return blob, material.arn


async def _resolve(key_id: str, call: Call) -> store.Key:
    name = rules.read_key_id(key_id, call.account, call.region)
    if name.alias is not None:
        key = await store.find_alias(call.tx, call.account, call.region, name.alias)
        # The key that a service manages for an account appears on its first use, by that service only.
        if key is None and call.via is not None and name.alias == f"alias/aws/{call.via.partition('.')[0]}":
            key = await store.create_managed_key(call.tx, call.ring, call.account, call.region, name.alias, call.now)
        if key is None:
            raise NotFoundException(f"Alias {rules.alias_arn(call.account, call.region, name.alias)} is not found.")
        return key
    assert name.key_id is not None
    key = await store.find_key(call.tx, call.account, call.region, name.key_id)
    if key is None:
        raise NotFoundException(f"Key '{rules.key_arn(call.account, call.region, name.key_id)}' does not exist")
    return key


def _any_key(request: object, call: Call) -> Sequence[Arn]:
    return _keys_of(call.account, call.region)


@lru_cache(maxsize=256)
def _keys_of(account: str, region: str) -> Sequence[Arn]:
    return (Arn(partition_of(region), "kms", region, account, "key/*"),)


OPERATIONS = (
    Operation("kms", "TrentService", "Encrypt", EncryptRequest, EncryptResponse, encrypt, _any_key, writes=True),
    Operation(
        "kms",
        "TrentService",
        "GenerateDataKey",
        GenerateDataKeyRequest,
        GenerateDataKeyResponse,
        generate_data_key,
        _any_key,
        writes=True,
    ),
    Operation("kms", "TrentService", "Decrypt", DecryptRequest, DecryptResponse, decrypt, _any_key),
)
