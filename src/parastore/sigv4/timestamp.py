"""The moments that a signature names, as text and as seconds since the epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_BASIC = re.compile(rb"\d{8}T(?:[01]\d|2[0-3])\d{4}Z")
_HTTP = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})"
    rb" (\d\d):(\d\d):(\d\d) (?:GMT|[+-]0000)"
)
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")

Moment = tuple[str, int]

# Requests of one second share their text; the last one parsed is worth keeping, more are not.
_last: tuple[bytes, Moment] = (b"", ("", 0))


def parse_basic(value: bytes) -> Moment | None:
    """ISO 8601 basic form, `20150830T123600Z`, as (the same text, seconds); None when it is anything else."""
    global _last  # noqa: PLW0603
    known, moment = _last
    if value == known:
        return moment
    if not _BASIC.fullmatch(value):
        return None
    text = value.decode("ascii")
    try:
        moment = (text, int(datetime.fromisoformat(text).timestamp()))
    except ValueError:
        return None
    _last = (value, moment)
    return moment


def from_http(value: bytes) -> bytes:
    """A Date header in HTTP's own form, as basic form; anything else unchanged. botocore writes GMT as `-0000`."""
    match = _HTTP.fullmatch(value)
    if match is None:
        return value
    day, month, year, hour, minute, second = match.groups()
    return b"%b%02d%bT%b%b%bZ" % (year, _MONTHS.index(month) + 1, day, hour, minute, second)


def basic(seconds: int) -> str:
    """Seconds since the epoch as `20150830T123600Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")
