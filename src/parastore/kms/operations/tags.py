"""TagResource, UntagResource and ListResourceTags."""

from __future__ import annotations

from parastore.context import Call
from parastore.kms.operations.access import named
from parastore.kms.operations.markers import cut, read_marker
from parastore.kms.rules import tags
from parastore.kms.rules.keys import TO_EDIT, check_state
from parastore.kms.shapes import (
    ListResourceTagsRequest,
    ListResourceTagsResponse,
    Tag,
    TagResourceRequest,
    UntagResourceRequest,
)
from parastore.kms.store import tags as stored


async def tag_resource(request: TagResourceRequest, call: Call) -> None:
    """Tag a key. Raises TagException, KMSInvalidStateException and the errors of finding a key."""
    key = await named(call, request.key_id, "TagResource", by_alias=False, abroad=False)
    check_state(key, TO_EDIT)
    present = await stored.of_key(call.tx, key.id)
    given = tags.given([(each.tag_key, each.tag_value) for each in request.tags], present)
    await stored.put(call.tx, key.id, given)


async def untag_resource(request: UntagResourceRequest, call: Call) -> None:
    """Take tags away. Raises the same."""
    key = await named(call, request.key_id, "UntagResource", by_alias=False, abroad=False)
    check_state(key, TO_EDIT)
    await stored.remove(call.tx, key.id, tags.removable(request.tag_keys))


async def list_resource_tags(request: ListResourceTagsRequest, call: Call) -> ListResourceTagsResponse:
    """A key's tags. Raises InvalidMarkerException and the errors of finding a key."""
    key = await named(call, request.key_id, "ListResourceTags", by_alias=False, abroad=False)
    after = read_marker(request.marker, "ListResourceTags")
    found = [(name, value) for name, value in (await stored.of_key(call.tx, key.id)).items() if name > after]
    page, marker = cut(found, request.limit or 50, "ListResourceTags", lambda tag: tag[0])
    return ListResourceTagsResponse(
        next_marker=marker,
        tags=[Tag(tag_key=name, tag_value=value) for name, value in page],
        truncated=marker is not None,
    )
