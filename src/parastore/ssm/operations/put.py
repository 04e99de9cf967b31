"""PutParameter."""

from __future__ import annotations

from parastore.context import Call
from parastore.ssm.operations.secure import encrypted
from parastore.ssm.rules import names, patterns, versions
from parastore.ssm.shapes import PutParameterRequest, PutParameterResponse
from parastore.ssm.store import records


async def put_parameter(request: PutParameterRequest, call: Call) -> PutParameterResponse:
    """Create a parameter, or a new version of one. Errors: see `rules.names.written` and `rules.versions`."""
    name = names.written(request.name, call.account, call.region)
    if request.allowed_pattern:
        patterns.check_syntax(request.allowed_pattern)
    current = await records.find(call, names.path_of(name))
    version = versions.next_version(request, name, current, call.caller.arn, call.now)
    if version.type == "SecureString":
        version = await encrypted(version, call)
    await records.save(call, version, versions.KEPT_VERSIONS)
    if request.tags:
        await records.add_tags(call, version.path, {tag.key: tag.value for tag in request.tags})
    return PutParameterResponse(tier="Standard", version=version.version)
