"""Sixteen clients that write and read until they are told to stop, and what they saw."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import botocore.exceptions
from tests.background import Background
from tests.cluster.history import Seen
from tests.conftest import Client

CLIENTS = 16
NAMES = [f"/failover/{number}" for number in range(6)]
_NOT_KNOWN = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)


class Load(Background):
    """What the clients do and see. `seen` has a list for each parameter; `errors` what else they were told."""

    def __init__(self, make: Callable[[], Client], clients: int = CLIENTS) -> None:
        self.seen: dict[str, list[Seen]] = {name: [] for name in NAMES}
        self.errors: list[str] = []
        self._make = make
        self._numbers = itertools.count()
        super().__init__([partial(self._act, number) for number in range(clients)])

    def wait_for_writes(self, number: int, seconds: float) -> None:
        """Wait until so many more are acknowledged."""
        wanted, deadline = len(self.moments()) + number, time.monotonic() + seconds
        while len(self.moments()) < wanted:
            if time.monotonic() > deadline:
                missing = wanted - len(self.moments())
                raise AssertionError(f"{missing} of {number} writes missing after {seconds:.0f} s: {self.errors[-3:]}")
            time.sleep(0.2)

    def moments(self) -> Sequence[float]:
        """When writes were acknowledged, in order."""
        return sorted(each.end for name in NAMES for each in self.seen[name] if each.kind == "put" and each.version)

    def _act(self, number: int) -> None:
        dice, client = random.Random(number), self._make()
        while not self._stop.is_set():
            name = dice.choice(NAMES)
            try:
                seen = (self._put if dice.random() < 0.5 else self._get)(
                    client, name, f"{number}-{next(self._numbers)}"
                )
            except _NOT_KNOWN as error:
                self.errors.append(str(error)[:200])
                time.sleep(0.3)
            else:
                self.seen[name].append(seen)
            time.sleep(0.02)

    def _put(self, client: Client, name: str, value: str) -> Seen:
        begin = time.monotonic()
        try:
            version = client.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)["Version"]
        except _NOT_KNOWN:
            self.seen[name].append(Seen(begin, float("inf"), "put", None, value))
            raise
        return Seen(begin, time.monotonic(), "put", version, value)

    def _get(self, client: Client, name: str, value: str) -> Seen:
        begin = time.monotonic()
        try:
            found: dict[str, Any] = client.get_parameter(Name=name)["Parameter"]
        except client.exceptions.ParameterNotFound:
            return Seen(begin, time.monotonic(), "get", 0, "")
        return Seen(begin, time.monotonic(), "get", found["Version"], found["Value"])
