"""Work on the data itself, by whoever owns it, also while servers run on it: changes are ordinary transactions.

What is changed so is in the audit trail like all else, with the login of who did it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from parastore.arn import Arn
from parastore.audit.deeds import Deed, record
from parastore.seal.keyring import IntegrityError, KeyRing, StaleRing
from parastore.seal.provider import RootKeyError
from parastore.seal.secret import Secrets
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.storage.check import schema
from parastore.storage.protocol import Engine, StorageError, Transaction

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


async def note(
    tx: Transaction,
    name: str,
    *,
    source: str = "parastore",
    account: str | None = None,
    region: str | None = None,
    resource: Arn | None = None,
    **details: Any,
) -> None:
    """Record what this transaction does, by default as the installation's: `name` is the event's name."""
    facts: dict[str, str] = dict(await tx.fetch_all("SELECT name, value FROM installation"))
    place = account or facts.get("account", ""), region or facts.get("region", "")
    told = {**details, "operator": _login()}
    await record(tx, time.time_ns() // 1_000_000, Deed(*place, source, name, resource, told))


def _login() -> str:
    """Whom the system says this process belongs to; a container may have no name for its user."""
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())
