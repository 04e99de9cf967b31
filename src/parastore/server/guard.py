"""The guard at work: PutParameter with a plain value that looks like a secret is refused (deny), or told of (warn).

To warn, a value is looked at after the answer, in a thread: a write never waits for it. What waits to be looked at is
kept in memory, 1000 values at the most, and is forgotten when a worker is killed.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parastore.context import Call, SecretValue
from parastore.errors import ValidationException
from parastore.events import outbox
from parastore.operation import Operation
from parastore.server import metrics
from parastore.server.logs import emit
from parastore.ssm.rules import guard as rules
from parastore.ssm.rules import names
from parastore.ssm.shapes import PutParameterRequest, PutParameterResponse
from parastore.ssm.store import records
from parastore.storage.protocol import Engine, Transaction

_MOST = 1000
_log = logging.getLogger("parastore.guard")


class _Put(NamedTuple):
    call: Call
    name: str
    value: SecretValue
    version: int | None


class Guard:
    """The guard of one worker; `mode` is off, warn or deny."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        if mode == "deny":
            rules.load()  # a write must not wait for it
        self._waiting: deque[_Put] = deque(maxlen=_MOST)

    def over(self, operations: Iterable[Operation]) -> Sequence[Operation]:
        """The operations, PutParameter with the guard before it."""
        if self._mode == "off":
            return tuple(operations)
        return tuple(self._guarded(each) if each.name == "PutParameter" else each for each in operations)

    def _guarded(self, operation: Operation) -> Operation:
        async def put(request: PutParameterRequest, call: Call) -> PutParameterResponse:
            response = await operation.run(request, call)
            assert isinstance(response, PutParameterResponse)
            text = request.value.reveal()
            if (
                request.type != "SecureString"
                and rules.suspicious(request.name, text)
                and (request.type is not None or await _is_plain(request.name, call))
            ):
                if self._mode == "deny":
                    self._refuse(request.name, text)
                else:
                    self._waiting.append(_Put(call, request.name, SecretValue(text), response.version))
            return response

        return dataclasses.replace(operation, run=put)

    def _refuse(self, name: str, text: str) -> None:
        if found := rules.kinds(name, text):
            _count(found)
            raise ValidationException(
                f"The value looks like a secret ({', '.join(found)}) and would be kept as plain text:"
                " use Type SecureString."
            )

    async def look(self, engine: Engine) -> bool:
        """Look at a value that waits, and tell of what is found. True when more wait."""
        if not self._waiting:
            return False
        put = self._waiting.popleft()
        found = await asyncio.to_thread(rules.kinds, put.name, put.value.reveal())
        if found:
            await self._tell(engine, put, found)
        return bool(self._waiting)

    async def _tell(self, engine: Engine, put: _Put, found: list[str]) -> None:
        was = put.call
        name = names.written(put.name, was.account, was.region)
        arn = names.parameter_arn(was.account, was.region, names.path_of(name))
        detail = {"name": name, "version": put.version, "kinds": found}

        async def work(tx: Transaction) -> None:
            call = was.within(tx)
            await outbox.emit(call, "Parastore Guard Finding", arn, detail, source="parastore")

        await engine.write(work)
        _count(found)
        emit(
            _log,
            logging.WARNING,
            "plain value looks like a secret",
            request_id=was.request_id,
            parameter=arn,
            kinds=", ".join(found),
        )


async def _is_plain(raw: str, call: Call) -> bool:
    """Whether a parameter that was just written is no SecureString."""
    written = await records.find(call, names.path_of(names.written(raw, call.account, call.region)))
    return written is not None and written.type != "SecureString"


def _count(found: list[str]) -> None:
    for kind in found:
        metrics.guard_findings.labels(kind).inc()
