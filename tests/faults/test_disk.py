"""A disk that fails at any call, and a power cut at any moment, under the SQLite engine.

TEST_SEED=n repeats the choices.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from parastore.storage.protocol import Engine, StorageError, Transaction
from parastore.storage.sqlite import SqliteEngine
from parastore.testing.disk import Disk, Event, crashed, nth

pytestmark = pytest.mark.sqlite("the disk below SQLite's engine")

SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(2**32)))
FILES = ("parastore.db", "parastore.db-wal")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A database with one table and one pair, closed."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)

    async def prepare() -> None:
        engine = SqliteEngine(path / "parastore.db")
        await engine.write(lambda tx: tx.execute("CREATE TABLE half (id BIGINT PRIMARY KEY, value BLOB)"))
        await engine.write(pair(0))
        await engine.close()

    asyncio.run(prepare())
    return path


def pair(key: int, size: int = 10) -> Callable[[Transaction], Awaitable[int]]:
    """Two rows that belong together, on pages far apart."""

    async def work(tx: Transaction) -> int:
        for each in (key, 1_000_000 + key):
            await tx.execute("INSERT INTO half VALUES ($1, $2)", each, bytes(size))
        return key

    return work


async def whole(engine: Engine) -> set[int]:
    """The pairs there are. There must be no halves."""
    rows = [row[0] for row in await engine.read().fetch_all("SELECT id FROM half")]
    keys = {row for row in rows if row < 1_000_000}
    assert {row - 1_000_000 for row in rows if row >= 1_000_000} == keys
    return keys


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def after_crash(image: dict[str, bytes], folder: Path) -> set[int]:
    """What a new start finds in such files."""
    folder.mkdir(mode=0o700)
    for name, content in image.items():
        (folder / name).write_bytes(content)

    async def look() -> set[int]:
        engine = SqliteEngine(folder / "parastore.db")
        try:
            assert await engine.read().fetch_all("PRAGMA integrity_check") == [("ok",)]
            found = await whole(engine)
            await engine.write(pair(999_999))  # and it goes on from there
            return found
        finally:
            await engine.close()

    return asyncio.run(look())


def _checkpoint(connection: apsw.Connection, name: str, pages: int) -> int:
    """What SQLite does by itself, after 4 pages instead of 1000. It ignores what goes wrong there, for the commit is
    done; but what a disk written in Python raises would come out of the COMMIT.
    """
    if pages >= 4:
        with contextlib.suppress(apsw.Error):
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    return apsw.SQLITE_OK


class Trial:
    """An engine on a disk under test: what it was asked to write and what it promised."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.engine = SqliteEngine(folder / "parastore.db")
        self.disk = disk
        self.asked: set[int] = {0}
        self.promised: set[int] = {0}
        self.engine._write_connection.set_wal_hook(_checkpoint)

    async def write(self, key: int, size: int = 10) -> None:
        self.asked.add(key)
        try:
            assert await self.engine.write(pair(key, size)) == key
        except StorageError as error:
            assert "as the test wants" in str(error)  # noqa: PT017 - that one and no other
        else:
            self.promised.add(key)
            self.disk.mark("promise", str(key))

    async def read(self) -> None:
        try:
            assert await whole(self.engine) == self.promised
        except StorageError as error:
            assert "as the test wants" in str(error)  # noqa: PT017

    async def some_work(self) -> None:
        await asyncio.gather(*(self.write(key) for key in (1, 2, 3)))
        await self.read()
        await self.write(4, 20_000)
        await asyncio.gather(self.write(5), self.write(6, 50_000))
        await self.read()
        await self.write(7)


def calls_of_some_work(folder: Path) -> int:
    """How many calls of the disk it makes when nothing fails."""
    count = 0

    async def story(disk: Disk) -> None:
        nonlocal count
        trial = Trial(folder, disk)

        def counting(call: str, file: str) -> None:
            nonlocal count
            count += 1

        disk.fault = counting
        await trial.some_work()
        disk.fault = lambda call, file: None
        assert trial.promised == trial.asked
        await trial.engine.close()

    with Disk() as disk:
        asyncio.run(story(disk))
    return count


