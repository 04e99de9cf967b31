"""A server for an hour: a data folder that goes when the server does, and parameters that are there from the start."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from parastore.formats.entry import Entry, FormatError
from parastore.formats.table import FORMATS, guess
from parastore.server.errors import StartError
from parastore.server.settings import Settings
from parastore.server.wiring import open_service
from parastore.sigv4.sign import Key, sign
from parastore.wire.http import HttpRequest, Service

_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it, with mode 0700)


@contextlib.contextmanager
def ephemeral_folder() -> Iterator[Path]:
    """A new folder of mode 0700, in memory where Linux has that, and gone afterwards."""
    where = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="parastore-", dir=where))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_seed(file: Path) -> list[Entry]:
    """The parameters of a file in any of the formats of `parastore export`. Raises StartError."""
    try:
        text = file.read_text(encoding="utf-8")
        form = guess(file.name, text)
        if form is None:
            raise StartError(f"{file}: its name says no format (.json, .yaml, .csv, .env)")
        entries = FORMATS[form].read(text)
    except OSError as error:
        raise StartError(f"cannot read {file}: {error.strerror}") from None
    except (FormatError, UnicodeDecodeError) as error:
        raise StartError(f"{file}: {error}") from None
    return [each._replace(key=full_name(each.key)) for each in entries]


def full_name(key: str) -> str:
    """What has more than one part begins with a slash."""
    return key if key.startswith("/") or "/" not in key else f"/{key}"


def seed(settings: Settings, key: Key, entries: Sequence[Entry]) -> None:
    """Put parameters into a data folder that no server uses yet, by signed requests like any other.

    Raises StartError with the server's words for the first that it refuses.
    """

    async def run() -> None:
        async with open_service(settings) as service:
            for each in entries:
                await _put(service, settings, key, each)

    asyncio.run(run())


async def _put(service: Service, settings: Settings, key: Key, entry: Entry) -> None:
    kind = entry.kind or "String"
    body = json.dumps({"Name": entry.key, "Value": entry.value, "Type": kind, "Overwrite": True}).encode()
    headers = {
        b"host": b"localhost",
        b"content-type": b"application/x-amz-json-1.1",
        b"x-amz-target": b"AmazonSSM.PutParameter",
    }
    signed = sign(key, "POST", b"/", b"", headers, body, region=settings.region, service="ssm", now=time.time())
    answer = await service.handle(HttpRequest("POST", b"/", b"", signed, body))
    if answer.status != 200:
        said: dict[str, Any] = json.loads(answer.body)
        raise StartError(f"seed: {entry.key}: {said.get('message') or said.get('Message') or said['__type']}")
