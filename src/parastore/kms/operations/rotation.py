"""New material for keys, by the calendar or at once. What older material encrypted still opens."""

from __future__ import annotations

from parastore.context import Call
from parastore.kms.operations.access import named
from parastore.kms.operations.markers import cut, read_marker
from parastore.kms.operations.material import make_material
from parastore.kms.rules.keys import Key
from parastore.kms.rules.rotation import check_kind, check_on_demand, check_rotatable, enabled
from parastore.kms.shapes import (
    DisableKeyRotationRequest,
    EnableKeyRotationRequest,
    GetKeyRotationStatusRequest,
    GetKeyRotationStatusResponse,
    ListKeyRotationsRequest,
    ListKeyRotationsResponse,
    RotateKeyOnDemandRequest,
    RotateKeyOnDemandResponse,
    RotationsListEntry,
)
from parastore.kms.store import keys, materials
from parastore.kms.store.materials import Entry
from parastore.shapes import seconds


async def enable_key_rotation(request: EnableKeyRotationRequest, call: Call) -> None:
    """Rotate every 90 to 2560 days. Raises UnsupportedOperation..., DisabledException, KMSInvalidState..."""
    key = await _rotatable(request.key_id, "EnableKeyRotation", call)
    await keys.update(call.tx, enabled(key, request.rotation_period_in_days, call.now))


async def disable_key_rotation(request: DisableKeyRotationRequest, call: Call) -> None:
    """Rotate no more by the calendar. Raises the same."""
    key = await _rotatable(request.key_id, "DisableKeyRotation", call)
    await keys.update(call.tx, key._replace(rotates_at=None))


async def get_key_rotation_status(request: GetKeyRotationStatusRequest, call: Call) -> GetKeyRotationStatusResponse:
    """Whether and when a key rotates. A key that is pending deletion or disabled does not rotate meanwhile."""
    key = await named(call, request.key_id, "GetKeyRotationStatus", by_alias=False)
    check_kind(key)
    if key.rotates_at is None or key.state == "PendingDeletion":
        return GetKeyRotationStatusResponse(key_id=key.arn, key_rotation_enabled=False)
    return GetKeyRotationStatusResponse(
        key_id=key.arn,
        key_rotation_enabled=True,
        next_rotation_date=seconds(key.rotates_at),
        rotation_period_in_days=key.rotation_days,
    )


async def rotate_key_on_demand(request: RotateKeyOnDemandRequest, call: Call) -> RotateKeyOnDemandResponse:
    """New material now, at most 25 times. Raises LimitExceededException and the errors of enabling rotation."""
    key = await _rotatable(request.key_id, "RotateKeyOnDemand", call)
    already = [each for each in await materials.entries(call.tx, key.id) if each.rotation == "ON_DEMAND"]
    check_on_demand(key, len(already))
    await make_material(call.tx, call.ring, key, call.now, "ON_DEMAND")
    return RotateKeyOnDemandResponse(key_id=key.arn)


async def list_key_rotations(request: ListKeyRotationsRequest, call: Call) -> ListKeyRotationsResponse:
    """The rotations a key has had, newest first; with ALL_KEY_MATERIAL its first material too."""
    key = await named(call, request.key_id, "ListKeyRotations", by_alias=False, abroad=False)
    limit = request.limit or 100
    after = read_marker(request.marker, "ListKeyRotations")
    found = await materials.entries(call.tx, key.id)
    if request.include_key_material != "ALL_KEY_MATERIAL":
        found = [each for each in found if each.rotation is not None]
    if after:
        found = found[next((at for at, each in enumerate(found, 1) if each.id == after), len(found)) :]
    page, marker = cut(found, limit, "ListKeyRotations", lambda each: each.id)
    shown = request.include_key_material == "ALL_KEY_MATERIAL"
    return ListKeyRotationsResponse(
        next_marker=marker,
        rotations=[_shown(key, each, shown) for each in page],
        truncated=marker is not None,
    )


def _shown(key: Key, entry: Entry, everything: bool) -> RotationsListEntry:
    shown = RotationsListEntry(key_id=key.id, key_material_id=entry.id)
    if entry.rotation is not None:
        shown.rotation_date = seconds(entry.created_at)
        shown.rotation_type = "AUTOMATIC" if entry.rotation == "AUTOMATIC" else "ON_DEMAND"
    if everything:
        shown.key_material_state = "CURRENT" if entry.id == key.material_id else "NON_CURRENT"
    if key.origin == "EXTERNAL":
        shown.import_state = "IMPORTED" if entry.present else "PENDING_IMPORT"
        shown.key_material_description = entry.description
        if entry.present:
            shown.expiration_model = (
                "KEY_MATERIAL_DOES_NOT_EXPIRE" if entry.expires_at is None else "KEY_MATERIAL_EXPIRES"
            )
            shown.valid_to = None if entry.expires_at is None else seconds(entry.expires_at)
    return shown


async def _rotatable(key_id: str, operation: str, call: Call) -> Key:
    key = await named(call, key_id, operation, by_alias=False, abroad=False)
    check_rotatable(key)
    return key
