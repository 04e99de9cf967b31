"""What is kept, for how long, and that what is left is still a whole trail."""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.folders import make_folder

from parastore.audit import segments, store
from parastore.audit.keep import Keeper, signer_of
from parastore.seal.keyring import KeyRing
from parastore.server.audit import verify
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.storage.sqlite import SqliteEngine, open_sqlite

pytestmark = pytest.mark.sqlite("the files of a folder's trail; that of nodes is in tests/nodes")

DAY = 86_400_000
NOW = time.time_ns() // 1_000_000


def keeper(engine: SqliteEngine, folder: Path, now: list[int], *, shared: bool = False) -> Keeper:
    return Keeper(
        engine, folder / "audit", lambda: now[0], most_bytes=2000, longest=DAY, retention=90 * DAY, shared=shared
    )


def record(number: int) -> bytes:
    return b'{"eventName":"GetParameter","eventID":"%d","padding":"%b"}' % (number, b"x" * 600)


async def a_day(engine: SqliteEngine, ring: KeyRing, kept: Keeper, now: list[int]) -> None:
    for number in range(10):
        kept.trail.write(record(number))
        await engine.write(lambda tx, n=number: store.add_changes(tx, "1" * 12, "us-east-1", now[0], [record(n)]))  # type: ignore[misc]
        await kept.turn(ring)


def age(folder: Path, days: int) -> None:
    for file in segments.files(folder / "audit"):
        os.utime(file.path, (file.path.stat().st_mtime - days * 86400,) * 2)


@pytest.mark.parametrize("killed", [False, True])
def test_old_records_go_and_the_rest_is_whole(data_folder: Path, killed: bool) -> None:
    make_folder(data_folder)

    async def work() -> None:
        engine = open_sqlite(data_folder)
        ring = await load_ring(engine.read(), data_folder)
        now = [NOW - 100 * DAY]
        first = keeper(engine, data_folder, now)
        await first.open()
        await a_day(engine, ring, first, now)
        if killed:
            first.trail.close()
        else:
            await first.close()
        files = len(segments.files(data_folder / "audit"))
        assert files > 2  # closed by size
        assert verify_in_thread(data_folder) == []
        age(data_folder, 100)

        now[0] = NOW
        second = keeper(engine, data_folder, now)
        await second.open()
        await a_day(engine, ring, second, now)
        for _ in range(60):
            await second.turn(ring)
        await second.close()
        assert {file.trail for file in segments.files(data_folder / "audit")} <= {1, 2}
        left = [file for file in segments.files(data_folder / "audit") if file.trail == 1]
        # What the second process closed was written now, so it stays for as long.
        assert len(left) <= killed
        assert (await store.trails(engine.read()))[0].first.lines == 10
        assert [each.sequence async for each in store.lines(engine.read(), store.CHANGES)] == list(range(11, 21))
        await engine.close()

    asyncio.run(work())

    assert verify_in_thread(data_folder) == []
    os.truncate(segments.files(data_folder / "audit")[-1].path, 1000)
    assert verify_in_thread(data_folder) != []


def test_a_closed_file_stays_until_storage_has_all_of_it(data_folder: Path) -> None:
    """Whoever closed it has the last of it in memory, and may be killed before that is stored."""
    make_folder(data_folder)

    async def work() -> None:
        engine = open_sqlite(data_folder)
        ring = await load_ring(engine.read(), data_folder)
        one, other = (keeper(engine, data_folder, [NOW], shared=True) for _ in range(2))
        await one.open()
        await other.open()
        one.trail.write(record(1))
        one.trail.checkpoint(signer_of(ring), None, closing=True)
        [file] = segments.files(data_folder / "audit")
        await other.turn(ring)
        assert file.path.exists()
        await one.turn(ring)
        for _ in range(60):
            await other.turn(ring)
        assert not file.path.exists()
        assert (await store.position(engine.read(), file.trail)).lines == 3
        await one.close()
        await other.close()
        await engine.close()

    asyncio.run(work())


def verify_in_thread(folder: Path) -> list[str]:
    """The check has an event loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return [str(each) for each in thread.submit(verify, Location(folder)).result().broken]
