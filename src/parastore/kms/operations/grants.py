"""Grants: a key for one principal and a few operations, without a change of the key's policy."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from parastore import arn
from parastore.context import Call
from parastore.errors import AccessDeniedException, ValidationException
from parastore.kms.errors import (
    DryRunOperationException,
    InvalidArnException,
    InvalidGrantIdException,
    InvalidGrantTokenException,
    LimitExceededException,
    UnsupportedOperationException,
)
from parastore.kms.operations.access import check_tokens, named
from parastore.kms.operations.markers import cut, read_marker
from parastore.kms.rules.grants import MOST_GRANTS, Grant, named_by, new_grant_id, same, token_of
from parastore.kms.rules.keys import TO_USE, check_state
from parastore.kms.rules.names import key_arn, read_key_id
from parastore.kms.shapes import (
    CreateGrantRequest,
    CreateGrantResponse,
    GrantConstraints,
    GrantListEntry,
    ListGrantsRequest,
    ListGrantsResponse,
    ListRetirableGrantsRequest,
    RetireGrantRequest,
    RevokeGrantRequest,
)
from parastore.kms.store import grants, keys
from parastore.policy.patterns import Keys
from parastore.shapes import seconds


async def create_grant(request: CreateGrantRequest, call: Call) -> CreateGrantResponse:
    """Make a grant, or give back the one that says the same. Raises InvalidArnException, LimitExceededException."""
    key = await named(call, request.key_id, "CreateGrant", by_alias=False, more=_condition_keys(request))
    await check_tokens(call, request.grant_tokens)
    check_state(key, TO_USE)
    if request.grantee_service_principal or request.retiring_service_principal:
        raise UnsupportedOperationException("Grants to service principals are not supported.")
    if request.grantee_principal is None:
        raise ValidationException(
            "1 validation error detected: Value null at 'granteePrincipal' failed to satisfy constraint: Member must"
            " not be null"
        )
    for principal in (request.grantee_principal, request.retiring_principal):
        _check_principal(principal)
    grant = Grant(
        id=new_grant_id(),
        key_id=key.id,
        issuer=call.account,
        grantee=request.grantee_principal,
        retiree=request.retiring_principal,
        name=request.name,
        operations=tuple(dict.fromkeys(request.operations)),
        constraints=_constraints(request.constraints),
        created_at=call.now,
    )
    if request.dry_run:
        raise DryRunOperationException
    present = same(grant, await grants.of_key(call.tx, key.id)) if grant.name is not None else None
    if present is None:
        if await grants.count_of(call.tx, key.id) >= MOST_GRANTS:
            raise LimitExceededException(f"{key.arn} has reached its limit of {MOST_GRANTS} grants.")
        await grants.insert(call.tx, grant)
        present = grant
    return CreateGrantResponse(grant_id=present.id, grant_token=token_of(present.id))


async def list_grants(request: ListGrantsRequest, call: Call) -> ListGrantsResponse:
    """A key's grants, oldest first. Raises InvalidGrantIdException, InvalidMarkerException."""
    key = await named(call, request.key_id, "ListGrants", by_alias=False)
    limit = request.limit or 50
    moment, _, last = read_marker(request.marker, "ListGrants").partition(" ")
    if request.grant_id is not None:
        found: Sequence[Grant] = [await _of_key(request.grant_id, key.id, call)]
        if request.grantee_principal not in (None, found[0].grantee):
            found = []
    else:
        after = (int(moment) if moment.isascii() and moment.isdigit() else 0, last)
        found = await grants.page(call.tx, key.id, request.grantee_principal, after, limit + 1)
    page, marker = cut(found, limit, "ListGrants", lambda grant: f"{grant.created_at} {grant.id}")
    return _listed(page, marker, call.region, key.account)


async def list_retirable_grants(request: ListRetirableGrantsRequest, call: Call) -> ListGrantsResponse:
    """Grants of the caller's account that a principal may retire. Raises InvalidArnException."""
    if request.retiring_principal is None:
        raise ValidationException(
            "1 validation error detected: Value null at 'retiringPrincipal' failed to satisfy constraint: Member must"
            " not be null"
        )
    _check_principal(request.retiring_principal)
    limit = request.limit or 50
    after = read_marker(request.marker, "ListRetirableGrants")
    found = await grants.retirable(call.tx, call.account, call.region, request.retiring_principal, after, limit + 1)
    page, marker = cut(found, limit, "ListRetirableGrants", lambda grant: grant.id)
    return _listed(page, marker, call.region, call.account)


