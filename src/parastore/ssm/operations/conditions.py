"""The condition keys of Parameter Store: what a request says, and the tags of a parameter."""

from __future__ import annotations

from typing import Any

from parastore.arn import Arn
from parastore.context import Call
from parastore.operation import Conditions
from parastore.policy.patterns import Keys
from parastore.ssm import shapes
from parastore.ssm.store import tags
from parastore.ssm.store.records import of_account


def _of_request(request: Any) -> Keys:
    keys: dict[str, str | tuple[str, ...]] = {}
    if isinstance(request, shapes.PutParameterRequest):
        keys["ssm:overwrite"] = _word(request.overwrite)
        if request.policies is not None:
            keys["ssm:policies"] = request.policies
    elif isinstance(request, shapes.GetParametersByPathRequest):
        keys["ssm:recursive"] = _word(request.recursive)
    if isinstance(request, shapes.PutParameterRequest | shapes.AddTagsToResourceRequest) and request.tags is not None:
        keys["aws:tagkeys"] = tuple(each.key for each in request.tags)
        keys |= {f"aws:requesttag/{each.key.lower()}": each.value for each in request.tags}
    elif isinstance(request, shapes.RemoveTagsFromResourceRequest):
        keys["aws:tagkeys"] = tuple(request.tag_keys)
    return keys


def _word(flag: bool | None) -> str:
    return "true" if flag else "false"


async def _of_resource(resource: Arn, call: Call) -> Keys:
    keys: dict[str, str | tuple[str, ...]] = {}
    kind, slash, path = resource.resource.partition("/")
    if kind == "parameter" and resource.region == call.region:
        place = of_account(call, resource.account)
        for name, value in (await tags.of_parameter(place, slash + path) or {}).items():
            keys[f"aws:resourcetag/{name.lower()}"] = keys[f"ssm:resourcetag/{name.lower()}"] = value
    return keys


CONDITIONS = Conditions(_of_request, _of_resource, ("aws:resourcetag/", "ssm:resourcetag/"))


def tagging(request: shapes.PutParameterRequest) -> tuple[str, ...]:
    """The action that a new parameter's tags need too."""
    return ("ssm:AddTagsToResource",) if request.tags else ()
