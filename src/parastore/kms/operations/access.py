"""Find the key a request names, and decide whether the caller may do this with it.

A key's policy decides, and a grant may add to it. Everybody who is refused by alias, or asks for a key that is not
there in a blob, learns the same little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parastore.context import Call
from parastore.errors import AccessDeniedException
from parastore.kms.errors import InvalidArnException, InvalidGrantTokenException, NotFoundException
from parastore.kms.operations.managed import create_managed_key
from parastore.kms.rules import policies
from parastore.kms.rules.grants import named_by
from parastore.kms.rules.keys import Key
from parastore.kms.rules.names import KeyName, alias_arn, key_arn, read_key_id
from parastore.kms.store import grants, keys
from parastore.policy.document import allows

NO_CONTEXT: Mapping[str, str] = {}


async def named(
    call: Call,
    text: str,
    operation: str,
    *,
    aliases: bool = True,
    abroad: bool = True,
    context: Mapping[str, str] | None = None,
) -> Key:
    """The key that `text` names, if the caller may do `operation` with it.

    `aliases` says that an alias may name it, `abroad` that it may be a key of another account. Raises
    NotFoundException, InvalidArnException, AccessDeniedException.
    """
    name = read_key_id(text, call.account, call.region)
    if name.alias is not None and not aliases:
        raise InvalidArnException("Key Aliases are not supported for this operation.")
    if not abroad and name.account != call.account:
        raise _denied(call, operation, key_arn(name.account, call.region, name.key_id or ""))
    key = await _find(call, name)
    await permit(call, key, operation, context or NO_CONTEXT)
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


async def permit(call: Call, key: Key, operation: str, context: Mapping[str, str] = NO_CONTEXT) -> None:
    """Raise AccessDeniedException unless the key's policy or a grant lets the caller do this."""
    if obviously(call, key) or policy_allows(call, key, policies.text_of(key), operation, context):
        return
    principal = call.caller.arn
    if any(each.allows(principal, operation, context) for each in await grants.of_key(call.tx, key.id)):
        return
    raise _denied(call, operation, key.arn)


def obviously(call: Call, key: Key) -> bool:
    """Whether the caller is an account's root, and the key is its own and has the policy it was born with.

    What the policy would say, without reading it: a managed key is for use through its service.
    """
    if key.policy is not None or key.account != call.account or not call.caller.is_root:
        return False
    return key.manager == "CUSTOMER" or call.via == policies.via_of(key.region)


def policy_allows(call: Call, key: Key, text: str, operation: str, context: Mapping[str, str]) -> bool:
    """Whether a policy, if it were this key's, lets the caller do this."""
    return allows(policies.parsed(text), call.caller, f"kms:{operation}", key.arn)


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


def _denied(call: Call, operation: str, arn: str) -> AccessDeniedException:
    return AccessDeniedException(
        f"User: {call.caller.arn} is not authorized to perform: kms:{operation} on resource: {arn}"
        f" because no resource-based policy allows the kms:{operation} action"
    )
