"""Make a version the current one: its room, tags, policies and event."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from parastore.seal.keyring import KeyRing
from parastore.ssm.errors import ParameterMaxVersionLimitExceeded
from parastore.ssm.operations.changes import tell
from parastore.ssm.rules import policies, tiers, versions
from parastore.ssm.rules.versions import Version
from parastore.ssm.store import labels, records, tags
from parastore.ssm.store import policies as tasks
from parastore.ssm.store.pending import Made
from parastore.ssm.store.policies import Task
from parastore.ssm.store.records import Place
from parastore.storage.protocol import Transaction


class Moment(Place, Protocol):
    """A place and a time, in milliseconds since the epoch. A `Call` is one."""

    @property
    def now(self) -> int: ...


class FixedMoment(NamedTuple):
    """A place and a time without a call: what a job works in."""

    tx: Transaction
    ring: KeyRing
    account: str
    region: str
    now: int


async def make_current(made: Made, current: Version | None, moment: Moment) -> None:
    """Save what a PutParameter has made of `current`, and tell of it."""
    version = made.version
    if current is not None and version.tier != current.tier:
        await records.count_upgrade(moment)
    await records.save(moment, version, versions.KEPT_VERSIONS)
    if made.tags:
        await tags.put(moment, version.path, made.tags)
    if version.policies is not None or made.new_policies:
        await _schedule(made, current, moment)
    await tell(moment, "Update" if current else "Create", version)


async def check_room(version: Version, current: Version | None, place: Place) -> None:
    """Raise ParameterLimitExceeded or ParameterMaxVersionLimitExceeded where the version has no place."""
    if current is None or version.tier != current.tier:
        tiers.check_quota(version.tier, await records.count(place, version.tier))
    oldest = version.version - versions.KEPT_VERSIONS
    if oldest >= 1 and await labels.are_on(place, version.path, oldest):
        raise ParameterMaxVersionLimitExceeded(
            f"You attempted to create a new version of {version.name} by calling the PutParameter API with the"
            f" overwrite flag. Version {oldest}, the oldest version, can't be deleted because it has a label associated"
            " with it. Move the label to another version of the parameter, and try again."
        )


async def _schedule(made: Made, current: Version | None, moment: Moment) -> None:
    """New policies begin anew. Kept ones go on, but those that wait for a change have just seen one."""
    given = policies.stored(made.version.policies)
    before = [] if current is None or made.new_policies else await tasks.of_parameter(moment, made.version.path)
    planned = []
    for position, policy in enumerate(given):
        if before and policy.type != "NoChangeNotification":
            planned.append(before[position])
        else:
            planned.append(Task(policy.type, policy.text, "Pending", policies.due_at(policy, given, moment.now)))
    await tasks.replace(moment, made.version.path, planned)
