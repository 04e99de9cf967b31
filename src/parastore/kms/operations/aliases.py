"""Aliases: friendly names of keys, one key each."""

from __future__ import annotations

from parastore.context import Call
from parastore.errors import ValidationException
from parastore.kms.errors import AlreadyExistsException, LimitExceededException, NotFoundException
from parastore.kms.operations.access import MOST_ALIASES, named, permit
from parastore.kms.operations.markers import cut, read_marker
from parastore.kms.rules.keys import TO_EDIT, Key, check_state
from parastore.kms.rules.names import alias_arn, check_alias, read_key_id
from parastore.kms.shapes import (
    AliasListEntry,
    CreateAliasRequest,
    DeleteAliasRequest,
    ListAliasesRequest,
    ListAliasesResponse,
    UpdateAliasRequest,
)
from parastore.kms.store import aliases, keys
from parastore.kms.store.aliases import Alias
from parastore.shapes import seconds


async def create_alias(request: CreateAliasRequest, call: Call) -> None:
    """Name a key. Raises AlreadyExists..., InvalidAliasName..., LimitExceeded... and the errors of finding a key."""
    check_alias(request.alias_name)
    key = await _target(request.target_key_id, "CreateAlias", call)
    if await aliases.count_of(call.tx, key.id) >= MOST_ALIASES:
        raise LimitExceededException(f"{key.arn} has reached its limit of {MOST_ALIASES} aliases.")
    alias = Alias(request.alias_name, key.id, call.now, call.now)
    if not await aliases.insert(call.tx, call.account, call.region, alias):
        arn = alias_arn(call.account, call.region, request.alias_name)
        raise AlreadyExistsException(f"An alias with the name {arn} already exists")


async def update_alias(request: UpdateAliasRequest, call: Call) -> None:
    """Let an alias name another key of the same kind. Raises NotFoundException, ValidationException."""
    check_alias(request.alias_name)
    before = await _named_by(request.alias_name, call)
    await permit(call, before, "UpdateAlias")
    key = await _target(request.target_key_id, "UpdateAlias", call)
    if (before.spec, before.usage) != (key.spec, key.usage):
        raise ValidationException(
            f"Alias {request.alias_name} cannot be changed from {before.arn} to {key.arn}: the keys must have the same"
            " type and usage"
        )
    await aliases.point(call.tx, call.account, call.region, request.alias_name, key.id, call.now)


async def delete_alias(request: DeleteAliasRequest, call: Call) -> None:
    """Take a name away from its key. Raises NotFoundException."""
    check_alias(request.alias_name)
    await permit(call, await _named_by(request.alias_name, call), "DeleteAlias")
    await aliases.delete(call.tx, call.account, call.region, request.alias_name)


async def list_aliases(request: ListAliasesRequest, call: Call) -> ListAliasesResponse:
    """The account's aliases by name, of one key if it is named. Raises InvalidMarkerException, NotFoundException."""
    key_id = None
    if request.key_id is not None:
        key_id = (await named(call, request.key_id, "ListAliases", by_alias=False, abroad=False)).id
    limit = request.limit or 50
    after = read_marker(request.marker, "ListAliases")
    found = await aliases.page(call.tx, call.account, call.region, key_id, after, limit + 1)
    page, marker = cut(found, limit, "ListAliases", lambda alias: alias.name)
    return ListAliasesResponse(
        aliases=[
            AliasListEntry(
                alias_arn=alias_arn(call.account, call.region, alias.name),
                alias_name=alias.name,
                creation_date=seconds(alias.created_at),
                last_updated_date=seconds(alias.updated_at),
                target_key_id=alias.key_id,
            )
            for alias in page
        ],
        next_marker=marker,
        truncated=marker is not None,
    )


async def _target(text: str, operation: str, call: Call) -> Key:
    name = read_key_id(text, call.account, call.region)
    if name.alias is not None:
        raise ValidationException("Aliases must refer to keys. Not aliases")
    if name.account != call.account:
        raise ValidationException("This operation cannot be called cross account.")
    key = await named(call, text, operation)
    check_state(key, TO_EDIT)
    return key


async def _named_by(alias: str, call: Call) -> Key:
    key = await keys.find_alias(call.tx, call.account, call.region, alias)
    if key is None:
        raise NotFoundException(f"Alias {alias_arn(call.account, call.region, alias)} is not found.")
    return key
