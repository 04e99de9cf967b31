"""Sinks at work: each sends one event and says what became of it. They block, so they run in a thread.

Only configured URLs are called: no redirect is followed and no proxy of the environment used by webhooks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from parastore.events.config import EventBridge, Sink, Webhook, webhook_key
from parastore.events.rules import sign

Send = Callable[[str], None]  # takes an event's body; raises NotDelivered


class NotDelivered(Exception):
    """The sink did not take the event. The text says why, in words that may be stored and shown."""


def sender(sink: Sink) -> Send:
    """What sends to a sink. Client libraries are loaded here, so that a server without sinks has none."""
    return _webhook(sink) if isinstance(sink, Webhook) else _event_bridge(sink)


def _webhook(sink: Webhook) -> Send:
    import urllib3  # noqa: PLC0415

    pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", retries=False)
    key = webhook_key(sink.secret)

    def send(body: str) -> None:
        message_id, timestamp = msgspec.json.decode(body)["id"], int(time.time())
        headers = {
            "content-type": "application/json",
            "user-agent": "parastore",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(key, message_id, timestamp, body),
        }
        try:
            response = pool.request(
                "POST",
                sink.url,
                body=body.encode(),
                headers=headers,
                timeout=urllib3.Timeout(total=sink.timeout),
                redirect=False,
                retries=False,
                preload_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise NotDelivered(type(error).__name__) from None
        # What the other side says in its body is not read: it may be endless.
        response.close()
        if not 200 <= response.status < 300:
            raise NotDelivered(f"HTTP status {response.status}")

    return send


def _event_bridge(sink: EventBridge) -> Send:
    client: Any = None

    def send(body: str) -> None:
        nonlocal client
        import boto3  # noqa: PLC0415
        import botocore.config  # noqa: PLC0415
        import botocore.exceptions  # noqa: PLC0415

        envelope = msgspec.json.decode(body)
        source = sink.source if envelope["source"] == "aws.ssm" else envelope["source"]
        entry = {
            "Time": envelope["time"],
            "Source": source,
            "Resources": envelope["resources"],
            "DetailType": envelope["detail-type"],
            "Detail": msgspec.json.encode(envelope["detail"]).decode(),
            "EventBusName": sink.event_bus,
        }
        try:
            if client is None:
                client = boto3.Session(profile_name=sink.profile, region_name=sink.region).client(
                    "events",
                    endpoint_url=sink.endpoint_url,
                    config=botocore.config.Config(
                        connect_timeout=sink.timeout, read_timeout=sink.timeout, retries={"total_max_attempts": 1}
                    ),
                )
            answer = client.put_events(Entries=[entry])
        except botocore.exceptions.ClientError as error:
            raise NotDelivered(f"PutEvents: {error.response['Error'].get('Code', 'error')}") from None
        except botocore.exceptions.BotoCoreError as error:
            raise NotDelivered(f"PutEvents: {type(error).__name__}") from None
        if answer.get("FailedEntryCount"):
            raise NotDelivered(f"PutEvents: {answer['Entries'][0].get('ErrorCode', 'failed')}")

    return send
