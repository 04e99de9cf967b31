"""READ THIS FIRST: one request, top to bottom.

`handle` is the only caller of operations. The server gives it a whole request; every step either goes on or raises a
ServiceError, which becomes the answer. Anything else that is raised is a bug or a failing engine: it is logged with the
request id, answered as an internal error, and never shown.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

from parastore.arn import Arn
from parastore.audit.event import Origin, of_call, of_failure, of_refusal
from parastore.audit.store import add_changes
from parastore.context import Call, Caller
from parastore.errors import (
    InternalServerError,
    InvalidSignatureException,
    ServiceError,
    ServiceUnavailableException,
    ThrottlingException,
    UnrecognizedClientException,
)
from parastore.iam.directory.principals import held_by, recall_held
from parastore.iam.store import AccessKey, find_access_key, recall_access_key
from parastore.iam.uses import Uses
from parastore.operation import Operation
from parastore.policy.decide import Held, asks, authorize, owns
from parastore.policy.document import Policy
from parastore.policy.keys import keys_of
from parastore.policy.patterns import Keys
from parastore.seal.barrier import RING, Barrier
from parastore.seal.keyring import KeyRing, StaleRing, UnknownTerm
from parastore.seal.store import confirm
from parastore.shapes import Shape, decode, encode
from parastore.sigv4.attempts import Attempts
from parastore.sigv4.claim import Claim, read_claim
from parastore.sigv4.verify import verify
from parastore.storage.protocol import Engine, StorageError, Transaction
from parastore.sts.tokens import find_session
from parastore.wire.http import HttpRequest, HttpResponse, new_request_id
from parastore.wire.json11 import decompress, render_error
from parastore.wire.query import XML, decode_form, encode_answer, encode_error, is_form
from parastore.wire.route import Routes, UnknownProtocol, route, routes

log = logging.getLogger("parastore.request")
_HOME = "us-east-1"  # the Region of a request that names none
_INVALID = "The security token included in the request is invalid."


Watch = Callable[[str, str, float], None]  # action, error code ("" of a success), seconds
Dispatch = Callable[[Call, str, dict[str, Any]], Awaitable[Shape | None]]


class Limits(Protocol):
    """Says of an account's request in a Region whether it is one too many at that moment, in milliseconds."""

    def admits(self, account: str, region: str, action: str, now: int) -> bool: ...


class Trail(Protocol):
    """Keeps the audit records of what changed nothing, before it returns. Raises ServiceUnavailableException."""

    def write(self, *records: bytes) -> None: ...

    def pass_on(self, records: Sequence[bytes]) -> None:
        """Tell others of records that storage has."""


class Quota:
    """The limits in force; None is no limits."""

    __slots__ = ("limits",)

    def __init__(self) -> None:
        self.limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class House:
    """What answering needs: an engine, the barrier that has the key ring, what clients may call, how services call,
    where it is recorded.

    `clock` gives milliseconds since the epoch, `max_body` bounds a decompressed body, in bytes. `watch` is told of
    every answer, `uses` of every verified request, `attempts` of every wrong signature.
    """

    engine: Engine
    barrier: Barrier
    table: Routes
    dispatch: Mapping[str, Dispatch]
    max_body: int
    clock: Callable[[], int]
    quota: Quota
    watch: Watch
    uses: Uses
    attempts: Attempts
    trail: Trail


def furnish(
    engine: Engine,
    barrier: Barrier,
    *,
    public: Iterable[Operation],
    internal: Iterable[Operation],
    clock: Callable[[], int],
    trail: Trail,
    max_body: int = 1 << 20,
    watch: Watch = lambda action, code, seconds: None,
) -> House:
    """A house where clients may call `public` operations and services, on their callers' behalf, `internal` ones."""
    table, inside = routes(public), {each.action: each for each in internal}
    dispatch = {each.service: _dispatcher(inside, each.service) for each in table.values()}
    return House(engine, barrier, table, dispatch, max_body, clock, Quota(), watch, Uses(), Attempts(), trail)


def _dispatcher(internal: Mapping[str, Operation], service: str) -> Dispatch:
    def dispatch(call: Call, action: str, members: dict[str, Any]) -> Awaitable[Shape | None]:
        return _call(internal[action], members, call, service)

    return dispatch


