"""What Parastore does by itself, or its owner on the data without a request: CloudTrail's service events.

Such a deed changes data, so its record is a row of the trail of changes, in the transaction of the change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from parastore.arn import Arn
from parastore.audit.event import resource_shown, written
from parastore.audit.store import add_changes
from parastore.storage.protocol import Transaction

PassOn = Callable[[Sequence[bytes]], None]  # tells others of records that are committed
_SELF = "parastore"


class Deed(NamedTuple):
    """What was done, in CloudTrail's words: whose it is, where, by which service, and to what.

    `details` are the record's `serviceEventDetails`: names and numbers, never a value.
    """

    account: str
    region: str
    source: str
    name: str
    resource: Arn | None
    details: Mapping[str, Any]


def of_deed(deed: Deed, now: int) -> bytes:
    """The record of a deed at a moment, in milliseconds."""
    return msgspec.json.encode(
        {
            "eventVersion": "1.11",
            "userIdentity": {"type": "AWSService", "accountId": deed.account, "invokedBy": _SELF},
            "eventTime": written(now // 1000).decode(),
            "eventSource": deed.source,
            "eventName": deed.name,
            "awsRegion": deed.region,
            "sourceIPAddress": _SELF,
            "userAgent": _SELF,
            "requestParameters": None,
            "responseElements": None,
            "eventID": str(uuid.uuid4()),
            "readOnly": False,
            "resources": [] if deed.resource is None else [resource_shown(deed.resource)],
            "eventType": "AwsServiceEvent",
            "managementEvent": True,
            "recipientAccountId": deed.account,
            "serviceEventDetails": dict(deed.details),
            "eventCategory": "Management",
        }
    )


async def record(tx: Transaction, now: int, *deeds: Deed) -> list[bytes]:
    """Add deeds to the trail in their own transaction; their records, to be passed on when it is committed."""
    records = []
    for deed in deeds:
        records.append(of_deed(deed, now))
        await add_changes(tx, deed.account, deed.region, now, records[-1:])
    return records


def unheard(records: Sequence[bytes]) -> None:
    """Nobody is told."""
