"""READ THIS FIRST: one request, top to bottom.

`handle` is the only caller of operations. The server gives it a whole request; every step either goes on or raises a
ServiceError, which becomes the answer. Anything else that is raised is a bug or a failing engine: it is logged with the
request id, answered as an internal error, and never shown.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

from parastore import eventual
from parastore.arn import Arn
from parastore.asked import HOME, Asked
from parastore.audit.event import of_call, of_failure, of_refusal, of_same
from parastore.audit.store import add_changes
from parastore.context import Call, Caller
from parastore.errors import (
    AccessDeniedException,
    InternalServerError,
    ServiceError,
    ServiceUnavailableException,
    ThrottlingException,
    UnrecognizedClientException,
)
from parastore.house import House
from parastore.iam.directory.principals import held_by, recall_held
from parastore.iam.store import AccessKey, find_access_key, recall_access_key
from parastore.operation import Operation
from parastore.permission import permit
from parastore.policy.decide import Held, owns
from parastore.seal.barrier import RING
from parastore.seal.keyring import KeyRing, StaleRing, UnknownTerm
from parastore.seal.store import confirm
from parastore.shapes import Shape, decode, encode
from parastore.sigv4.claim import Claim, read_claim
from parastore.sigv4.verify import verify
from parastore.stage import next_stage
from parastore.steady import Answered, place_of, run_steady, stays
from parastore.storage.protocol import StorageError, Transaction
from parastore.sts import messages
from parastore.sts.tokens import find_session
from parastore.wire.http import HttpRequest, HttpResponse, new_request_id
from parastore.wire.json11 import decompress, render_error
from parastore.wire.query import (
    JSON,
    XML,
    decode_form,
    encode_answer,
    encode_error,
    encode_json,
    encode_json_error,
    form_of,
    wants_json,
)
from parastore.wire.route import UnknownProtocol, route

log = logging.getLogger("parastore.request")
_INVALID = "The security token included in the request is invalid."


async def handle(http: HttpRequest, house: House) -> HttpResponse:
    """Answer one request. Never raises."""
    began = perf_counter()
    asked = Asked(http, new_request_id(), house.clock())
    try:
        asked.operation = operation = route(http, house.table)
        answer = await (_of_nobody if operation.unsigned else _of_somebody)(operation, asked, house)
    except UnknownProtocol as error:
        answer = HttpResponse(error.status, error.body, asked.request_id, error.content_type, "UnknownOperation")
    except Exception as error:  # noqa: BLE001 - whatever it was, the client gets an answer, and the trail a record
        if asked.ring is not None and await _superseded(asked.ring, error, house):
            return await handle(http, house)  # nothing was done: the same again, with the ring in force
        answer = refuse(_failed(error, asked, house), http, asked.request_id, asked.operation, asked.ring)
    house.watch(asked.operation.action if asked.operation else "", answer.code, perf_counter() - began)
    if log.isEnabledFor(logging.DEBUG):
        log.debug("request", extra=_facts(asked, answer))
    return answer


async def _of_somebody(operation: Operation, asked: Asked, house: House) -> HttpResponse:
    """A signed request: who asks, whether they may, and what comes of it."""
    http, now = asked.http, asked.now
    claim = read_claim(http.method, http.path, http.query, http.headers)
    region = asked.region = claim.region
    key_id = asked.key_id = claim.key_id
    reader = house.engine.read()
    ring = asked.ring = reader.recall(RING) or await house.barrier.ring(reader)
    house.attempts.check(key_id, http.client, operation.action, now)
    key = claim.session_token is None and recall_access_key(reader, key_id)
    key = key or await _find_key(claim, reader, ring, now)
    _verify(claim, key, http, operation.service, now)
    await next_stage()
    caller = asked.caller = key.caller
    house.uses.note(caller, now, region, operation.service)
    limits = house.quota.limits
    if limits is not None and not limits.admits(caller.account, region, operation.action, now):
        raise ThrottlingException("Rate exceeded")

    place = None if operation.steady is None else place_of(operation, http, claim)
    same: Answered | None = None if place is None else reader.recall(place)
    if same is not None:
        body = same.body()
        inner = [partial(of_same, step.operation, step.said, asked, caller, step.via) for step in same.steps]
        house.trail.write(*inner, partial(of_same, operation, same.said, asked, caller))
        return HttpResponse(200, body, asked.request_id)

    request = asked.request = _request(operation, http, house.max_body)
    held = None if caller.is_root else recall_held(reader, caller) or await _held_by(caller, reader)
    dispatch = house.dispatch[operation.service]
    call = asked.call = Call(asked.request_id, caller, region, now, reader, ring, dispatch, held=held, http=http)
    resources = asked.resources = operation.resources(request, call)
    always: bool = owns(caller, resources)
    if not always:
        verdict = ("allowed", caller.access_key_id, operation.action, tuple(resources))
        always = reader.recall(verdict) or await reader.known(
            verdict, permit, operation, request, resources, call, small=bool
        )
    if house.replica is not None and eventual.is_wanted(operation, http):
        return await _carry_out(operation, request, resources, eventual.behind(call, house.replica), house)
    if place is not None and always:
        answered = await reader.known(place, run_steady, operation, request, resources, call, small=stays)
        body = answered.body()
        house.trail.write(*call.records, of_same(operation, answered.said, asked, caller))
        return HttpResponse(200, body, asked.request_id)
    return await _carry_out(operation, request, resources, call, house)


async def _of_nobody(operation: Operation, asked: Asked, house: House) -> HttpResponse:
    """A request that nobody signed: the operation itself finds out who asks."""
    house.attempts.check("", asked.http.client, operation.action, asked.now)
    request = asked.request = _request(operation, asked.http, house.max_body)
    dispatch, nobody = house.dispatch[operation.service], Caller("", "", "", "")
    reader = house.engine.read()
    ring = await house.barrier.ring(reader)
    call = asked.call = Call(asked.request_id, nobody, HOME, asked.now, reader, ring, dispatch, http=asked.http)
    return await _carry_out(operation, request, (), call, house)


async def _carry_out(
    operation: Operation, request: Shape, resources: Sequence[Arn], call: Call, house: House
) -> HttpResponse:
    if operation.writes:
        response = await _change(operation, request, resources, call, house)
    else:
        response = await operation.run(request, call)
        house.trail.write(*call.records, of_call(operation, request, response, call, resources))
    if response is None:
        return HttpResponse(200, b"", call.request_id)
    if operation.is_query:
        if call.http is not None and wants_json(call.http):
            return HttpResponse(200, encode_json(operation, response, call.request_id), call.request_id, JSON)
        return HttpResponse(200, encode_answer(operation, response, call.request_id), call.request_id, XML)
    return HttpResponse(200, encode(response), call.request_id)


def shed(http: HttpRequest, house: House) -> HttpResponse:
    """Throttle a request that there is no time to look at: it costs no signature, no record and no statement."""
    answer = refuse(ThrottlingException("Rate exceeded"), http, new_request_id())
    house.watch("", answer.code, 0.0)
    return answer


def _facts(asked: Asked, answer: HttpResponse) -> dict[str, Any]:
    return {
        "request_id": asked.request_id,
        "operation": asked.operation.action if asked.operation else None,
        "principal": asked.caller.arn if asked.caller else None,
        "client": asked.http.client,
        "status": answer.status,
    }


def _failed(error: Exception, asked: Asked, house: House) -> ServiceError:
    """Count and record a request that failed, and what services did for it.

    What to answer: the error, or that there is no trail.
    An error that is no service's is logged and not shown.
    """
    operation, call, request = asked.operation, asked.call, asked.request
    if isinstance(error, ServiceError):
        failure = error
    else:
        facts = {"request_id": asked.request_id, "error_type": type(error).__name__}
        log.error("request failed", exc_info=error, extra=facts)
        failure = (operation.failure if operation else InternalServerError)("An internal error occurred.")
    if operation is not None and (asked.key_id or operation.unsigned):
        house.attempts.failed(asked.key_id, asked.http.client, operation.action, failure, asked.now)
    try:
        if operation is None:
            pass
        elif call is None or request is None:
            house.trail.write(of_refusal(operation, failure, asked, asked.caller))
        else:
            house.trail.write(*call.records, of_failure(operation, request, failure, call, asked.resources))
    except ServiceUnavailableException as lost:
        return lost
    return failure


def _request(operation: Operation, http: HttpRequest, max_body: int) -> Shape:
    if http.method == "GET":
        return decode_form(operation.request, http.query)
    body = http.body
    if (encoding := http.headers.get(b"content-encoding")) is not None:
        body = decompress(body, encoding, max_body)
    return decode_form(operation.request, body) if operation.is_query else decode(operation.request, body)


def refuse(
    error: ServiceError,
    http: HttpRequest,
    request_id: str,
    operation: Operation | None = None,
    ring: KeyRing | None = None,
) -> HttpResponse:
    """The answer that tells a client of an error, in its protocol; `ring` seals what there is to say of it."""
    if wants_json(http):
        answer = HttpResponse(*encode_json_error(error, request_id), request_id, JSON, error.code)
    elif form_of(http) is not None:
        answer = HttpResponse(*encode_error(error, operation, request_id), request_id, XML, error.code)
    else:
        answer = HttpResponse(error.status, render_error(error), request_id, code=error.code)
    if ring is not None and isinstance(error, AccessDeniedException) and error.denial is not None:
        answer.denial = messages.encode(ring, error.denial)
    return answer


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


def _verify(claim: Claim, key: AccessKey, http: HttpRequest, service: str, now: int) -> None:
    """Raise InvalidSignatureException unless the key's secret signed this request, for this service, just now."""
    secret, seconds = key.secret.reveal(), now / 1000
    verify(claim, secret, http.method, http.path, http.query, http.headers, http.body, service=service, now=seconds)


async def _change(
    operation: Operation, request: Shape, resources: Sequence[Arn], call: Call, house: House
) -> Shape | None:
    """Run an operation and record it, in one transaction."""

    async def work(tx: Transaction) -> Shape | None:
        # Of a transaction that was lost, and is done again.
        call.records.clear()
        call.steps.clear()
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
