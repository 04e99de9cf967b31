"""Clients that do a little of everything, for as long as they are let: what a server sees on an ordinary day."""

from __future__ import annotations

import collections
import itertools
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any

import botocore.exceptions
from tests.background import Background
from tests.conftest import Client

_NAMES = 40
_CLOSED = "/soak/closed"


class Mixed(Background):
    """`clients` threads, each with `rate` calls a second at most. `calls` counts them, `wrong` tells of failures."""

    def __init__(self, url: str, make: Callable[[str], Client], stranger: Client, clients: int, rate: float) -> None:
        self.calls: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []
        self._url = url
        self._make = make
        self._stranger = stranger
        self._pause = 1 / rate
        self._lock = threading.Lock()
        super().__init__([partial(self._act, number) for number in range(clients)])

    def _act(self, number: int) -> None:
        dice, numbers = random.Random(number), itertools.count()
        with self._lock:
            ssm, kms = self._make("ssm"), self._make("kms")
        key = kms.create_key(Description=f"soak {number}")["KeyMetadata"]["KeyId"]
        mine = f"/soak/{number}"
        kinds: list[tuple[int, str, Callable[[], Any]]] = [
            (30, "get", lambda: ssm.get_parameter(Name=f"{mine}/{dice.randrange(_NAMES)}", WithDecryption=True)),
            (10, "get many", lambda: ssm.get_parameters(Names=[f"{mine}/{dice.randrange(_NAMES)}" for _ in range(5)])),
            (10, "by path", lambda: ssm.get_parameters_by_path(Path="/soak", Recursive=True, WithDecryption=True)),
            (5, "describe", lambda: ssm.describe_parameters(MaxResults=50)),
            (20, "put", lambda: self._put(ssm, mine, dice, next(numbers), key)),
            (4, "delete", lambda: ssm.delete_parameters(Names=[f"{mine}/{dice.randrange(_NAMES)}"])),
            (4, "label", lambda: ssm.label_parameter_version(Name=f"{mine}/{dice.randrange(_NAMES)}", Labels=["now"])),
            (3, "history", lambda: ssm.get_parameter_history(Name=f"{mine}/{dice.randrange(_NAMES)}")),
            (4, "encrypt", lambda: kms.decrypt(CiphertextBlob=_encrypted(kms, key))),
            (4, "refused", lambda: self._stranger.get_parameter(Name=_CLOSED)),
            (2, "console", lambda: self._fetch("/console/")),
            (2, "health", lambda: self._fetch("/readyz")),
            (2, "metrics", lambda: self._fetch("/metrics")),
        ]
        weights = [weight for weight, _, _ in kinds]
        while not self._stop.is_set():
            began = time.monotonic()
            _, kind, call = dice.choices(kinds, weights)[0]
            try:
                call()
            except botocore.exceptions.ClientError as error:
                kind = f"{kind}: {error.response['Error']['Code']}"
            except (botocore.exceptions.BotoCoreError, OSError) as error:
                self.wrong.append(f"{kind}: {error!r}"[:300])
            self.calls[kind] += 1
            self._stop.wait(max(0.0, self._pause - (time.monotonic() - began)))

    def _put(self, ssm: Client, mine: str, dice: random.Random, number: int, key: str) -> None:
        kind = dice.choice(["String", "StringList", "SecureString"])
        own = {"KeyId": key} if kind == "SecureString" and number % 2 else {}
        value = "v" * dice.randrange(1, 4000)
        ssm.put_parameter(Name=f"{mine}/{dice.randrange(_NAMES)}", Value=value, Type=kind, Overwrite=True, **own)

    def _fetch(self, path: str) -> None:
        try:
            with urllib.request.urlopen(self._url + path, timeout=30) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            error.close()
            self.calls[f"{path} {error.code}"] += 1


def _encrypted(kms: Client, key: str) -> bytes:
    sealed: bytes = kms.encrypt(KeyId=key, Plaintext=b"soak")["CiphertextBlob"]
    return sealed
