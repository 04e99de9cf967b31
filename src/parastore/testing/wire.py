"""A client of few lines for loads, crashes and faults, where an SDK is too slow and tries again by itself."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from parastore.sigv4.sign import Key, sign
from parastore.testing.server import Keys

# What `call` raises when there was no whole answer: the operation was done, or not.
NO_ANSWER = (OSError, http.client.HTTPException)


class Answer(NamedTuple):
    """A whole answer. `request_id` is what the server's log knows it by."""

    status: int
    body: dict[str, Any]
    request_id: str


class Wire:
    """One connection to 127.0.0.1, opened when it is needed. For one thread."""

    def __init__(
        self,
        port: int,
        keys: Keys,
        *,
        region: str = "us-east-1",
        timeout: float = 30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.port = port
        self.keys = keys
        self._key = Key(keys.access_key_id, keys.secret_access_key)
        self._region = region
        self._clock = clock
        self._host = f"127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def call(self, operation: str, **members: Any) -> Answer:
        """Call an operation of Parameter Store. Raises one of `NO_ANSWER`."""
        body = json.dumps(members).encode()
        headers = {
            b"host": self._host.encode(),
            b"content-type": b"application/x-amz-json-1.1",
            b"x-amz-target": b"AmazonSSM." + operation.encode(),
        }
        signed = sign(
            self._key, "POST", b"/", b"", headers, body, region=self._region, service="ssm", now=self._clock()
        )
        try:
            self._connection.request("POST", "/", body, {name.decode(): value for name, value in signed.items()})
            response = self._connection.getresponse()
            text = response.read()
        except NO_ANSWER:
            self._connection.close()
            raise
        return Answer(response.status, json.loads(text), response.headers["x-amzn-RequestId"])

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._connection.close()
