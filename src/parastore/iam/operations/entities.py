"""What users, groups and roles have in common: they get another name, and they must be bare to be deleted."""

from __future__ import annotations

from parastore.context import Call
from parastore.iam.directory import identities, policies
from parastore.iam.directory.identities import Identity
from parastore.iam.errors import DeleteConflict, EntityAlreadyExists
from parastore.iam.operations.access import permit


async def rename(call: Call, action: str, found: Identity, name: str | None, path: str | None) -> Identity:
    """Give an identity another name or path, whichever is given. Raises EntityAlreadyExists, AccessDenied."""
    renamed = found._replace(name=name or found.name, path=path or found.path)
    await permit(call, action, renamed.arn)
    other = await identities.find(call.tx, call.account, found.kind, renamed.name)
    if other is not None and other.id != found.id:
        raise EntityAlreadyExists(f"{found.kind.capitalize()} with name {renamed.name} already exists.")
    await identities.update(call.tx, renamed)
    return renamed


async def check_without_policies(call: Call, found: Identity) -> None:
    """Raise DeleteConflict while an identity has policies, inline or attached."""
    if await policies.inline_of(call.tx, found.id):
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
    if await policies.attached_to(call.tx, found.id):
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
