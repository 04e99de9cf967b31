"""What a user or role holds: the compiled policies that decide about it, its boundary, its tags.

Remembered until anybody writes, so a change is in force with the next request, on every worker.
"""

from __future__ import annotations

from typing import NamedTuple

from parastore.context import Caller
from parastore.iam.directory import identities, policies, tags
from parastore.iam.directory.identities import Identity
from parastore.policy.decide import Held
from parastore.policy.document import Policy, parse
from parastore.storage.protocol import Transaction

NOTHING_ALLOWED = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'


class Principal(NamedTuple):
    """The ARN of a user, group or role, and what it holds."""

    arn: str
    held: Held


async def held_by(tx: Transaction, caller: Caller) -> Held | None:
    """What a user, a role's session or a root holds; None when the user or role is gone, or is not who it was.

    A root's own session is bounded by nothing.
    """
    if caller.is_root:
        return Held()
    found = recall(tx, caller) or await find(tx, caller.user_id.partition(":")[0])
    if found is None or found.arn != (caller.role or caller.arn):
        return None
    session = caller.session
    if session is None or session.policies is None:
        return found.held
    given = [await _session_policy(tx, caller.account, each) for each in session.policies]
    return found.held._replace(session=tuple(given))


def recall_held(tx: Transaction, caller: Caller) -> Held | None:
    """The same for a user or role if it is remembered, and no session policy bounds it; None says nothing."""
    found = recall(tx, caller)
    if found is None or (caller.session is not None and caller.session.policies is not None):
        return None
    return found.held if found.arn == (caller.role or caller.arn) else None


def recall(tx: Transaction, caller: Caller) -> Principal | None:
    """The caller's user or role if it is remembered; None says nothing."""
    found: Principal | None = tx.recall(("principal", caller.user_id.partition(":")[0]))
    return found


async def find(tx: Transaction, identity_id: str) -> Principal | None:
    """The identity with this unique id, and what it holds."""
    return await tx.known(("principal", identity_id), _load, tx, identity_id)


async def _load(tx: Transaction, identity_id: str) -> Principal | None:
    identity = await identities.find_by_id(tx, identity_id)
    return None if identity is None else Principal(identity.arn, await load(tx, identity))


async def load(tx: Transaction, identity: Identity) -> Held:
    """What an identity holds, by itself and by its groups."""
    own = [identity]
    if identity.kind == "user":
        own += await identities.groups_of(tx, identity.id)
    found: list[Policy] = []
    for each in own:
        for name, document in (await policies.inline_of(tx, each.id)).items():
            found.append(Policy(inline_name(each, name), parse(document)))
        for arn in await policies.attached_to(tx, each.id):
            found.append(await _managed(tx, identity.account, arn))
    boundary = None if identity.boundary is None else (await _managed(tx, identity.account, identity.boundary),)
    labels = tuple((await tags.of(tx, identity.id)).items())
    return Held(tuple(found), boundary, None, labels)


def inline_name(owner: Identity, name: str) -> str:
    """What an inline policy is called where policies of several owners meet: `user_ann_reads`."""
    return f"{owner.kind}_{owner.name}_{name}"


async def _managed(tx: Transaction, account: str, arn: str) -> Policy:
    document = await policies.default_document(tx, account, arn)
    # A policy that is named but not there must not open anything, as a boundary above all.
    return Policy(arn, parse(document or NOTHING_ALLOWED))


async def _session_policy(tx: Transaction, account: str, given: str) -> Policy:
    return await _managed(tx, account, given) if given.startswith("arn:") else Policy("session", parse(given))
