"""Find what a request names, decide whether the caller may do this with it, and say how it is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parastore import arn as arns
from parastore.context import Call
from parastore.errors import UnrecognizedClientException, ValidationException
from parastore.iam.directory import identities, policies, tags
from parastore.iam.directory.identities import Identity, Kind
from parastore.iam.directory.policies import ManagedPolicy
from parastore.iam.errors import NoSuchEntity
from parastore.policy.decide import asks, decide_named, owns
from parastore.policy.denial import Denial
from parastore.policy.keys import keys_of
from parastore.policy.patterns import Keys

NO_KEYS: Keys = {}


async def permit(call: Call, action: str, resource: str, *, owner: str | None = None, more: Keys = NO_KEYS) -> None:
    """Raise AccessDeniedException unless the caller may do `action` (`CreateUser`) with the ARN `resource`.

    `owner` is the unique id of what is there already, whose tags policies may ask for; `more` are condition keys of
    the request.
    """
    if call.caller.session is not None and call.caller.role is None:
        # AWS: what GetSessionToken gives cannot call IAM, unless somebody showed a second factor.
        raise UnrecognizedClientException("The security token included in the request is invalid")
    named = arns.parse(resource)
    assert named is not None
    if named.account == "aws":
        # AWS's own policies are as much in one account as in another.
        named = named._replace(account="")
    if owns(call.caller, (named,)):
        return
    keys = {**keys_of(call), **more}
    if owner is not None and asks(call.held, ("aws:resourcetag/", "iam:resourcetag/")):
        for name, value in (await tags.of(call.tx, owner)).items():
            keys[f"aws:resourcetag/{name.lower()}"] = keys[f"iam:resourcetag/{name.lower()}"] = value
    decision = decide_named(call.caller, f"iam:{action}", resource, named.account, call.held, keys)
    if not decision.allowed:
        raise Denial(decision, call.caller, f"iam:{action}", resource, named.account, keys).error()


def arn_of(call: Call, resource: str) -> str:
    """The ARN of something in the caller's account: `user/path/name`, `*`."""
    return f"arn:aws:iam::{call.account}:{resource}"


async def identity(call: Call, action: str, kind: Kind, name: str, more: Keys = NO_KEYS) -> Identity:
    """The user, group or role of this name, if the caller may do `action` with it. Raises NoSuchEntity."""
    found = await identities.find(call.tx, call.account, kind, name)
    if found is None:
        await permit(call, action, arn_of(call, f"{kind}/{name}"), more=more)
        raise NoSuchEntity(f"The {kind} with name {name} cannot be found.")
    await permit(call, action, found.arn, owner=found.id, more=more)
    return found


async def managed(call: Call, action: str, arn: str) -> ManagedPolicy:
    """The managed policy with this ARN, if the caller may do `action` with it. Raises NoSuchEntity."""
    check_policy_arn(arn)
    found = await policies.find(call.tx, call.account, arn)
    await permit(call, action, arn, owner=found.id if found else None)
    if found is None:
        raise NoSuchEntity(f"Policy {arn} was not found.")
    return found


def check_policy_arn(arn: str) -> None:
    """Raise ValidationException for what is no ARN of a policy."""
    named = arns.parse(arn)
    if named is None or named.service != "iam" or not named.resource.startswith("policy/"):
        raise ValidationException(f"ARN {arn} is not valid.")


def tag_keys(given: Iterable[Any] | None) -> Mapping[str, str | tuple[str, ...]]:
    """The condition keys of tags in a request."""
    keys: dict[str, str | tuple[str, ...]] = {f"aws:requesttag/{each.key.lower()}": each.value for each in given or ()}
    if given is not None:
        keys["aws:tagkeys"] = tuple(each.key for each in given)
    return keys
