"""Requests and answers of grants."""

from __future__ import annotations

from typing import Annotated

from parastore.kms.shapes.terms import (
    GrantOperation,
    GrantToken,
    GrantTokens,
    KeyId,
    Limit,
    Marker,
    Name,
    Principal,
    ServicePrincipal,
    ShortText,
)
from parastore.shapes import Shape, Timestamp, text


class GrantConstraints(Shape, kw_only=True):
    """When a grant holds: the encryption context has these pairs, or is just these."""

    encryption_context_subset: dict[str, str] | None = None
    encryption_context_equals: dict[str, str] | None = None
    source_arn: Annotated[str, text(20, 512, r"^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$")] | None = None


class CreateGrantRequest(Shape, kw_only=True):
    """Lets a principal do `operations` with the key, under `constraints` on the encryption context."""

    key_id: KeyId
    grantee_principal: Principal | None = None
    retiring_principal: Principal | None = None
    operations: list[GrantOperation]
    constraints: GrantConstraints | None = None
    grant_tokens: GrantTokens | None = None
    name: Name | None = None
    dry_run: bool | None = None
    grantee_service_principal: ServicePrincipal | None = None
    retiring_service_principal: ServicePrincipal | None = None


class CreateGrantResponse(Shape, kw_only=True):
    """The same name and members give the same grant again."""

    grant_id: str
    grant_token: str


class ListGrantsRequest(Shape, kw_only=True):
    """`limit` is 50 by default."""

    limit: Limit | None = None
    marker: Marker | None = None
    key_id: KeyId
    grant_id: ShortText | None = None
    grantee_principal: Principal | None = None
    grantee_service_principal: ServicePrincipal | None = None


class GrantListEntry(Shape, kw_only=True):
    """One grant."""

    constraints: GrantConstraints | None = None
    creation_date: Timestamp
    grant_id: str
    grantee_principal: str | None = None
    grantee_service_principal: str | None = None
    issuing_account: str
    key_id: str
    name: str | None = None
    operations: list[GrantOperation]
    retiring_principal: str | None = None
    retiring_service_principal: str | None = None


class ListGrantsResponse(Shape, kw_only=True):
    """Oldest first."""

    grants: list[GrantListEntry]
    next_marker: str | None = None
    truncated: bool


class ListRetirableGrantsRequest(Shape, kw_only=True):
    """Grants that a principal may retire, in the caller's account."""

    limit: Limit | None = None
    marker: Marker | None = None
    retiring_principal: Principal | None = None
    retiring_service_principal: ServicePrincipal | None = None


class RetireGrantRequest(Shape, kw_only=True):
    """By token, or by key ARN and grant id; whoever may do without the grant gives it up."""

    grant_token: GrantToken | None = None
    key_id: KeyId | None = None
    grant_id: ShortText | None = None
    dry_run: bool | None = None


class RevokeGrantRequest(Shape, kw_only=True):
    """Takes a grant back."""

    key_id: KeyId
    grant_id: ShortText
    dry_run: bool | None = None
