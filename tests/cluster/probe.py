"""Whether the database cluster itself takes writes, asked past Parastore, by the way that nodes take too."""

from __future__ import annotations

import asyncio
import contextlib
import time

import asyncpg
from tests.background import Background

from parastore.storage.postgres_failures import FAILURES

_PATIENCE = 3.0  # seconds for one attempt
_PAUSE = 0.1


class Probe(Background):
    """Writes again and again. `moments` are when PostgreSQL said that a write was stored, by `time.monotonic`."""

    def __init__(self, url: str) -> None:
        self.moments: list[float] = []
        self._url = url
        super().__init__([lambda: asyncio.run(self._act())])

    def wait(self, since: float, seconds: float) -> float:
        """Wait for a write that was stored after a moment, and was not the answer to an older question; when it was."""
        deadline = time.monotonic() + seconds
        while not self.moments or self.moments[-1] < since:
            if time.monotonic() > deadline:
                raise AssertionError(f"the database cluster itself has taken no write for {seconds:.0f} s")
            time.sleep(0.1)
        return next(each for each in self.moments if each >= since)

    async def _act(self) -> None:
        connection = None
        while not self._stop.is_set():
            try:
                async with asyncio.timeout(_PATIENCE):
                    if connection is None:
                        connection = await asyncpg.connect(self._url)
                        await connection.execute("CREATE TABLE IF NOT EXISTS probe (number BIGINT)")
                    await connection.execute("INSERT INTO probe VALUES ($1)", len(self.moments))
            except FAILURES:
                with contextlib.suppress(*FAILURES):
                    if connection is not None:
                        connection.terminate()
                connection = None
            else:
                self.moments.append(time.monotonic())
            await asyncio.sleep(_PAUSE)
        if connection is not None:
            connection.terminate()