async def retire_grant(request: RetireGrantRequest, call: Call) -> None:
    """Give a grant up: its retiring principal may, its grantee if it grants RetireGrant, and the key's account."""
    grant = await _retired(request, call)
    key = await keys.find(call.tx, call.region, grant.key_id)
    assert key is not None
    mine = call.caller.arn in (grant.retiree, grant.grantee if "RetireGrant" in grant.operations else None)
    if not mine and not (call.caller.is_root and call.account == grant.issuer):
        raise AccessDeniedException(
            f"User: {call.caller.arn} is not authorized to perform: kms:RetireGrant on resource: {key.arn}"
        )
    if request.dry_run:
        raise DryRunOperationException
    await grants.delete(call.tx, grant.id)


async def revoke_grant(request: RevokeGrantRequest, call: Call) -> None:
    """Take a grant back. Raises InvalidGrantIdException and the errors of finding a key."""
    key = await named(call, request.key_id, "RevokeGrant", by_alias=False)
    grant = await _of_key(request.grant_id, key.id, call)
    if request.dry_run:
        raise DryRunOperationException
    await grants.delete(call.tx, grant.id)


async def _retired(request: RetireGrantRequest, call: Call) -> Grant:
    if request.grant_token is not None:
        grant_id = named_by(request.grant_token)
        grant = None if grant_id is None else await grants.find(call.tx, grant_id)
        if grant is None:
            raise InvalidGrantTokenException("The grant token is not valid.")
        return grant
    if request.key_id is None or request.grant_id is None:
        raise ValidationException("Either a grant token, or a key ARN and a grant id, must be given.")
    name = read_key_id(request.key_id, call.account, call.region)
    if name.key_id is None or not request.key_id.startswith("arn:"):
        raise InvalidArnException("The key is named by its ARN here.")
    return await _of_key(request.grant_id, name.key_id, call)


async def _of_key(grant_id: str, key_id: str, call: Call) -> Grant:
    grant = await grants.find(call.tx, grant_id)
    if grant is None or grant.key_id != key_id:
        raise InvalidGrantIdException(f"Grant ID {grant_id} not found")
    return grant


def _check_principal(principal: str | None) -> None:
    if principal is None:
        return
    named = arn.parse(principal)
    if named is None or named.service not in ("iam", "sts") or not named.account:
        raise InvalidArnException("ARN does not refer to a valid principal")


def _condition_keys(request: CreateGrantRequest) -> Keys:
    """What policies may ask of a grant that is to be made."""
    found: dict[str, str | tuple[str, ...]] = {
        "kms:grantisforawsresource": "false",
        "kms:grantoperations": tuple(request.operations),
        "kms:granteeprincipal": request.grantee_principal or "",
    }
    if request.retiring_principal is not None:
        found["kms:retiringprincipal"] = request.retiring_principal
    if request.constraints is not None:
        kinds = msgspec.to_builtins(request.constraints)
        found["kms:grantconstrainttype"] = next(iter(kinds), "")
    return found


def _constraints(given: GrantConstraints | None) -> dict[str, dict[str, str]] | None:
    if given is None:
        return None
    if given.source_arn is not None:
        raise UnsupportedOperationException("The grant constraint SourceArn is not supported.")
    if given.encryption_context_subset is not None and given.encryption_context_equals is not None:
        raise ValidationException("A grant has EncryptionContextSubset or EncryptionContextEquals, not both.")
    found: dict[str, dict[str, str]] = msgspec.to_builtins(given)
    return found or None


def _listed(page: Sequence[Grant], marker: str | None, region: str, account: str) -> ListGrantsResponse:
    return ListGrantsResponse(
        grants=[
            GrantListEntry(
                constraints=None if each.constraints is None else msgspec.convert(each.constraints, GrantConstraints),
                creation_date=seconds(each.created_at),
                grant_id=each.id,
                grantee_principal=each.grantee,
                issuing_account=f"arn:{arn.partition_of(region)}:iam::{each.issuer}:root",
                key_id=key_arn(account, region, each.key_id),
                name=each.name,
                operations=list(each.operations),  # type: ignore[arg-type]  # they were read as these words
                retiring_principal=each.retiree,
            )
            for each in page
        ],
        next_marker=marker,
        truncated=marker is not None,
    )
