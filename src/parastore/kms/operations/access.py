"""Find the key a request names, and decide whether the caller may do this with it.

A key's policy decides, and a grant may add to it. Everybody who is refused by alias, or asks for a key that is not
there in a blob, learns the same little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parastore.arn import Arn, partition_of
from parastore.context import Call
from parastore.errors import AccessDeniedException
from parastore.kms.errors import InvalidArnException, InvalidGrantTokenException, NotFoundException
from parastore.kms.operations.managed import create_managed_key
from parastore.kms.rules import policies
from parastore.kms.rules.grants import named_by
from parastore.kms.rules.keys import Key
from parastore.kms.rules.names import KeyName, alias_arn, key_arn, read_key_id
from parastore.kms.store import aliases, grants, keys, tags
from parastore.policy.decide import NOTHING_HELD, Decision, Source, decide
from parastore.policy.denial import Denial
from parastore.policy.document import Policy
from parastore.policy.keys import keys_of
from parastore.policy.patterns import Keys

MOST_ALIASES = 50  # of one key

NO_CONTEXT: Mapping[str, str] = {}
_OF_KEY = ("kms:", "aws:resourcetag/")  # condition keys that do not depend on when, whence or how a request came


async def named(
    call: Call,
    text: str,
    operation: str,
    *,
    by_alias: bool = True,
    abroad: bool = True,
    context: Mapping[str, str] | None = None,
    more: Keys = NO_CONTEXT,
) -> Key:
    """The key that `text` names, if the caller may do `operation` with it.

    `by_alias` says that an alias may name it, `abroad` that it may be a key of another account. Raises
    NotFoundException, InvalidArnException, AccessDeniedException.
    """
    name = read_key_id(text, call.account, call.region)
    if name.alias is not None and not by_alias:
        raise InvalidArnException("Key Aliases are not supported for this operation.")
    if not abroad and name.account != call.account:
        raise _abroad(call, operation, key_arn(name.account, call.region, name.key_id or ""))
    key = await _find(call, name)
    if not obviously(call, key):
        await permit(call, key, operation, context or NO_CONTEXT, alias=name.alias, more=more)
    return key


async def _find(call: Call, name: KeyName) -> Key:
    if name.alias is not None:
        key = await keys.find_alias(call.tx, name.account, call.region, name.alias)
        # The key that a service manages for an account appears on its first use, by that service only.
        if key is None and call.via is not None and name.alias == f"alias/aws/{call.via.partition('.')[0]}":
            key = await create_managed_key(call, name.alias)
        if key is None:
            raise NotFoundException(f"Alias {alias_arn(name.account, call.region, name.alias)} is not found.")
        return key
    assert name.key_id is not None
    key = await keys.find(call.tx, call.region, name.key_id)
    if key is None or key.account != name.account:
        raise NotFoundException(f"Key '{key_arn(name.account, call.region, name.key_id)}' does not exist")
    return key


async def permit(
    call: Call,
    key: Key,
    operation: str,
    context: Mapping[str, str] = NO_CONTEXT,
    *,
    alias: str | None = None,
    more: Keys = NO_CONTEXT,
) -> bool:
    """Raise AccessDeniedException unless the key's policy, with the caller's own, or a grant allows this.

    `alias` is the one that named the key, `more` are condition keys that only this operation has. True when no policy
    asks when, whence or how a request came, so that the same holds of every such request.
    """
    if obviously(call, key):
        return True
    policy = policies.parsed(policies.text_of(key))
    keys = {**_condition_keys(call, key, context, alias), **more}
    if _asks(call, policy, "kms:resourcealiases"):
        found = await aliases.page(call.tx, key.account, key.region, key.id, "", MOST_ALIASES)
        keys["kms:resourcealiases"] = tuple(each.name for each in found)
    if _asks(call, policy, "aws:resourcetag/"):
        for name, value in (await tags.of_key(call.tx, key.id)).items():
            keys[f"aws:resourcetag/{name.lower()}"] = value
    action = f"kms:{operation}"
    decision = decide(call.caller, action, _arn(key), call.held, keys, (policy,), governed=True)
    if decision.allowed:
        return _holds_always(call, policy)
    if not decision.explicit:
        principals = (call.caller.arn, call.caller.role)
        if any(each.allows(principals, operation, context) for each in await grants.of_key(call.tx, key.id)):
            return _holds_always(call, policy)
    if alias is not None:
        raise refused()
    raise Denial(decision, call.caller, action, key.arn, key.account, keys).error()


def obviously(call: Call, key: Key) -> bool:
    """Whether the caller is an account's root, and the key is its own and has the policy it was born with.

    What the policy would say, without reading it: a managed key is for use through its service.
    """
    if key.policy is not None or key.account != call.account or not call.caller.is_root:
        return False
    return key.manager == "CUSTOMER" or call.via == policies.via_of(key.region)


def may_change(call: Call, key: Key, text: str) -> bool:
    """Whether a policy, if it were this key's, would let the caller put another one."""
    keys = _condition_keys(call, key, NO_CONTEXT, None)
    attached = (policies.parsed(text),)
    return decide(call.caller, "kms:PutKeyPolicy", _arn(key), call.held, keys, attached, governed=True).allowed


def _condition_keys(
    call: Call, key: Key, context: Mapping[str, str], alias: str | None
) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {
        **keys_of(call),
        "kms:calleraccount": call.account,
        "kms:keyspec": key.spec,
        "kms:keyusage": key.usage,
        "kms:keyorigin": key.origin,
        **{f"kms:encryptioncontext:{name.lower()}": value for name, value in context.items()},
    }
    if context:
        found["kms:encryptioncontextkeys"] = tuple(context)
    if call.via is not None:
        found["kms:viaservice"] = call.via
    if alias is not None:
        found["kms:requestalias"] = alias
    return found


def _asks(call: Call, policy: Policy, prefix: str) -> bool:
    return any(name.startswith(prefix) for name in _asked_keys(call, policy))


def _holds_always(call: Call, policy: Policy) -> bool:
    """Whether all that is asked follows from the key, the context and the service in between."""
    return all(name.startswith(_OF_KEY) for name in _asked_keys(call, policy))


def _asked_keys(call: Call, policy: Policy) -> Iterator[str]:
    held = call.held or NOTHING_HELD
    documents = (policy, *held.identity, *(held.boundary or ()), *(held.session or ()))
    return (name for each in documents for name in each.document.keys)


def _arn(key: Key) -> Arn:
    return Arn(partition_of(key.region), "kms", key.region, key.account, f"key/{key.id}")


async def check_tokens(call: Call, tokens: Sequence[str] | None) -> None:
    """Raise InvalidGrantTokenException unless each token names a grant. Grants hold at once, so they add nothing."""
    for token in tokens or ():
        grant_id = named_by(token)
        if grant_id is None or await grants.find(call.tx, grant_id) is None:
            raise InvalidGrantTokenException("The grant token is not valid.")


def refused() -> AccessDeniedException:
    """What is said of a key in a blob that is not there, or not for the caller."""
    return AccessDeniedException(
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are"
        " not allowed to access."
    )


def _abroad(call: Call, operation: str, arn: str) -> AccessDeniedException:
    action = f"kms:{operation}"
    return AccessDeniedException(Decision(False, Source.RESOURCE).denial(call.caller, action, arn))
