"""One call as a CloudTrail record: who, when, from where, what was asked, what came of it. Never a value.

A record is composed of pieces of JSON that are kept with what they are made of (a caller, an operation, a resource), so
that a read's record costs a few microseconds. Fields and their order are CloudTrail's, version 1.11.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec

from parastore import arn
from parastore.arn import Arn
from parastore.audit.shown import HIDDEN, elements, parameters
from parastore.context import Call, Caller, SecretValue
from parastore.errors import AccessDeniedException, ServiceError
from parastore.iam.rules import is_access_key_id
from parastore.operation import Operation
from parastore.shapes import Shape
from parastore.violations import secret_members
from parastore.wire.http import HttpRequest, new_serial

_SHORTEST = 4  # characters of a secret that is looked for in messages: what is shorter is in ordinary words
_MOST_TEXT = 1024  # characters of a user agent or a message: CloudTrail cuts them
_NULL = b"null"
_RESOURCES = b'"resources":['
_encoder = msgspec.json.Encoder(enc_hook=str)  # a secret would show its mask
_encode = _encoder.encode
# Of services whose failures CloudTrail does not tell: ssm's ParameterNotFound leaves a record without an error code.
_SILENT = frozenset({"ssm"})
_FRONT = ServiceError.__module__
# What comes between a request's id and the last twelve digits of the event's, which are the request's too.
_EVENT = b'","eventID":"%b' % str(uuid.uuid4())[:24].encode()
_TELLING = ("AssumeRole", "AssumeRoleWithWebIdentity", "GetSessionToken")  # reads whose answers are shown
_KINDS = {"key": "AWS::KMS::Key", "role": "AWS::IAM::Role"}


class Origin(Protocol):
    """Where a record's call came from, before or after somebody is known to have sent it.

    `key_id` is the access key it claims, '' if none.
    """

    @property
    def http(self) -> HttpRequest: ...
    @property
    def request_id(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def key_id(self) -> str: ...
    @property
    def now(self) -> int: ...


class Said(NamedTuple):
    """What a record tells of a request and its answer: pieces of JSON, before the ids of the record and after them."""

    before: bytes
    after: bytes


def said(operation: Operation, request: Shape, response: Shape | None, call: Call, resources: Sequence[Arn]) -> Said:
    """What to tell of a call that was carried out. `resources` are those it was authorised on."""
    told = _NULL
    if response is not None and (operation.writes or operation.name in _TELLING):
        told = _encode(elements(response) or None)
    return _told(request, told, _resources(operation, request, response, call, resources))


def _told(request: Shape | None, told: bytes = _NULL, resources: bytes = b"") -> Said:
    asked = _NULL if request is None else _encode(parameters(request) or None)
    before = b',"requestParameters":%b,"responseElements":%b,"requestID":"' % (asked, told)
    return Said(before, b'",' + resources)


def of_call(
    operation: Operation, request: Shape, response: Shape | None, call: Call, resources: Sequence[Arn]
) -> bytes:
    """The record of a call that was carried out."""
    who = _federated(request, response) if operation.unsigned else None
    return _record(operation, call.caller, call, call.via, said(operation, request, response, call, resources), who=who)


def of_same(operation: Operation, what: Said, origin: Origin | Call, caller: Caller, via: str | None = None) -> bytes:
    """The record of a call of which `what` is said; `via` names the service that made it for the caller."""
    return _record(operation, caller, origin, via, what)


def of_failure(
    operation: Operation, request: Shape, error: ServiceError, call: Call, resources: Sequence[Arn]
) -> bytes:
    """The record of a call that failed once it was known what is asked."""
    who = _federated(request, None) if operation.unsigned else None
    outcome = _error(error, request)
    if _is_front(error):
        return _record(operation, call.caller, call, call.via, _UNTOLD, outcome=outcome, who=who)
    if operation.service in _SILENT:
        outcome = b',"additionalEventData":{"modeledError":%b}' % _encode(error.code)
    what = _told(request, resources=_resources(operation, request, None, call, resources))
    return _record(operation, call.caller, call, call.via, what, outcome=outcome, who=who)


def of_refusal(operation: Operation, error: ServiceError, origin: Origin, caller: Caller | None) -> bytes:
    """The record of a call that was turned away: by whom (None: nobody knows) and why; what was asked is not told."""
    who = None
    if caller is None:
        # What does not look like a key's id may be a secret, put in its place by mistake.
        claimed = {"accessKeyId": origin.key_id} if is_access_key_id(origin.key_id) else {}
        who = _encode({"type": "Unknown", **claimed}), ""
    return _record(operation, caller, origin, None, _UNTOLD, outcome=_error(error), who=who)


_UNTOLD = _told(None)


class _Frame(NamedTuple):
    """What all records of one caller's calls of an operation, from one place, have in common."""

    caller: Caller | None
    begin: bytes
    middle: bytes
    end: bytes


