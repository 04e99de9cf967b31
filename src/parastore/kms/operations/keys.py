"""Keys themselves: make, describe, list, switch on and off, delete in time."""

from __future__ import annotations

from parastore.context import Call
from parastore.kms.errors import KMSInvalidStateException, UnsupportedOperationException
from parastore.kms.operations.access import check_tokens, may_change, named
from parastore.kms.operations.markers import cut, read_marker
from parastore.kms.operations.material import make_material
from parastore.kms.rules import policies, tags
from parastore.kms.rules.keys import TO_EDIT, TO_SWITCH, Key, check_state, deletion_moment, kind_of
from parastore.kms.rules.metadata import shown
from parastore.kms.rules.names import key_arn, new_key_id
from parastore.kms.shapes import (
    CancelKeyDeletionRequest,
    CancelKeyDeletionResponse,
    CreateKeyRequest,
    CreateKeyResponse,
    DescribeKeyRequest,
    DescribeKeyResponse,
    DisableKeyRequest,
    EnableKeyRequest,
    KeyListEntry,
    ListKeysRequest,
    ListKeysResponse,
    ScheduleKeyDeletionRequest,
    ScheduleKeyDeletionResponse,
    UpdateKeyDescriptionRequest,
)
from parastore.kms.store import keys, materials
from parastore.kms.store import tags as stored_tags
from parastore.shapes import seconds


async def create_key(request: CreateKeyRequest, call: Call) -> CreateKeyResponse:
    """Make a key. Raises ValidationException, UnsupportedOperation..., MalformedPolicyDocument..., TagException."""
    spec, usage = kind_of(request.key_spec, request.customer_master_key_spec, request.key_usage)
    origin = request.origin or "AWS_KMS"
    if origin not in ("AWS_KMS", "EXTERNAL") or request.custom_key_store_id or request.xks_key_id:
        raise UnsupportedOperationException("Custom key stores are not supported.")
    if request.multi_region:
        raise UnsupportedOperationException("Multi-Region keys are not supported.")
    given = tags.given([(each.tag_key, each.tag_value) for each in request.tags or ()], {})
    key = Key(
        id=new_key_id(),
        account=call.account,
        region=call.region,
        manager="CUSTOMER",
        state="Enabled" if origin == "AWS_KMS" else "PendingImport",
        spec=spec,
        usage=usage,
        origin=origin,
        material_id="",
        description=request.description or "",
        policy=request.policy,
        created_at=call.now,
        deletion_at=None,
        rotation_days=None,
        rotates_at=None,
    )
    if request.policy is not None:
        policies.check(request.policy)
        if not request.bypass_policy_lockout_safety_check:
            policies.check_lockout(may_change(call, key, request.policy))
    await keys.insert(call.tx, key)
    if origin == "AWS_KMS":
        key = await make_material(call.tx, call.ring, key, call.now)
    await stored_tags.put(call.tx, key.id, given)
    return CreateKeyResponse(key_metadata=shown(key))


async def describe_key(request: DescribeKeyRequest, call: Call) -> DescribeKeyResponse:
    """A key's metadata. Raises the errors of finding a key."""
    key = await named(call, request.key_id, "DescribeKey")
    await check_tokens(call, request.grant_tokens)
    expires_at = None
    if key.origin == "EXTERNAL":
        entries = await materials.entries(call.tx, key.id)
        expires_at = next((each.expires_at for each in entries if each.id == key.material_id), None)
    return DescribeKeyResponse(key_metadata=shown(key, expires_at))


async def list_keys(request: ListKeysRequest, call: Call) -> ListKeysResponse:
    """The account's keys in this Region. Raises InvalidMarkerException."""
    limit = request.limit or 100
    after = read_marker(request.marker, "ListKeys")
    found, marker = cut(await keys.page(call.tx, call.account, call.region, after, limit + 1), limit, "ListKeys", str)
    return ListKeysResponse(
        keys=[KeyListEntry(key_arn=key_arn(call.account, call.region, each), key_id=each) for each in found],
        next_marker=marker,
        truncated=marker is not None,
    )


async def update_key_description(request: UpdateKeyDescriptionRequest, call: Call) -> None:
    """Replace a key's description. Raises KMSInvalidStateException and the errors of finding a key."""
    key = await named(call, request.key_id, "UpdateKeyDescription", by_alias=False, abroad=False)
    check_state(key, TO_EDIT)
    await keys.update(call.tx, key._replace(description=request.description))


async def enable_key(request: EnableKeyRequest, call: Call) -> None:
    """Let a disabled key be used again. Raises KMSInvalidStateException and the errors of finding a key."""
    key = await named(call, request.key_id, "EnableKey", by_alias=False, abroad=False)
    check_state(key, TO_SWITCH)
    await keys.update(call.tx, key._replace(state="Enabled"))


async def disable_key(request: DisableKeyRequest, call: Call) -> None:
    """Let a key not be used for the time being. Raises KMSInvalidStateException and the errors of finding a key."""
    key = await named(call, request.key_id, "DisableKey", by_alias=False, abroad=False)
    check_state(key, TO_SWITCH)
    await keys.update(call.tx, key._replace(state="Disabled"))


async def schedule_key_deletion(request: ScheduleKeyDeletionRequest, call: Call) -> ScheduleKeyDeletionResponse:
    """Let a key go in 7 to 30 days; until then it is not usable. Raises KMSInvalidStateException, ..."""
    moment, window = deletion_moment(request.pending_window_in_days, call.now)
    key = await named(call, request.key_id, "ScheduleKeyDeletion", by_alias=False, abroad=False)
    check_state(key, TO_EDIT)
    await keys.update(call.tx, key._replace(state="PendingDeletion", deletion_at=moment))
    return ScheduleKeyDeletionResponse(
        deletion_date=seconds(moment),
        key_id=key.arn,
        key_state="PendingDeletion",
        pending_window_in_days=window,
    )


async def cancel_key_deletion(request: CancelKeyDeletionRequest, call: Call) -> CancelKeyDeletionResponse:
    """Keep a key after all; it is disabled then. Raises KMSInvalidStateException and the errors of finding a key."""
    key = await named(call, request.key_id, "CancelKeyDeletion", by_alias=False, abroad=False)
    if key.state != "PendingDeletion":
        raise KMSInvalidStateException(f"{key.arn} is not pending deletion.")
    # Imported material may have been deleted, or have expired, before or meanwhile.
    present = any(each.id == key.material_id and each.present for each in await materials.entries(call.tx, key.id))
    state = "Disabled" if present else "PendingImport"
    await keys.update(call.tx, key._replace(state=state, deletion_at=None))
    return CancelKeyDeletionResponse(key_id=key.arn)
