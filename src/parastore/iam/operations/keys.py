"""Access keys: made (the secret is shown this once), listed, switched off and on, deleted."""

from __future__ import annotations

from typing import NamedTuple

from parastore.context import Call, Caller, SecretValue
from parastore.iam import keys, rules
from parastore.iam.directory import identities
from parastore.iam.errors import LimitExceeded, NoSuchEntity
from parastore.iam.operations import shown
from parastore.iam.operations.access import arn_of, identity, permit
from parastore.iam.operations.users import calling_user
from parastore.iam.rules import root_arn
from parastore.iam.shapes import (
    AccessKey,
    AccessKeyLastUsed,
    AccessKeyMetadata,
    CreateAccessKeyRequest,
    CreateAccessKeyResponse,
    DeleteAccessKeyRequest,
    DeleteAccessKeyResponse,
    GetAccessKeyLastUsedRequest,
    GetAccessKeyLastUsedResponse,
    ListAccessKeysRequest,
    ListAccessKeysResponse,
    UpdateAccessKeyRequest,
    UpdateAccessKeyResponse,
)
from parastore.iam.store import put_access_key
from parastore.shapes import seconds

MOST_KEYS = 2


class _Owner(NamedTuple):
    """Whose keys: a user, or the account's root, which has no name."""

    id: str
    arn: str
    name: str | None


async def _owner(call: Call, action: str, user_name: str | None) -> _Owner:
    if user_name is None and call.caller.is_root:
        return _Owner(call.account, root_arn(call.account), None)
    found = await identity(call, action, "user", user_name or calling_user(call))
    return _Owner(found.id, found.arn, found.name)


async def create_access_key(request: CreateAccessKeyRequest, call: Call) -> CreateAccessKeyResponse:
    """Make a key. Raises LimitExceeded for a third."""
    owner = await _owner(call, "CreateAccessKey", request.user_name)
    if len(await keys.of_user(call.tx, owner.id)) >= MOST_KEYS:
        raise LimitExceeded(f"Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}")
    signer = Caller(call.account, owner.arn, owner.id, rules.new_access_key_id())
    secret = SecretValue(rules.new_secret())
    await put_access_key(call.tx, call.ring, signer, secret, call.now)
    return CreateAccessKeyResponse(
        access_key=AccessKey(
            user_name=owner.name,
            access_key_id=signer.access_key_id,
            status="Active",
            secret_access_key=secret,
            create_date=seconds(call.now),
        )
    )


async def list_access_keys(request: ListAccessKeysRequest, call: Call) -> ListAccessKeysResponse:
    """The keys of a user, without their secrets."""
    owner = await _owner(call, "ListAccessKeys", request.user_name)
    found = sorted(await keys.of_user(call.tx, owner.id), key=lambda each: each.id)
    page = shown.page(found, request, lambda each: each.id)
    return ListAccessKeysResponse(
        access_key_metadata=[
            AccessKeyMetadata(
                user_name=owner.name,
                access_key_id=each.id,
                status="Active" if each.status == "Active" else "Inactive",
                create_date=seconds(each.created_at),
            )
            for each in page["items"]
        ],
        is_truncated=page["is_truncated"],
        marker=page["marker"],
    )


async def update_access_key(request: UpdateAccessKeyRequest, call: Call) -> UpdateAccessKeyResponse:
    """Switch a key off or on; it signs no more from the next request."""
    owner = await _owner(call, "UpdateAccessKey", request.user_name)
    await _key(call, owner, request.access_key_id)
    await keys.set_status(call.tx, request.access_key_id, "Active" if request.status == "Active" else "Inactive")
    return UpdateAccessKeyResponse()


async def delete_access_key(request: DeleteAccessKeyRequest, call: Call) -> DeleteAccessKeyResponse:
    """Delete a key."""
    owner = await _owner(call, "DeleteAccessKey", request.user_name)
    await _key(call, owner, request.access_key_id)
    await keys.delete(call.tx, request.access_key_id)
    return DeleteAccessKeyResponse()


async def _key(call: Call, owner: _Owner, key_id: str) -> keys.KeyRow:
    found = await keys.find(call.tx, key_id)
    if found is None or found.user_id != owner.id or found.account != call.account:
        raise NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")
    return found


async def get_access_key_last_used(request: GetAccessKeyLastUsedRequest, call: Call) -> GetAccessKeyLastUsedResponse:
    """Whose key it is, and when it was last used."""
    key = await keys.find(call.tx, request.access_key_id)
    found = None if key is None or key.account != call.account else key
    user = None if found is None else await identities.find_by_id(call.tx, found.user_id)
    await permit(call, "GetAccessKeyLastUsed", user.arn if user else arn_of(call, "user/*"))
    if found is None:
        raise NoSuchEntity(f"The Access Key with id {request.access_key_id} cannot be found.")
    use = await keys.last_use(call.tx, found.id)
    return GetAccessKeyLastUsedResponse(
        user_name=user.name if user else None,
        access_key_last_used=AccessKeyLastUsed(region="N/A", service_name="N/A")
        if use is None
        else AccessKeyLastUsed(last_used_date=seconds(use.used_at), region=use.region, service_name=use.service),
    )
