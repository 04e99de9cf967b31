"""The decision whether a caller may do an action on a resource, as AWS makes it.

1. A statement anywhere that denies it decides.
2. In the caller's own account, a resource's policy that names the user or session itself, or everyone, allows it; one
   that names the role leaves boundary and session policy to agree; else identity policies must allow it, and boundary
   and session policy where there are any. The account's root needs nobody's leave.
3. Across accounts both sides must allow it: the resource's policy, in any form, and all of the caller's.
4. Where a resource's policy governs (KMS keys, trust of roles), 2 needs it too: it must name the caller or the account.

Nothing here reads storage, and no order of statements or policies changes what is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from parastore.arn import Arn
from parastore.context import Caller
from parastore.policy.document import Policy, Statement
from parastore.policy.patterns import Keys
from parastore.policy.principals import Match


class Source(Enum):
    """The kind of policy that decided, in AWS's words."""

    IDENTITY = "an identity-based policy"
    RESOURCE = "a resource-based policy"
    BOUNDARY = "a permissions boundary"
    SESSION = "a session policy"

    @property
    def noun(self) -> str:
        """Without its article."""
        return self.value.partition(" ")[2]


class Held(NamedTuple):
    """What a caller has: policies, and a user's or role's tags. `boundary` and `session` are None where none bounds."""

    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
    tags: tuple[tuple[str, str], ...] = ()


NOTHING_HELD = Held()


class Decision(NamedTuple):
    """What was decided, and by whom: the kind of policy, and the policy and statement where one speaks of it.

    Denied without a statement means that no policy of this kind allows it. Allowed without a source: a root.
    """

    allowed: bool
    source: Source | None = None
    policy: Policy | None = None
    statement: Statement | None = None

    @property
    def explicit(self) -> bool:
        """Whether a statement denies it."""
        return not self.allowed and self.statement is not None

    def denial(self, caller: Caller, action: str, resource: str) -> str:
        """The text of AWS's error."""
        assert self.source is not None
        if self.explicit:
            reason = f"with an explicit deny in {self.source.value}"
            if self.policy is not None and self.policy.name.startswith("arn:"):
                reason += f": {self.policy.name}"
        else:
            reason = f"because no {self.source.noun} allows the {action} action"
        return f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource} {reason}"


# The policies attached to resources, where they have any.
Policies = Mapping[Arn, Sequence[Policy]]
_ROOT = Decision(True)
_Found = tuple[Policy, Statement]


def owns(caller: Caller, resources: Sequence[Arn]) -> bool:
    """Whether the caller is the root of the account that all these are in: the cheapest answer, and the commonest.

    An empty account is AWS's own public space, readable by everybody who may read at all.
    """
    if not caller.is_root:
        return False
    for resource in resources:  # noqa: SIM110 (every request of a root passes here, and a generator costs more)
        if resource.account and resource.account != caller.account:
            return False
    return True


def decide(
    caller: Caller,
    action: str,
    resource: Arn,
    held: Held | None,
    keys: Keys,
    attached: Sequence[Policy] = (),
    *,
    governed: bool = False,
) -> Decision:
    """The decision on one resource. `attached` are the resource's own policies, which govern access if `governed`."""
    return decide_named(caller, action, str(resource), resource.account, held, keys, attached, governed=governed)


def decide_named(
    caller: Caller,
    action: str,
    name: str,
    account: str,
    held: Held | None,
    keys: Keys,
    attached: Sequence[Policy] = (),
    *,
    governed: bool = False,
) -> Decision:
    """The same for a resource by its name, which a simulation may leave open (`*`), and its owner's account."""
    held = held or NOTHING_HELD
    lowered = action.lower()
    limits = ((Source.IDENTITY, held.identity), (Source.BOUNDARY, held.boundary), (Source.SESSION, held.session))
    allowed: list[tuple[Source, _Found | None]] = []
    for source, policies in limits:
        if policies is not None:
            denied, allows = _search(policies, lowered, name, keys)
            if denied is not None:
                return Decision(False, source, *denied)
            allowed.append((source, allows))
    match, grant = Match.NONE, None
    if attached:
        denied, match, grant = _search_attached(attached, caller, lowered, name, keys, held.boundary is not None)
        if denied is not None:
            return Decision(False, Source.RESOURCE, *denied)

    # A caller without an account comes from an identity provider: the resource's policy is all there is.
    own = account in ("", caller.account)
    if (governed or not own) and grant is None:
        return Decision(False, Source.RESOURCE)
    if grant is not None and (own or not caller.account):
        if match is Match.DIRECT or not caller.account:
            return Decision(True, Source.RESOURCE, *grant)
        spared = {Match.EVERYONE: (Source.IDENTITY, Source.BOUNDARY), Match.ROLE: (Source.IDENTITY,)}.get(match)
        if spared is not None:
            for source, allows in allowed:
                if source not in spared and allows is None:
                    return Decision(False, source)
            return Decision(True, Source.RESOURCE, *grant)
    by: Decision = _ROOT
    for source, allows in allowed:
        if allows is not None:
            by = by if by.source else Decision(True, source, *allows)
        elif not (caller.is_root and source is Source.IDENTITY):
            return Decision(False, source)
    return by


def offers(attached: Sequence[Policy], caller: Caller, action: str, resource: str, keys: Keys) -> bool:
    """Whether a resource's policies do their part to let somebody of another account in."""
    denied, _, grant = _search_attached(attached, caller, action.lower(), resource, keys, bounded=False)
    return denied is None and grant is not None


def asks(held: Held | None, prefixes: tuple[str, ...], attached: Sequence[Policy] = ()) -> bool:
    """Whether any of these policies asks for a condition key that begins so: what nobody asks for need not be read."""
    held = held or NOTHING_HELD
    policies = (*held.identity, *(held.boundary or ()), *(held.session or ()), *attached)
    return any(key.startswith(prefixes) for policy in policies for key in policy.document.keys)


def _search(policies: Sequence[Policy], action: str, resource: str, keys: Keys) -> tuple[_Found | None, _Found | None]:
    """The first statement that denies, and the first that allows."""
    allows = None
    for policy in policies:
        for statement in policy.document.statements:
            # Another Allow would say nothing new.
            if (allows is None or statement.effect == "Deny") and statement.covers(action, resource, keys):
                if statement.effect == "Deny":
                    return (policy, statement), allows
                allows = (policy, statement)
    return None, allows


def _search_attached(
    policies: Sequence[Policy], caller: Caller, action: str, resource: str, keys: Keys, bounded: bool
) -> tuple[_Found | None, Match, _Found | None]:
    """The first statement that denies the caller; the one that allows naming the caller closest, and how closely."""
    closest, grant = Match.NONE, None
    for policy in policies:
        for statement in policy.document.statements:
            assert statement.principals is not None
            match = statement.principals.match(caller)
            if statement.effect == "Deny":
                # AWS: NotPrincipal with Deny always denies a principal that has a permissions boundary.
                named = match is not Match.NONE or (bounded and statement.principals.inverted)
                if named and statement.covers(action, resource, keys):
                    return (policy, statement), closest, grant
            elif match > closest and statement.covers(action, resource, keys):
                closest, grant = match, (policy, statement)
    return None, closest, grant
