"""Requests and answers of tags."""

from __future__ import annotations

from typing import Annotated

from parastore.kms.shapes.terms import KeyId, Limit, Marker, ShortText
from parastore.shapes import Shape, text


class Tag(Shape, kw_only=True):
    """Here a tag has TagKey and TagValue."""

    tag_key: ShortText
    tag_value: Annotated[str, text(0, 256)]


class TagResourceRequest(Shape, kw_only=True):
    """At most 50 tags on a key."""

    key_id: KeyId
    tags: list[Tag]


class UntagResourceRequest(Shape, kw_only=True):
    """Absent ones are not missed."""

    key_id: KeyId
    tag_keys: list[ShortText]


class ListResourceTagsRequest(Shape, kw_only=True):
    """`limit` is 50 by default."""

    key_id: KeyId
    limit: Limit | None = None
    marker: Marker | None = None


class ListResourceTagsResponse(Shape, kw_only=True):
    """By key."""

    next_marker: str | None = None
    tags: list[Tag]
    truncated: bool
