"""AddTagsToResource, RemoveTagsFromResource and ListTagsForResource, for parameters."""

from __future__ import annotations

from parastore.context import Call
from parastore.errors import ValidationException
from parastore.ssm.errors import InvalidResourceId
from parastore.ssm.rules import names, tags
from parastore.ssm.shapes import (
    AddTagsToResourceRequest,
    AddTagsToResourceResponse,
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    RemoveTagsFromResourceRequest,
    RemoveTagsFromResourceResponse,
    Tag,
)
from parastore.ssm.store import tags as stored

_Request = AddTagsToResourceRequest | RemoveTagsFromResourceRequest | ListTagsForResourceRequest


async def add_tags_to_resource(request: AddTagsToResourceRequest, call: Call) -> AddTagsToResourceResponse:
    """Add tags. Raises InvalidResourceId, TooManyTagsError, ValidationException."""
    path, present = await _tagged(request, call)
    await stored.put(call, path, tags.given(request.tags, present))
    return AddTagsToResourceResponse()


async def remove_tags_from_resource(
    request: RemoveTagsFromResourceRequest, call: Call
) -> RemoveTagsFromResourceResponse:
    """Remove tags. Raises InvalidResourceId."""
    path, _ = await _tagged(request, call)
    await stored.remove(call, path, request.tag_keys)
    return RemoveTagsFromResourceResponse()


async def list_tags_for_resource(request: ListTagsForResourceRequest, call: Call) -> ListTagsForResourceResponse:
    """List tags. Raises InvalidResourceId."""
    _, present = await _tagged(request, call)
    return ListTagsForResourceResponse(tag_list=[Tag(key=key, value=value) for key, value in present.items()])


async def _tagged(request: _Request, call: Call) -> tuple[str, dict[str, str]]:
    """The path of the parameter that is meant, and its tags. Other kinds of resources there are none of."""
    if request.resource_type != "Parameter":
        raise InvalidResourceId
    try:
        reference = names.read(request.resource_id, selectors=False)
    except ValidationException:
        raise InvalidResourceId from None
    if reference.name is None:
        raise InvalidResourceId
    present = await stored.of_parameter(call, reference.path)
    if present is None:
        raise InvalidResourceId
    return reference.path, present