async def handle(http: HttpRequest, house: House) -> HttpResponse:
    """Answer one request. Never raises."""
    request_id = new_request_id()
    operation = caller = ring = claim = request = call = None
    resources: Sequence[Arn] = ()
    began = perf_counter()
    try:
        operation = route(http, house.table)
        if operation.unsigned:
            request, call = await _of_nobody(operation, http, house, request_id)
        else:
            claim = read_claim(http.method, http.path, http.query, http.headers)
            reader = house.engine.read()
            ring = reader.recall(RING) or await house.barrier.ring(reader)
            now = house.clock()
            key = recall_access_key(reader, claim.key_id) if claim.session_token is None else None
            if key is None:
                key = await _find_key(claim, reader, ring, now)
            _verify(claim, key, http, operation.service, now, house.attempts)
            caller = key.caller
            house.uses.note(caller, now, claim.region, operation.service)
            limits = house.quota.limits
            if limits is not None and not limits.admits(caller.account, claim.region, operation.action, now):
                raise ThrottlingException("Rate exceeded")
            request = _request(operation, http, house.max_body)
            held = None if caller.is_root else recall_held(reader, caller) or await _held_by(caller, reader)
            dispatch = house.dispatch[operation.service]
            call = Call(request_id, caller, claim.region, now, reader, ring, dispatch, held=held, http=http)
            resources = operation.resources(request, call)
            if not owns(caller, resources):
                verdict = ("allowed", caller.access_key_id, operation.action, tuple(resources))
                if reader.recall(verdict) is None:
                    await reader.known(verdict, _authorize, operation, request, resources, call, small=bool)
        if operation.writes:
            response = await _change(operation, request, resources, call, house)
        else:
            response = await operation.run(request, call)
            house.trail.write(*call.records, of_call(operation, request, response, call, resources))
        answer = _answer(operation, response, request_id)
    except UnknownProtocol as error:
        answer = HttpResponse(error.status, error.body, request_id, error.content_type, "UnknownOperation")
    except Exception as error:  # noqa: BLE001 - whatever it was, the client gets an answer, and the trail a record
        if ring is not None and await _superseded(ring, error, house):
            return await handle(http, house)  # nothing was done: the same again, with the ring in force
        failure = _failure(error, operation, request_id)
        if operation is not None:
            failure = _record_failure(
                operation, request, call, resources, failure, _origin(http, request_id, claim, house), caller, house
            )
        answer = _refusal(failure, http, operation, request_id)
    house.watch(operation.action if operation else "", answer.code, perf_counter() - began)
    if log.isEnabledFor(logging.DEBUG):
        log.debug("request", extra=_facts(http, request_id, operation, caller, answer))
    return answer


def shed(http: HttpRequest, house: House) -> HttpResponse:
    """Throttle a request that there is no time to look at: it costs no signature, no record and no statement."""
    answer = _refusal(ThrottlingException("Rate exceeded"), http, None, new_request_id())
    house.watch("", answer.code, 0.0)
    return answer


def _facts(
    http: HttpRequest, request_id: str, operation: Operation | None, caller: Caller | None, answer: HttpResponse
) -> dict[str, Any]:
    return {
        "request_id": request_id,
        "operation": operation.action if operation else None,
        "principal": caller.arn if caller else None,
        "client": http.client,
        "status": answer.status,
    }


def _failure(error: Exception, operation: Operation | None, request_id: str) -> ServiceError:
    """The error to answer; one that is no service's is logged and not shown."""
    if isinstance(error, ServiceError):
        return error
    log.error("request failed", exc_info=error, extra={"request_id": request_id, "error_type": type(error).__name__})
    return (operation.failure if operation else InternalServerError)("An internal error occurred.")


async def _of_nobody(operation: Operation, http: HttpRequest, house: House, request_id: str) -> tuple[Shape, Call]:
    """A request that nobody signed: the operation itself finds out who asks."""
    request = _request(operation, http, house.max_body)
    dispatch, nobody = house.dispatch[operation.service], Caller("", "", "", "")
    reader = house.engine.read()
    ring = await house.barrier.ring(reader)
    return request, Call(request_id, nobody, _HOME, house.clock(), reader, ring, dispatch, http=http)


def _origin(http: HttpRequest, request_id: str, claim: Claim | None, house: House) -> Origin:
    region, key_id = (claim.region, claim.key_id) if claim is not None else (_HOME, "")
    return Origin(http, request_id, region, key_id, house.clock())


def _record_failure(
    operation: Operation,
    request: Shape | None,
    call: Call | None,
    resources: Sequence[Arn],
    error: ServiceError,
    origin: Origin,
    caller: Caller | None,
    house: House,
) -> ServiceError:
    """Record a call that failed, and what services did for it. What to answer: the error, or that there is no trail."""
    try:
        if call is None or request is None:
            house.trail.write(of_refusal(operation, error, origin, caller))
        else:
            house.trail.write(*call.records, of_failure(operation, request, error, call, resources))
    except ServiceUnavailableException as lost:
        return lost
    return error


def _request(operation: Operation, http: HttpRequest, max_body: int) -> Shape:
    body = http.body
    if (encoding := http.headers.get(b"content-encoding")) is not None:
        body = decompress(body, encoding, max_body)
    return decode_form(operation.request, body) if operation.is_query else decode(operation.request, body)


