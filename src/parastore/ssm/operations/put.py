"""PutParameter."""

from __future__ import annotations

from parastore.context import Call
from parastore.ssm.errors import TooManyUpdates
from parastore.ssm.operations.current import check_room, make_current
from parastore.ssm.operations.secure import encrypted
from parastore.ssm.rules import names, patterns, tiers, versions
from parastore.ssm.rules.images import IMAGE
from parastore.ssm.rules.settings import DEFAULT_TIER
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import ParameterTier, PutParameterRequest, PutParameterResponse
from parastore.ssm.store import pending, records, settings
from parastore.ssm.store.pending import Made


async def put_parameter(request: PutParameterRequest, call: Call) -> PutParameterResponse:
    """Create a parameter, or a new version of one. An AMI id becomes the value when `operations.validate` has seen it.

    Errors: TooManyUpdates while an AMI id waits; see `rules.names.written` and `rules.versions`.
    """
    name = names.written(request.name, call.account, call.region)
    if request.allowed_pattern:
        patterns.check_syntax(request.allowed_pattern)
    current = await records.find(call, names.path_of(name))
    version = versions.next_version(
        request,
        name,
        current,
        call.caller.arn,
        call.now,
        default_tier=await _default_tier(request, current, call),
        standard_count=await records.count(call, "Standard") if current is None else 0,
    )
    if await pending.is_there(call, version.path):
        raise TooManyUpdates
    await check_room(version, current, call)
    if version.type == "SecureString":
        version = await encrypted(version, call)
    made = Made(version, {tag.key: tag.value for tag in request.tags or ()}, request.policies is not None)
    if version.data_type == IMAGE:
        await pending.save(call, made)
    else:
        await make_current(made, current, call)
    return PutParameterResponse(tier=version.tier, version=version.version)


async def _default_tier(request: PutParameterRequest, current: Version | None, call: Call) -> ParameterTier:
    """The account's default tier, asked for only where it can matter: not for every small overwrite."""
    small = request.policies is None and len(request.value.reveal()) <= tiers.STANDARD_VALUE // 4
    if request.tier is not None or (current is not None and small):
        return "Standard"
    changed = await settings.find(call, DEFAULT_TIER)
    return changed.value if changed else "Standard"  # type: ignore[return-value]
