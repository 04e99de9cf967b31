"""PutParameter."""

from __future__ import annotations

from parastore.context import Call
from parastore.ssm.errors import ParameterMaxVersionLimitExceeded
from parastore.ssm.operations.changes import tell
from parastore.ssm.operations.secure import encrypted
from parastore.ssm.rules import names, patterns, policies, tiers, versions
from parastore.ssm.rules.settings import DEFAULT_TIER
from parastore.ssm.rules.versions import Version
from parastore.ssm.shapes import ParameterTier, PutParameterRequest, PutParameterResponse
from parastore.ssm.store import labels, records, settings, tags
from parastore.ssm.store import policies as tasks
from parastore.ssm.store.policies import Task


async def put_parameter(request: PutParameterRequest, call: Call) -> PutParameterResponse:
    """Create a parameter, or a new version of one. Errors: see `rules.names.written` and `rules.versions`."""
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
    await _check_room(version, current, call)
    plain = version
    if version.type == "SecureString":
        version = await encrypted(version, call)
    await records.save(call, version, versions.KEPT_VERSIONS)
    if request.tags:
        await tags.put(call, version.path, {tag.key: tag.value for tag in request.tags})
    if version.policies is not None or request.policies is not None:
        await _schedule(request, version, current, call)
    await tell(call, "Update" if current else "Create", plain)
    return PutParameterResponse(tier=version.tier, version=version.version)


async def _default_tier(request: PutParameterRequest, current: Version | None, call: Call) -> ParameterTier:
    """The account's default tier, asked for only where it can matter: not for every small overwrite."""
    small = request.policies is None and len(request.value.reveal()) <= tiers.STANDARD_VALUE // 4
    if request.tier is not None or (current is not None and small):
        return "Standard"
    changed = await settings.find(call, DEFAULT_TIER)
    return changed.value if changed else "Standard"  # type: ignore[return-value]


async def _check_room(version: Version, current: Version | None, call: Call) -> None:
    """Raise ParameterLimitExceeded or ParameterMaxVersionLimitExceeded where the version has no place."""
    if current is None or version.tier != current.tier:
        tiers.check_quota(version.tier, await records.count(call, version.tier))
    if current is not None and version.tier != current.tier:
        await records.count_upgrade(call)
    oldest = version.version - versions.KEPT_VERSIONS
    if oldest >= 1 and await labels.are_on(call, version.path, oldest):
        raise ParameterMaxVersionLimitExceeded(
            f"You attempted to create a new version of {version.name} by calling the PutParameter API with the"
            f" overwrite flag. Version {oldest}, the oldest version, can't be deleted because it has a label associated"
            " with it. Move the label to another version of the parameter, and try again."
        )


async def _schedule(request: PutParameterRequest, version: Version, current: Version | None, call: Call) -> None:
    """New policies begin anew. Kept ones go on, but those that wait for a change have just seen one."""
    given = policies.stored(version.policies)
    before = [] if current is None or request.policies is not None else await tasks.of_parameter(call, version.path)
    planned = []
    for position, policy in enumerate(given):
        if before and policy.type != "NoChangeNotification":
            planned.append(before[position])
        else:
            planned.append(Task(policy.type, policy.text, "Pending", policies.due_at(policy, given, call.now)))
    await tasks.replace(call, version.path, planned)
