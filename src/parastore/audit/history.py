"""Records of an account in a Region, newest first, from the files of a folder and from storage.

They are in the order of their second, then of their event id: one order whatever place a record is in, so a reader goes
on behind the last record it saw. Files are in the order in which calls ended, which is nearly that of their times:
lines are put in order within a few seconds, as long as a call takes.
"""

from __future__ import annotations

import heapq
import mmap
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from parastore.audit import segments
from parastore.audit.chain import read_line
from parastore.audit.segments import File
from parastore.storage.protocol import Transaction

SLACK = 5  # seconds by which a line may be out of order
MOST_LINES = 20_000  # looked at for one page
_PAGE = 500
_TIME = b'"eventTime":"'
_LENGTH = len("2026-01-31T12:00:00Z")


class Place(NamedTuple):
    """Where a record is in the order: its time as it is written, and its event id."""

    time: str
    event_id: str


class Who(msgspec.Struct, rename="camel"):
    """Of a record: who called."""

    type: str = ""
    arn: str = ""
    user_name: str = ""
    principal_id: str = ""
    access_key_id: str = ""
    invoked_by: str = ""
    session_context: dict[str, Any] = {}


class Resource(msgspec.Struct):
    """Of a record: a resource."""

    ARN: str
    type: str = ""


class Facts(msgspec.Struct, rename="camel"):
    """What is read of a record."""

    event_time: str
    event_name: str
    event_source: str
    read_only: bool
    user_identity: Who
    event_id: str = msgspec.field(name="eventID")
    error_code: str = ""
    aws_region: str = ""
    recipient_account_id: str = ""
    resources: list[Resource] = []
    request_parameters: dict[str, Any] | None = None


class Entry(NamedTuple):
    """A record."""

    place: Place
    facts: Facts
    body: bytes

    def is_below(self, place: Place | None) -> bool:
        """Whether it comes behind this place."""
        return place is None or self.place < place


class Found(NamedTuple):
    """Records, newest first, and the place down to which all are known (None: there is nothing more)."""

    entries: list[Entry]
    reached: Place | None


class Query(NamedTuple):
    """What is asked for: times as they are written, inclusive; `below` is the place to go on from."""

    account: str
    region: str
    since: str
    until: str
    below: Place | None
    wanted: Callable[[Facts], bool]
    most: int


_facts = msgspec.json.Decoder(Facts)


def in_files(folder: Path, query: Query) -> Found:
    """The next records in the files of a folder. Blocks: run it in a thread."""
    trails = [list(group) for _, group in groupby(segments.files(folder), lambda file: file.trail)]
    streams = [_settled(_of_trail(files, query)) for files in trails]
    merged = heapq.merge(*streams, key=lambda entry: entry.place, reverse=True)
    return _collect(merged, query)


