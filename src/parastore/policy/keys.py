"""The condition keys that say who calls, from where and when: AWS's global ones.

They are put together for a call when the first policy asks for one; most never do. What a service knows of its own
requests and resources (`ssm:Overwrite`, `aws:ResourceTag/team`) is added by whoever authorises them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from parastore.context import Call, Caller
from parastore.policy.decide import Held
from parastore.policy.patterns import Keys


def keys_of(call: Call) -> Keys:
    """The global keys of a call, by key in lower case; the same mapping for all that the call does."""
    if call.keys is None:
        call.keys = of_principal(call.caller, call.held) | _of_request(call)
    return call.keys


def principal_type(caller: Caller) -> str:
    """What `aws:PrincipalType` says."""
    if caller.is_root:
        return "Account"
    return "AssumedRole" if caller.role is not None else "User"


def moment(milliseconds: int) -> str:
    """A time as AWS writes it in condition keys: to the second, in UTC."""
    return _second(milliseconds // 1000)


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_principal(caller: Caller, held: Held | None) -> dict[str, str | tuple[str, ...]]:
    """The keys that say who calls."""
    found: dict[str, str | tuple[str, ...]] = {
        # Of a session it is the role's ARN, whatever the session is called.
        "aws:principalarn": caller.role or caller.arn,
        "aws:principalaccount": caller.account,
        "aws:principaltype": principal_type(caller),
        "aws:principalisawsservice": "false",
        "aws:userid": caller.user_id,
    }
    if not caller.is_root and caller.role is None:
        found["aws:username"] = caller.arn.rpartition("/")[2]
    tags = dict(held.tags) if held is not None else {}
    session = caller.session
    if session is not None:
        found["aws:tokenissuetime"] = moment(session.issued_at)
        found["aws:multifactorauthpresent"] = "false"
        if session.source_identity is not None:
            found["aws:sourceidentity"] = session.source_identity
        if session.provider is not None:
            found["aws:federatedprovider"] = session.provider
        # A session's tag hides one of the role's whose key differs in case only.
        given = {name.lower() for name, _ in session.tags}
        tags = {name: value for name, value in tags.items() if name.lower() not in given} | dict(session.tags)
    for name, value in tags.items():
        found[f"aws:principaltag/{name.lower()}"] = value
    return found


def _of_request(call: Call) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {
        "aws:currenttime": moment(call.now),
        "aws:epochtime": str(call.now // 1000),
        "aws:requestedregion": call.region,
        "aws:viaawsservice": "false" if call.via is None else "true",
    }
    if call.via is not None:
        service = f"{call.via.partition('.')[0]}.amazonaws.com"
        found |= {"aws:calledvia": (service,), "aws:calledviafirst": service, "aws:calledvialast": service}
    if call.http is not None:
        found["aws:securetransport"] = "true" if call.http.secure else "false"
        # A service that calls for somebody does so from its own address.
        if call.http.client and call.via is None:
            found["aws:sourceip"] = call.http.client
        if agent := call.http.headers.get(b"user-agent"):
            found["aws:useragent"] = agent.decode("latin-1")
    return found
