"""Key material that was made elsewhere: a key of origin EXTERNAL waits for it, and may lose it again."""

from __future__ import annotations

import asyncio

from parastore.context import Call
from parastore.kms.errors import InvalidImportTokenException
from parastore.kms.operations.access import named
from parastore.kms.rules import imports
from parastore.kms.rules.keys import TO_EDIT, check_state
from parastore.kms.shapes import (
    DeleteImportedKeyMaterialRequest,
    DeleteImportedKeyMaterialResponse,
    GetParametersForImportRequest,
    GetParametersForImportResponse,
    ImportKeyMaterialRequest,
    ImportKeyMaterialResponse,
)
from parastore.kms.store import keys, materials
from parastore.seal.keyring import IntegrityError
from parastore.shapes import seconds


async def get_parameters_for_import(
    request: GetParametersForImportRequest, call: Call
) -> GetParametersForImportResponse:
    """A wrapping key and a token for 24 hours. Raises UnsupportedOperation..., KMSInvalidStateException."""
    key = await named(call, request.key_id, "GetParametersForImport", by_alias=False, abroad=False)
    imports.check_external(key)
    check_state(key, TO_EDIT)
    algorithm, spec = request.wrapping_algorithm, request.wrapping_key_spec
    imports.check_wrapping(algorithm, spec)
    # An RSA key takes from tenths of a second to seconds to find: other requests go on meanwhile.
    public, token = await asyncio.to_thread(imports.new_wrapping_key, algorithm, spec, call.now)
    return GetParametersForImportResponse(
        import_token=call.ring.seal(token.encode(), "kms_import_token", key.id),
        key_id=key.arn,
        parameters_valid_to=seconds(token.valid_to),
        public_key=public,
    )


async def import_key_material(request: ImportKeyMaterialRequest, call: Call) -> ImportKeyMaterialResponse:
    """Give a key its material, or the same back. Raises the errors of `rules.imports`."""
    key = await named(call, request.key_id, "ImportKeyMaterial", by_alias=False, abroad=False)
    imports.check_external(key)
    check_state(key, TO_EDIT)
    expires_at = imports.expiry(request.expiration_model, request.valid_to, call.now)
    try:
        token = imports.Token.decode(call.ring.unseal(request.import_token, "kms_import_token", key.id))
    except IntegrityError:
        raise InvalidImportTokenException("The import token is not valid for this key.") from None
    material = imports.unwrapped(token, request.encrypted_key_material, key.spec, call.now)
    material_id = imports.material_id(key.id, material)
    imports.check_same(key, material_id, request.key_material_id)
    await materials.add(
        call.tx,
        call.ring,
        key.id,
        material_id,
        material,
        call.now,
        expires_at=expires_at,
        description=request.key_material_description,
    )
    state = "Enabled" if key.state == "PendingImport" else key.state
    await keys.update(call.tx, key._replace(material_id=material_id, state=state))
    return ImportKeyMaterialResponse(key_id=key.arn, key_material_id=material_id)


async def delete_imported_key_material(
    request: DeleteImportedKeyMaterialRequest, call: Call
) -> DeleteImportedKeyMaterialResponse:
    """Take imported material away at once. Raises UnsupportedOperation..., NotFoundException."""
    key = await named(call, request.key_id, "DeleteImportedKeyMaterial", by_alias=False, abroad=False)
    imports.check_external(key)
    check_state(key, TO_EDIT)
    imports.check_same(key, request.key_material_id or key.material_id, request.key_material_id)
    if key.material_id:
        await materials.empty(call.tx, key.id, key.material_id)
        await keys.update(call.tx, key._replace(state="PendingImport"))
    return DeleteImportedKeyMaterialResponse(key_id=key.arn, key_material_id=key.material_id or None)