def _answer(operation: Operation, response: Shape | None, request_id: str) -> HttpResponse:
    if response is None:
        return HttpResponse(200, b"", request_id)
    if operation.is_query:
        return HttpResponse(200, encode_answer(operation, response, request_id), request_id, XML)
    return HttpResponse(200, encode(response), request_id)


def _refusal(error: ServiceError, http: HttpRequest, operation: Operation | None, request_id: str) -> HttpResponse:
    if is_form(http.headers.get(b"content-type", b"")):
        return HttpResponse(*encode_error(error, operation, request_id), request_id, XML, error.code)
    return HttpResponse(error.status, render_error(error), request_id, code=error.code)


async def _find_key(claim: Claim, reader: Transaction, ring: KeyRing, now: int) -> AccessKey:
    """The key or session that a claim names. Raises UnrecognizedClientException, ExpiredTokenException."""
    if claim.session_token is not None:
        return await find_session(reader, ring, claim.key_id, claim.session_token, now)
    key = await find_access_key(reader, ring, claim.key_id)
    if key is None:
        raise UnrecognizedClientException(_INVALID)
    return key


async def _held_by(caller: Caller, reader: Transaction) -> Held:
    """What a user or a role's session holds. Raises UnrecognizedClientException when there is none of them any more."""
    held = await held_by(reader, caller)
    if held is None:
        raise UnrecognizedClientException(_INVALID)
    return held


def _verify(claim: Claim, key: AccessKey, http: HttpRequest, service: str, now: int, attempts: Attempts) -> None:
    """Raise InvalidSignatureException unless the key's secret signed this request, for this service, just now.

    Raises ThrottlingException for whoever fails again and again.
    """
    attempts.check(claim.key_id, http.client, now)
    secret, seconds = key.secret.reveal(), now / 1000
    try:
        verify(claim, secret, http.method, http.path, http.query, http.headers, http.body, service=service, now=seconds)
    except InvalidSignatureException:
        attempts.failed(claim.key_id, http.client, now)
        raise


async def _authorize(operation: Operation, request: Shape, resources: Sequence[Arn], call: Call) -> bool:
    """Raise AccessDeniedException, naming the first resource refused, unless all are allowed.

    True when that holds of every such request: when it depends on no condition key and no further action.
    """
    timeless = operation.also is None
    actions = (operation.action, *(operation.also(request) if operation.also is not None else ()))
    attached = await operation.policies(resources, call) if operation.policies is not None else {}
    for resource in resources:
        policies = attached.get(resource, ())
        # Most policies ask for no condition keys, so most requests need not say any.
        conditional = asks(call.held, ("",), policies)
        timeless = timeless and not conditional
        keys = await _keys(operation, request, resource, call, policies) if conditional else {}
        for action in actions:
            authorize(call.caller, action, resource, call.held, keys, policies)
    return timeless


async def _keys(operation: Operation, request: Shape, resource: Arn, call: Call, policies: Sequence[Policy]) -> Keys:
    conditions = operation.conditions
    if conditions is None:
        return keys_of(call)
    keys = {**keys_of(call), **conditions.of_request(request)}
    if asks(call.held, conditions.read, policies):
        keys |= await conditions.of_resource(resource, call)
    return keys


async def _change(
    operation: Operation, request: Shape, resources: Sequence[Arn], call: Call, house: House
) -> Shape | None:
    """Run an operation and record it, in one transaction."""

    async def work(tx: Transaction) -> Shape | None:
        call.records.clear()  # of a transaction that was lost, and is done again
        await confirm(tx, call.ring)
        response = await operation.run(request, call.within(tx))
        call.records.append(of_call(operation, request, response, call, resources))
        await add_changes(tx, call.account, call.region, call.now, call.records)
        return response

    response = await house.engine.write(work)
    house.trail.pass_on(call.records)
    return response


async def _superseded(ring: KeyRing, error: Exception, house: House) -> bool:
    """Whether a request failed because the ring got a new term while it was under way."""
    if not isinstance(error, StaleRing | UnknownTerm):
        return False
    try:
        return await house.barrier.superseded(ring, house.engine.read())
    except StorageError:
        return False


def _call(operation: Operation, members: dict[str, Any], call: Call, service: str) -> Awaitable[Shape | None]:
    """`service` using another for the caller: the same authorization, the same transaction."""
    request = operation.request(**members)
    inside = call.within(call.tx, f"{service}.{call.region}.amazonaws.com")
    return _run_inside(operation, request, inside)


async def _run_inside(operation: Operation, request: Shape, call: Call) -> Shape | None:
    resources = operation.resources(request, call)
    try:
        if not owns(call.caller, resources):
            await _authorize(operation, request, resources, call)
        response = await operation.run(request, call)
    except ServiceError as error:
        call.records.append(of_failure(operation, request, error, call, resources))
        raise
    call.records.append(of_call(operation, request, response, call, resources))
    return response
