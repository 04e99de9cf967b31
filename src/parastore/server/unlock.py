"""Open the key ring of a data folder: storage and `root.key` together give the root key, which opens the terms."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from parastore.seal.key_file import KeyFile, reach_of
from parastore.seal.keyring import KeyRing
from parastore.seal.provider import FILE, RootKey, RootKeyError, make
from parastore.seal.secret import Secrets
from parastore.seal.store import Stored, read_ring
from parastore.storage.protocol import Transaction


async def load_ring(tx: Transaction, folder: Path, secrets: Secrets | None = None, *, aside: bool = False) -> KeyRing:
    """Open the stored ring. Raises RootKeyError, and StorageError when there is no ring.

    The provider is waited for, `aside` in a thread. `tx` sees what others write, as a reader does.
    """
    secrets = secrets or Secrets()
    stored = await read_ring(tx)
    while True:
        try:
            return await _aside(stored, folder, secrets) if aside else KeyRing(open_terms(stored, folder, secrets))
        except RootKeyError:
            # The root key may have changed after the ring was read and before root.key was.
            before, stored = stored, await read_ring(tx)
            if stored == before:
                raise


def open_terms(stored: Stored, folder: Path, secrets: Secrets) -> dict[int, bytes]:
    """The keys of all terms, by number. Raises RootKeyError."""
    refused = RootKeyError(f"the root key of {folder} cannot be had")
    for key in _candidates(stored, KeyFile(folder), secrets):
        root = RootKey(key)
        try:
            return {term: root.unwrap(wrapped, term) for term, (wrapped, _) in stored.terms.items()}
        except RootKeyError as error:
            refused = error
    if stored.provider == "passphrase":
        raise RootKeyError("the passphrase is wrong") from refused
    raise refused


def _candidates(stored: Stored, file: KeyFile, secrets: Secrets) -> Iterator[bytes]:
    """What may be the root key; at least one, or RootKeyError."""
    entries = file.read()
    if stored.provider == FILE:
        keys = [entry for entry in entries if isinstance(entry, bytes)]
        if not keys:
            raise RootKeyError(f"the root key {file.path} is missing: put it back from where you keep it safe")
        yield from keys
        return
    reach = reach_of(entries, stored.root_key, stored.provider)
    if reach is not None:
        yield from make(stored.provider, reach.parameters, secrets).open(stored.root_key, stored.keeps or b"")
        return
    raise RootKeyError(
        f"the root key of this data is held by {stored.provider}, and {file.path} does not say how to reach that: put"
        f" the file back, or start the server with root_key={stored.provider} and its settings"
    )


async def _aside(stored: Stored, folder: Path, secrets: Secrets) -> KeyRing:
    """In a thread that nobody waits for at the end: a provider that hangs does not keep the server from stopping."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[KeyRing] = loop.create_future()

    def settle(outcome: KeyRing | Exception) -> None:
        if done.cancelled():
            return
        if isinstance(outcome, Exception):
            done.set_exception(outcome)
        else:
            done.set_result(outcome)

    def work() -> None:
        outcome: KeyRing | Exception
        try:
            outcome = KeyRing(open_terms(stored, folder, secrets))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is for the one who waits
            outcome = error
        with contextlib.suppress(RuntimeError):  # the loop is closed, nobody waits
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=work, name="root key", daemon=True).start()
    return await done
