"""Requests and answers of aliases."""

from __future__ import annotations

from parastore.kms.shapes.terms import KeyId, Limit, Marker, Name
from parastore.shapes import Shape, Timestamp


class CreateAliasRequest(Shape, kw_only=True):
    """`alias_name` begins with `alias/`."""

    alias_name: Name
    target_key_id: KeyId


class UpdateAliasRequest(Shape, kw_only=True):
    """Points the alias to another key of the same usage."""

    alias_name: Name
    target_key_id: KeyId


class DeleteAliasRequest(Shape, kw_only=True):
    """The key itself is left as it is."""

    alias_name: Name


class ListAliasesRequest(Shape, kw_only=True):
    """With `key_id`, only the aliases of that key; `limit` is 50 by default."""

    key_id: KeyId | None = None
    limit: Limit | None = None
    marker: Marker | None = None


class AliasListEntry(Shape, kw_only=True):
    """One alias."""

    alias_arn: str
    alias_name: str
    creation_date: Timestamp
    last_updated_date: Timestamp
    target_key_id: str | None = None


class ListAliasesResponse(Shape, kw_only=True):
    """`target_key_id` is the bare id."""

    aliases: list[AliasListEntry]
    next_marker: str | None = None
    truncated: bool
