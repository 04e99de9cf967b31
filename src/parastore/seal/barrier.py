"""The barrier of one worker: open, with the ring in force, or sealed, with the reason. It opens by itself.

A root key change by another process adds a term to the stored ring. The newest term's number is read whenever anybody
has written (`Transaction.known`), so every request begins with the ring that storage has at that moment; `confirm`
sees to it that one which writes also ends with it. Sealed, every call is refused with a 503 that clients try again,
and nothing is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable

from parastore.errors import ServiceUnavailableException
from parastore.seal.keyring import KeyRing
from parastore.seal.provider import RootKeyError, RootKeyRefused
from parastore.seal.store import newest_term
from parastore.storage.protocol import StorageError, Transaction

RING = "key_ring"  # what a reader remembers the ring under
PATIENCE = 10.0  # seconds a request waits for the first try to open
AT_START = 2.0  # seconds a start waits for it; then the server listens, and /readyz says what it waits for
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0  # seconds between tries, doubled from the one to the other

_log = logging.getLogger("parastore.seal")


class Barrier:
    """`load` opens the stored ring, as often as it is asked, and raises RootKeyError or StorageError."""

    def __init__(self, load: Callable[[], Awaitable[KeyRing]]) -> None:
        self._load = load
        self._ring: KeyRing | None = None
        self._opening: asyncio.Task[None] | None = None
        self._tried: asyncio.Future[None] | None = None
        self._reason: str | None = None

    async def ring(self, tx: Transaction) -> KeyRing:
        """The ring in force. Raises ServiceUnavailableException when it cannot be opened."""
        return await tx.known(RING, self._newest, tx)

    async def _newest(self, tx: Transaction) -> KeyRing:
        newest = None if self._ring is None else await newest_term(tx)
        # Looked at once more: while one waits for PostgreSQL, another may find the ring to be old, and take it away.
        if self._ring is None or self._ring.newest != newest:
            await self._open(PATIENCE)
        if self._ring is None:
            raise ServiceUnavailableException("The server is sealed: its root key cannot be had now. Try again later.")
        return self._ring

    async def superseded(self, ring: KeyRing, tx: Transaction) -> bool:
        """Whether `ring`, in which a term was missing, is not the one in force. An altered row may name any term."""
        return self._ring is not ring or await newest_term(tx) != ring.newest

    @property
    def sealed(self) -> str | None:
        """Why it is, None when it is open."""
        return None if self._ring is not None else self._reason or "the root key is being asked for"

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Try to open before what is inside, and go on trying beside it."""
        await self._open(AT_START)
        try:
            yield
        finally:
            if self._opening is not None:
                self._opening.cancel()
                await asyncio.gather(self._opening, return_exceptions=True)

    async def _open(self, patience: float) -> None:
        """Load the ring anew; returns after the first try, or when patience is at its end."""
        if self._opening is None:
            self._ring = None
            self._tried = asyncio.get_running_loop().create_future()
            self._opening = asyncio.create_task(self._keep_trying(), name="unseal")
        if self._tried is not None:
            # Not asyncio.timeout: a request begins outside any task (server/eager.py).
            await asyncio.wait([self._tried], timeout=patience)

    async def _keep_trying(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                self._ring = await self._load()
            except (RootKeyError, StorageError) as error:
                self._seal(str(error))
                if isinstance(error, RootKeyRefused):
                    return  # the task stays, so that nobody tries again
            except Exception as error:  # noqa: BLE001 - whatever it was, the next try may go well
                self._seal(f"a fault of ours: {type(error).__name__}")
                _log.error("unseal failed", exc_info=error)
            else:
                break
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - workers are not to come all at once
            pause = min(2 * pause, LONGEST_PAUSE)
        if self._reason is not None:
            _log.info("unsealed")
        self._reason, self._opening = None, None
        self._tell()

    def _seal(self, reason: str) -> None:
        self._ring = None
        if reason != self._reason:
            _log.warning("sealed", extra={"reason": reason})
        self._reason = reason
        self._tell()

    def _tell(self) -> None:
        if self._tried is not None and not self._tried.done():
            self._tried.set_result(None)