_frames: dict[tuple[str, str, str, str, bytes, str | None], _Frame] = {}
_MOST_FRAMES = 5000
_NO_HEADERS: dict[bytes, bytes] = {}


def _record(
    operation: Operation,
    caller: Caller | None,
    origin: Origin | Call,
    via: str | None,
    what: Said,
    *,
    outcome: bytes = b"",
    who: tuple[bytes, str] | None = None,
) -> bytes:
    """`who` says who calls, and of which account, where the caller does not."""
    http = origin.http
    client, headers = (http.client, http.headers) if http is not None else ("", _NO_HEADERS)
    agent = headers.get(b"user-agent", b"")
    key_id = caller.access_key_id if caller is not None else ""
    place = operation.action, key_id, origin.region, client, agent, via
    frame = _frames.get(place)
    # A caller is the same object for as long as nobody writes.
    if frame is None or frame.caller is not caller or who is not None:
        if len(_frames) >= _MOST_FRAMES:
            _frames.clear()
        frame = _framed(operation, caller, origin.region, client, agent, via, who)
        if who is None:
            _frames[place] = frame
    request_id = origin.request_id.encode()
    # One record of a request is the client's own; those of services that it used have ids of their own.
    event = request_id[24:] if via is None else new_serial()
    return b"".join(
        (
            frame.begin, written(origin.now // 1000), frame.middle, outcome, what.before, request_id, _EVENT, event,
            what.after, frame.end,
        )
    )  # fmt: skip


def _framed(
    operation: Operation,
    caller: Caller | None,
    region: str,
    client: str,
    agent: bytes,
    via: str | None,
    who: tuple[bytes, str] | None,
) -> _Frame:
    if who is None:
        assert caller is not None
        who = _encode(_identity(caller)), caller.account
    identity, account = who
    address, program = client, agent[:_MOST_TEXT].decode("latin-1")
    if via is not None:
        address = program = f"{via.partition('.')[0]}.amazonaws.com"
        identity = b'%b,"invokedBy":%b}' % (identity[:-1], _encode(program))
    middle = (
        f'","eventSource":"{operation.service}.amazonaws.com","eventName":"{operation.name}","awsRegion":%b'
        ',"sourceIPAddress":%b,"userAgent":%b'
    ).encode() % (_encode(region), _encode(address), _encode(program))
    end = (
        b'"readOnly":%b,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%b"'
        b',"eventCategory":"Management"}'
    ) % (b"false" if operation.writes else b"true", account.encode())
    return _Frame(caller, b'{"eventVersion":"1.11","userIdentity":%b,"eventTime":"' % identity, middle, end)


def _is_front(error: ServiceError) -> bool:
    """Whether every service answers so (wrong signature, no right, broken limits), not this operation alone."""
    return type(error).__module__ == _FRONT


def _error(error: ServiceError, request: Shape | None = None) -> bytes:
    # CloudTrail's word for it, whatever the service calls it.
    code = "AccessDenied" if isinstance(error, AccessDeniedException) else error.code
    found = b',"errorCode":' + _encode(code)
    if not error.message:
        return found
    # AWS repeats a refused {{reference}} to whoever sent it; the trail is read by others.
    message = HIDDEN if request is not None and _tells(error.message, request) else error.message[:_MOST_TEXT]
    return found + b',"errorMessage":' + _encode(message)


def _tells(text: str, request: Shape) -> bool:
    """Whether a text has a secret of the request in it."""
    for member in secret_members(type(request)):
        value = getattr(request, member.attribute)
        if isinstance(value, SecretValue) and len(value.reveal()) >= _SHORTEST and value.reveal() in text:
            return True
    return False


def _identity(caller: Caller) -> dict[str, Any]:
    session = caller.session
    kind = "Root" if caller.is_root else "IAMUser" if caller.role is None else "AssumedRole"
    found: dict[str, Any] = {
        "type": kind,
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
        "accessKeyId": caller.access_key_id,
    }
    if kind == "IAMUser":
        found["userName"] = caller.arn.rpartition("/")[2]
    if session is not None:
        context: dict[str, Any] = {}
        if caller.role is not None:
            context["sessionIssuer"] = {
                "type": "Role",
                "principalId": caller.user_id.partition(":")[0],
                "arn": caller.role,
                "accountId": caller.account,
                "userName": caller.role.rpartition("/")[2],
            }
        if session.provider is not None:
            context["webIdFederationData"] = {"federatedProvider": session.provider, "attributes": {}}
        if session.source_identity is not None:
            context["sourceIdentity"] = session.source_identity
        created = written(session.issued_at // 1000).decode()
        context["attributes"] = {"creationDate": created, "mfaAuthenticated": "false"}
        found["sessionContext"] = context
    return found


def _federated(request: Any, response: Any) -> tuple[bytes, str]:
    """Who exchanged a token for a session, and the account of the role."""
    named = arn.parse(request.role_arn)
    account = named.account if named is not None and named.account.isdecimal() else ""
    if response is None:
        return _encode({"type": "WebIdentityUser"}), account
    subject = response.subject_from_web_identity_token
    who = {
        "type": "WebIdentityUser",
        "principalId": f"{response.provider}:{response.audience}:{subject}",
        "userName": subject,
        "identityProvider": response.provider,
    }
    return _encode(who), account


def _resources(operation: Operation, request: Any, response: Any, call: Call, resources: Sequence[Arn]) -> bytes:
    service = operation.service
    if service == "ssm":
        if len(resources) == 1:
            return _resource(resources[0])
    elif service == "kms":
        named = _key(request, response, call)
        resources = () if named is None else (named,)
    elif service == "sts":
        named = arn.parse(getattr(request, "role_arn", ""))
        resources = () if named is None else (named,)
    if len(resources) == 1:
        return _resource(resources[0])
    shown = b",".join([each[len(_RESOURCES) : -2] for each in map(_resource, resources) if each])
    return b"%b%b]," % (_RESOURCES, shown) if shown else b""


def _key(request: Any, response: Any, call: Call) -> Arn | None:
    """The KMS key a call was about: as the answer names it, or the request if it does so without an alias."""
    for each in (response, request):
        named = getattr(each, "key_id", None)
        if named is None and (metadata := getattr(each, "key_metadata", None)) is not None:
            named = metadata.arn
        if named and "alias/" not in named:
            # A key's id alone is of the caller's account and Region.
            return _named(named) or Arn("aws", "kms", call.region, call.account, f"key/{named[:2048]}")
    return None


_named = lru_cache(maxsize=4096)(arn.parse)


@lru_cache(maxsize=4096)
def _resource(resource: Arn) -> bytes:
    """`resources` of a record with this one; nothing for one that stands for everything."""
    if resource.resource == "*":
        return b""
    return b"%b%b]," % (_RESOURCES, _encode(resource_shown(resource)))


def resource_shown(resource: Arn) -> dict[str, str]:
    """An element of a record's `resources`."""
    shown = {"ARN": str(resource), "accountId": resource.account}
    kind = _KINDS.get(resource.resource.partition("/")[0])
    return shown if kind is None else {**shown, "type": kind}


@lru_cache(maxsize=16)
def written(second: int) -> bytes:
    """`2026-01-31T12:00:00Z`."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