async def in_storage(tx: Transaction, query: Query) -> Found:
    """The next records in storage."""
    entries: list[Entry] = []
    until = min(query.until, query.below.time) if query.below is not None else query.until
    before = (_milliseconds(until) + 1000, 0, 0)
    looked = 0
    while True:
        rows = await tx.fetch_all(
            "SELECT happened_at, trail, sequence, body FROM audit_record WHERE account = $1 AND region = $2"
            " AND happened_at >= $3 AND (happened_at, trail, sequence) < ($4, $5, $6)"
            " ORDER BY happened_at DESC, trail DESC, sequence DESC LIMIT 500",
            query.account,
            query.region,
            _milliseconds(query.since),
            *before,
        )
        for row in rows:
            entry = _entry(row[3].encode(), query)
            if entry is not None and entry.is_below(query.below) and query.wanted(entry.facts):
                entries.append(entry)
        if len(rows) < _PAGE:
            return Found(entries, None)
        before = rows[-1][:3]
        looked += len(rows)
        # Those of the second that is being read may be incomplete.
        reached = Place(_written(before[0] // 1000 + 1), "")
        if query.below is None or reached < query.below:
            whole = [each for each in entries if each.place >= reached]
            if len(whole) > query.most or looked >= MOST_LINES:
                return Found(whole, reached)


def page(parts: list[Found], most: int) -> Found:
    """One page of several sources': what is above the place that all of them have reached."""
    reached = max((each.reached for each in parts if each.reached is not None), default=None)
    # What a node has sent to storage is in its file as well.
    each_once = {each.place: each for part in parts for each in part.entries}
    entries = sorted(each_once.values(), key=lambda each: each.place, reverse=True)
    known = [each for each in entries if reached is None or each.place >= reached]
    if len(known) > most:
        return Found(known[:most], known[most - 1].place)
    return Found(known, reached)


def _collect(stream: Iterator[Entry], query: Query) -> Found:
    entries: list[Entry] = []
    looked = 0
    for entry in stream:
        if not entry.is_below(query.below):
            continue
        looked += 1
        if query.wanted(entry.facts):
            if len(entries) == query.most:
                return Found(entries, entries[-1].place)
            entries.append(entry)
        if looked >= MOST_LINES:
            return Found(entries, entry.place)
    return Found(entries, None)


class _Latest:
    """An entry that comes before those of earlier places."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __lt__(self, other: _Latest) -> bool:
        return self.entry.place > other.entry.place


def _settled(lines: Iterator[Entry]) -> Iterator[Entry]:
    """Entries that are nearly in order, in order."""
    waiting: list[_Latest] = []
    for entry in lines:
        heapq.heappush(waiting, _Latest(entry))
        after = _later(entry.place.time)
        while waiting[0].entry.place.time > after:
            yield heapq.heappop(waiting).entry
    while waiting:
        yield heapq.heappop(waiting).entry


@lru_cache(maxsize=64)
def _later(time: str) -> str:
    return _written(seconds_of(time) + SLACK)


def _of_trail(files: list[File], query: Query) -> Iterator[Entry]:
    latest = min(query.until, query.below.time) if query.below is not None else query.until
    latest = _later(latest)
    earliest = _written(seconds_of(query.since) - SLACK)
    account = b'"recipientAccountId":"%b"' % query.account.encode()
    for file in reversed(files):
        for text in _from(file.path, latest.encode()):
            time = _time_of(text)
            if time is not None and time < earliest.encode():
                return
            if account in text and (line := read_line(text)) is not None:
                entry = _entry(line.body, query)
                if entry is not None:
                    yield entry


def _entry(body: bytes, query: Query) -> Entry | None:
    facts = read(body)
    if facts is None or (facts.recipient_account_id, facts.aws_region) != (query.account, query.region):
        return None
    if not query.since <= facts.event_time <= query.until:
        return None
    return Entry(Place(facts.event_time, facts.event_id), facts, body)


def read(body: bytes) -> Facts | None:
    """A record's facts; None of what is no record."""
    try:
        return _facts.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # the header of a file, a checkpoint, or what somebody altered


def _from(path: Path, latest: bytes) -> Iterator[bytes]:
    """The lines of a file backwards, from about the last one that is not later than `latest`."""
    with path.open("rb") as file:
        try:
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            return  # nothing is in it yet
        with closing(view):
            low, end = 0, view.rfind(b"\n")
            while end - low > 1 << 16:
                middle = view.rfind(b"\n", low, (low + end) // 2)
                time = _time_of(view[middle + 1 : view.find(b"\n", middle + 1)]) if middle > low else None
                if time is None:
                    break
                low, end = (middle, end) if time <= latest else (low, middle)
            end = _forward(view, end, latest)
            while end > 0:
                begin = view.rfind(b"\n", 0, end) + 1
                yield view[begin:end]
                end = begin - 1


def _forward(view: mmap.mmap, end: int, latest: bytes) -> int:
    """The end of the last line from here on that is not later."""
    while (after := view.find(b"\n", end + 1)) > 0:
        time = _time_of(view[end + 1 : after])
        if time is not None and time > latest:
            break
        end = after
    return end


def _time_of(text: bytes) -> bytes | None:
    at = text.find(_TIME)
    return None if at < 0 else text[at + len(_TIME) : at + len(_TIME) + _LENGTH]


def seconds_of(time: str) -> int:
    """A time as it is written in records, in seconds since the epoch."""
    return int(datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())


def _milliseconds(time: str) -> int:
    return seconds_of(time) * 1000


def _written(second: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
