"""GetSessionToken and AssumeRole; and what every new session shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parastore.arn import Arn
from parastore.context import Call, Caller, SecretValue, Session
from parastore.errors import ValidationException
from parastore.iam.directory import identities, policies, tags
from parastore.iam.directory.identities import Identity
from parastore.iam.rules import new_secret, new_temporary_key_id
from parastore.iam.store import AccessKey
from parastore.policy.decide import decide
from parastore.policy.document import Kind, Policy, parse
from parastore.policy.keys import keys_of
from parastore.policy.patterns import Keys
from parastore.shapes import seconds
from parastore.sts import rules, tokens
from parastore.sts.errors import AccessDenied
from parastore.sts.shapes import (
    AssumedRoleUser,
    AssumeRoleRequest,
    AssumeRoleResponse,
    Credentials,
    GetSessionTokenRequest,
    GetSessionTokenResponse,
    PolicyDescriptorType,
)


async def get_session_token(request: GetSessionTokenRequest, call: Call) -> GetSessionTokenResponse:
    """Temporary credentials of a user or a root, with the same rights. Needs no permission."""
    caller = call.caller
    if caller.session is not None:
        raise AccessDenied("Cannot call GetSessionToken with session credentials")
    _refuse_factor(request)
    duration = rules.own_seconds(request.duration_seconds, root=caller.is_root)
    session = Session(call.now, call.now + duration * 1000)
    return GetSessionTokenResponse(credentials=_credentials(call, caller, session))


async def assume_role(request: AssumeRoleRequest, call: Call) -> AssumeRoleResponse:
    """Temporary credentials of a role. Raises AccessDenied, ValidationException, PackedPolicyTooLarge."""
    caller = call.caller
    named = rules.role_named(request.role_arn)
    if caller.is_root:
        raise AccessDenied("Roles may not be assumed by root accounts.")
    _refuse_factor(request)
    role = await find_role(call, named)
    own = rules.session_tags(request.tags)
    source = caller.session.source_identity if caller.session is not None else None
    keys = _condition_keys(request, own)
    actions = ["sts:AssumeRole"]
    if own:
        actions.append("sts:TagSession")
    if request.source_identity is not None:
        actions.append("sts:SetSourceIdentity")
    for action in actions:
        await permit(call, action, named, role, keys)
    assert role is not None
    if source is not None and request.source_identity not in (None, source):
        raise AccessDenied("The source identity of a session cannot be changed.")
    inherited = _transitive(caller)
    given = {key.lower() for key, _ in own}
    if any(key.lower() in given for key, _ in inherited):
        raise AccessDenied("The session tags that are inherited from the calling session cannot be overridden.")
    transitive = (*(key for key, _ in inherited), *(request.transitive_tag_keys or ()))
    answer = await begin(
        call,
        role,
        request,
        Session(call.now, 0, None, (*inherited, *own), transitive, request.source_identity or source),
        chained=caller.role is not None,
    )
    return AssumeRoleResponse(source_identity=request.source_identity or source, **answer)


async def permit(call: Call, action: str, named: Arn, role: Identity | None, keys: Keys) -> None:
    """Raise AccessDenied unless the caller may, and the role's trust policy lets it. A role that is not there is
    refused in the same words.
    """
    trust = () if role is None or role.trust is None else (Policy("trust", parse(role.trust, Kind.TRUST)),)
    asked = {**keys_of(call), **keys}
    if role is not None:
        for name, value in (await tags.of(call.tx, role.id)).items():
            asked[f"aws:resourcetag/{name.lower()}"] = asked[f"iam:resourcetag/{name.lower()}"] = value
    decision = decide(call.caller, action, named, call.held, asked, trust, governed=True)
    if not decision.allowed:
        text = f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {named}"
        raise AccessDenied(decision.denial(call.caller, action, str(named)) if decision.explicit else text)


async def begin(
    call: Call, role: Identity, request: Any, session: Session, *, chained: bool = False
) -> Mapping[str, Any]:
    """A role's new session: the members that answers of AssumeRole and its like have in common.

    `session` has all but its end and its policies, which the request says.
    """
    duration = rules.role_seconds(request.duration_seconds, role.longest_session or rules.HOUR, chained=chained)
    arns = await _managed(call, role, request.policy_arns or ())
    bounds = rules.session_policies(request.policy, arns)
    packed = rules.packed_size(bounds, session.tags)
    name = request.role_session_name
    caller = Caller(
        role.account,
        f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{name}",
        f"{role.id}:{name}",
        "",
        role.arn,
    )
    ending = Session(
        session.issued_at, session.issued_at + duration * 1000, bounds, session.tags, session.transitive_tags,
        session.source_identity, session.provider,
    )  # fmt: skip
    return {
        "credentials": _credentials(call, caller, ending),
        "assumed_role_user": AssumedRoleUser(assumed_role_id=caller.user_id, arn=caller.arn),
        "packed_policy_size": packed,
    }


async def find_role(call: Call, named: Arn) -> Identity | None:
    """The role with this ARN, of whatever account."""
    found = await identities.find(call.tx, named.account, "role", named.resource.rpartition("/")[2])
    return found if found is not None and found.arn == str(named) else None


async def _managed(call: Call, role: Identity, given: Any) -> list[str]:
    found = []
    for each in given:
        assert isinstance(each, PolicyDescriptorType)
        arn = each.arn or ""
        if await policies.find(call.tx, role.account, arn) is None:
            raise ValidationException(f"PolicyArn {arn} does not exist.")
        found.append(arn)
    return found


def _condition_keys(request: AssumeRoleRequest, own: tuple[tuple[str, str], ...]) -> Keys:
    keys: dict[str, str | tuple[str, ...]] = {"sts:rolesessionname": request.role_session_name}
    if request.external_id is not None:
        keys["sts:externalid"] = request.external_id
    if request.source_identity is not None:
        keys["sts:sourceidentity"] = request.source_identity
    if own:
        keys["aws:tagkeys"] = tuple(key for key, _ in own)
        keys |= {f"aws:requesttag/{key.lower()}": value for key, value in own}
    if request.transitive_tag_keys:
        keys["sts:transitivetagkeys"] = tuple(request.transitive_tag_keys)
    return keys


def _transitive(caller: Caller) -> tuple[tuple[str, str], ...]:
    session = caller.session
    if session is None:
        return ()
    kept = {key.lower() for key in session.transitive_tags}
    return tuple((key, value) for key, value in session.tags if key.lower() in kept)


def _credentials(call: Call, caller: Caller, session: Session) -> Credentials:
    secret = SecretValue(new_secret())
    signer = Caller(
        caller.account, caller.arn, caller.user_id, new_temporary_key_id(), caller.role, session
    )  # fmt: skip
    return Credentials(
        access_key_id=signer.access_key_id,
        secret_access_key=secret,
        session_token=tokens.issue(call.ring, AccessKey(signer, secret)),
        expiration=seconds(session.expires_at),
    )


def _refuse_factor(request: Any) -> None:
    if request.serial_number is not None or request.token_code is not None:
        raise AccessDenied("MultiFactorAuthentication failed, unable to validate MFA code.  There are no MFA devices.")
