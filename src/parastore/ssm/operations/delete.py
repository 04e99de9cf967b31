"""DeleteParameter and DeleteParameters."""

from __future__ import annotations

from parastore.context import Call
from parastore.ssm.errors import ParameterNotFound
from parastore.ssm.operations.changes import tell
from parastore.ssm.rules import names
from parastore.ssm.shapes import (
    DeleteParameterRequest,
    DeleteParameterResponse,
    DeleteParametersRequest,
    DeleteParametersResponse,
)
from parastore.ssm.store import pending, records


async def delete_parameter(request: DeleteParameterRequest, call: Call) -> DeleteParameterResponse:
    """Delete one. Raises ParameterNotFound, and what `rules.names.written` says of its name."""
    name = names.written(request.name, call.account, call.region)
    if not await _delete(names.path_of(name), call):
        raise ParameterNotFound
    return DeleteParameterResponse()


async def delete_parameters(request: DeleteParametersRequest, call: Call) -> DeleteParametersResponse:
    """Delete up to ten; the answer tells which there were."""
    deleted: list[str] = []
    missing: list[str] = []
    wanted = {asked: names.written(asked, call.account, call.region) for asked in sorted(set(request.names))}
    for asked, name in wanted.items():
        gone = await _delete(names.path_of(name), call)
        (deleted if gone else missing).append(asked)
    return DeleteParametersResponse(deleted_parameters=deleted, invalid_parameters=missing)


async def _delete(path: str, call: Call) -> bool:
    waited = await pending.drop(call, path)
    current = await records.find(call, path)
    if current is None:
        return waited
    await records.delete(call, path)
    await tell(call, "Delete", current)
    return True
