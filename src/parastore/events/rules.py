"""What follows from an attempt to deliver: when the next one is, and when there is none."""

from __future__ import annotations

import base64
import hashlib
import hmac

LONGEST_WAIT = 900_000


def wait(attempts: int, first: int) -> int:
    """Milliseconds from the failure of attempt `attempts` (1, 2, ...) to the next: `first` doubled each time."""
    return min(first << min(attempts - 1, 32), LONGEST_WAIT)


def sign(key: bytes, message_id: str, timestamp: int, body: str) -> str:
    """The `webhook-signature` of a message, by Standard Webhooks: HMAC-SHA256 over id, timestamp and body."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
