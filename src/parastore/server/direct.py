"""Work on the data itself, by whoever owns it, also while servers run on it: changes are ordinary transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from parastore.seal.keyring import IntegrityError, KeyRing, StaleRing
from parastore.seal.provider import RootKeyError
from parastore.seal.secret import Secrets
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.storage.check import schema
from parastore.storage.protocol import Engine, StorageError

T = TypeVar("T")


class DirectError(Exception):
    """Nothing more was done. The text says why, and what to do."""


def on_data(where: Location, work: Callable[[Engine, KeyRing], Awaitable[T]]) -> T:
    """Open the data and its ring, do the work, and close. Raises DirectError."""

    async def run() -> T:
        engine = where.open()
        try:
            for finding in await schema(engine.read()):
                raise DirectError(f"the data in {where} does not fit this Parastore: {finding}")
            return await work(engine, await load_ring(engine.read(), where.folder, Secrets.at_terminal()))
        finally:
            await engine.close()

    try:
        return asyncio.run(run())
    except (RootKeyError, StorageError) as error:
        raise DirectError(str(error)) from error
    except StaleRing as error:
        raise DirectError("the root key was changed meanwhile, and nothing was done: try again") from error
    except IntegrityError as error:
        raise DirectError(f"the data in {where} is damaged, see `parastore check`: {error}") from error
    except OSError as error:
        raise DirectError(f"cannot use the data in {where}: {error.strerror}") from error