@pytest.mark.parametrize("onwards", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", [apsw.FullError, apsw.IOError], ids=["full", "broken"])
def test_whichever_call_fails_nothing_is_promised_wrongly(
    folder: Path, tmp_path: Path, error: type[Exception], onwards: bool
) -> None:
    before = contents(folder)
    calls = calls_of_some_work(folder)
    assert calls > 60
    dice = random.Random(f"{SEED}")
    refused = 0
    for number in range(1, calls + 1, 4 if onwards else 1):
        place = tmp_path / f"{number}"
        place.mkdir(mode=0o700)
        for name, content in before.items():
            (place / name).write_bytes(content)

        async def story(disk: Disk, place: Path = place, number: int = number) -> tuple[Trial, list[Event], set[int]]:
            trial = Trial(place, disk)
            disk.fault = nth(number, error, onwards=onwards)
            await trial.some_work()
            disk.fault = lambda call, file: None
            events, promised = list(disk.events), set(trial.promised)
            # The disk is well again, and so is the engine.
            assert await whole(trial.engine) == trial.promised
            await trial.write(8)
            assert 8 in trial.promised
            assert await whole(trial.engine) == trial.promised
            await trial.engine.close()
            return trial, events, promised

        with Disk() as disk:
            trial, events, promised = asyncio.run(story(disk))
        # Had the power been cut instead ...
        image = crashed(before, events, len(events), dice)
        assert promised <= after_crash(image, place / "crashed") <= trial.asked
        refused += len(trial.asked - trial.promised)
        assert after_crash(contents(place), place / "later") == trial.promised
    assert refused > calls / 4


def test_a_power_cut_takes_nothing_that_was_promised(folder: Path, tmp_path: Path) -> None:
    print(f"TEST_SEED={SEED}")  # noqa: T201 - shown when it fails
    dice = random.Random(SEED)
    before = contents(folder)

    async def story(disk: Disk) -> list[Event]:
        trial = Trial(folder, disk)
        keys = iter(range(1, 10_000))
        for _ in range(60):
            group = [trial.write(next(keys), dice.choice((5, 50, 3000, 9000))) for _ in range(dice.randint(1, 6))]
            await asyncio.gather(*group)
        events = list(disk.events)
        await trial.engine.close()
        assert trial.promised == trial.asked
        return events

    with Disk() as disk:
        events = asyncio.run(story(disk))
    asked = max(int(event.file) for event in events if event.kind == "promise")
    promises = [number for number, event in enumerate(events) if event.kind == "promise"]
    checkpoints = [number for number, event in enumerate(events) if event.file == "parastore.db"]
    assert len(checkpoints) > 50
    # Anywhere, right after answers, and while the log goes into the database.
    moments = [dice.randrange(len(events)) for _ in range(60)]
    moments += [number + 1 for number in dice.sample(promises, 40)] + dice.sample(checkpoints, 40)
    for position, moment in enumerate(moments):
        image = crashed(before, events, moment, dice)
        promised = {0} | {int(event.file) for event in events[:moment] if event.kind == "promise"}
        found = after_crash(image, tmp_path / f"cut-{position}")
        assert promised <= found <= set(range(asked + 1)), f"cut after {moment} of {len(events)}"


def test_the_power_cut_would_be_noticed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without syncing, promises are broken: the simulation sees what a killed process cannot show."""
    before = contents(folder)
    connect: Any = apsw.Connection

    class Careless(connect):  # type: ignore[misc]
        def execute(self, statements: str, *args: Any, **more: Any) -> Any:
            return super().execute(statements.replace("synchronous=FULL", "synchronous=NORMAL"), *args, **more)

    async def story(disk: Disk) -> list[Event]:
        trial = Trial(folder, disk)
        for key in range(1, 20):
            await trial.write(key)
        events = list(disk.events)
        await trial.engine.close()
        return events

    with monkeypatch.context() as patch, Disk() as disk:
        patch.setattr(apsw, "Connection", Careless)
        events = asyncio.run(story(disk))
    dice = random.Random(1)
    lost = 0
    for position, moment in enumerate(range(1, len(events), 5)):
        promised = {int(event.file) for event in events[:moment] if event.kind == "promise"}
        lost += not promised <= after_crash(crashed(before, events, moment, dice), tmp_path / f"cut-{position}")
    assert lost
