"""The outbox: an event is stored in the transaction of its change, so one is never there without the other.

While no sink is known nothing is stored, for nobody would ever get it: a new sink gets what happens from then on, and
is made known in a transaction of its own, before or behind any change.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from parastore.events.store import listened
from parastore.storage.protocol import Transaction

_INSERT = (
    "INSERT INTO event (id, account, region, subject, occurred_at, body)"
    " SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 FROM event"
)


class Happening(Protocol):
    """Where and when something happens; a `Call` is one. `now` is milliseconds since the epoch."""

    @property
    def tx(self) -> Transaction: ...
    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def now(self) -> int: ...


async def emit(
    call: Happening, detail_type: str, resource: str, detail: Mapping[str, Any], *, source: str = "aws.ssm"
) -> None:
    """Store an event about `resource` (an ARN) in the call's transaction, for sinks. No value may be in `detail`."""
    if not await listened(call.tx):
        return
    envelope = {
        "version": "0",
        "id": _new_id(),
        "detail-type": detail_type,
        "source": source,
        "account": call.account,
        "time": _written(call.now // 1000),
        "region": call.region,
        "resources": [resource],
        "detail": detail,
    }
    body = msgspec.json.encode(envelope).decode()
    await call.tx.execute(_INSERT, call.account, call.region, resource, call.now, body)


def _new_id() -> str:
    """A random UUID; uuid.uuid4() takes five times as long."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


@lru_cache(maxsize=16)
def _written(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
