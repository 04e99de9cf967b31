"""Work that nobody asks for: what falls due is done again and again, in every worker, for as long as it serves.

Exactly once comes from storage, not from here: a job reads what is due and does it in one transaction, so whichever
worker is first leaves nothing to the others, and one that is killed leaves all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from parastore.server import metrics
from parastore.server.logs import emit

_log = logging.getLogger("parastore.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is called every `seconds`, and again at once for as long as it returns True (there is more to do)."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[bool]]


@contextlib.asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Run the jobs beside whatever happens inside."""
    tasks = [asyncio.create_task(_repeat(job), name=f"job {job.name}") for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    while True:
        more = False
        try:
            more = await job.run()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next turn may go well
            metrics.jobs_failed.labels(job.name).inc()
            emit(_log, logging.ERROR, "job failed", job=job.name, exc_info=error)
        await asyncio.sleep(0 if more else job.seconds)
