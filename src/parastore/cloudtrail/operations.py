"""LookupEvents, over the files of this node and what storage holds."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from parastore.arn import Arn, partition_of
from parastore.audit.event import written
from parastore.audit.history import Place, Query, in_files, in_storage, page, seconds_of
from parastore.cloudtrail import rules
from parastore.cloudtrail.errors import InvalidNextTokenException, InvalidTimeRangeException
from parastore.cloudtrail.shapes import LookupEventsRequest, LookupEventsResponse
from parastore.context import Call
from parastore.operation import Operation
from parastore.seal.keyring import IntegrityError

MOST = 50  # events of a page
_LATEST = 250_000_000_000  # in the year 9892: what is later has no other order


async def lookup_events(folder: Path, request: LookupEventsRequest, call: Call) -> LookupEventsResponse:
    """Events, newest first. Raises InvalidLookupAttributesException, InvalidTimeRange-, InvalidNextTokenException."""
    since = 0.0 if request.start_time is None else request.start_time
    until = float(_LATEST) if request.end_time is None else request.end_time
    if since > until:
        raise InvalidTimeRangeException("The start time must be before the end time.")
    if request.event_category is not None:
        return LookupEventsResponse(events=[])  # there are no Insights events
    query = Query(
        call.account,
        call.region,
        written(_second(since)).decode(),
        written(_second(until)).decode(),
        _opened(request, call),
        rules.wanted(request.lookup_attributes),
        request.max_results or MOST,
    )
    in_folder = await asyncio.get_running_loop().run_in_executor(None, in_files, folder, query)
    found = page([in_folder, await in_storage(call.tx, query)], query.most)
    return LookupEventsResponse(
        events=[rules.event(each, seconds_of(each.place.time)) for each in found.entries],
        next_token=None if found.reached is None else _sealed(found.reached, request, call),
    )


def _second(moment: float) -> int:
    return int(min(max(moment, 0), _LATEST))


def _sealed(place: Place, request: LookupEventsRequest, call: Call) -> str:
    return base64.b64encode(call.ring.seal(msgspec.json.encode(place), *_bound(request, call))).decode()


def _opened(request: LookupEventsRequest, call: Call) -> Place | None:
    if request.next_token is None:
        return None
    try:
        sealed = base64.b64decode(request.next_token.encode(), validate=True)
        return msgspec.json.decode(call.ring.unseal(sealed, *_bound(request, call)), type=Place)
    except (IntegrityError, binascii.Error):
        raise InvalidNextTokenException("Invalid NextToken.") from None


def _bound(request: LookupEventsRequest, call: Call) -> tuple[str, ...]:
    """A token is for one request: its page size alone may change."""
    members = msgspec.to_builtins(request)
    members.pop("NextToken", None)
    members.pop("MaxResults", None)
    digest = hashlib.sha256(msgspec.json.encode(members)).hexdigest()
    return "lookup_events", call.account, call.region, digest


def _everything(request: object, call: Call) -> Sequence[Arn]:
    return (Arn(partition_of(call.region), "cloudtrail", call.region, call.account, "*"),)


def operations(folder: Path) -> tuple[Operation, ...]:
    """CloudTrail's table, over a folder of trails."""
    target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"
    run = partial(lookup_events, folder)
    return (
        Operation("cloudtrail", target, "LookupEvents", LookupEventsRequest, LookupEventsResponse, run, _everything),
    )
