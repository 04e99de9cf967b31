"""The barrier: what begins with one ring ends with the one in force, and a sealed worker opens by itself."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.folders import KEY_ID, REGION, SECRET, in_folder, make_folder, new_trail, raw

from parastore.errors import ServiceUnavailableException
from parastore.house import furnish
from parastore.kms.operations import OPERATIONS as KMS
from parastore.pipeline import handle
from parastore.seal import barrier as module
from parastore.seal.barrier import Barrier
from parastore.seal.keyring import KeyRing, StaleRing
from parastore.seal.provider import RootKeyError, RootKeyRefused, RootKeyUnavailable
from parastore.seal.secret import Secrets
from parastore.seal.store import confirm
from parastore.server import root_key
from parastore.server.check import check_folder
from parastore.server.location import Location
from parastore.server.unlock import load_ring
from parastore.sigv4.sign import Key, sign
from parastore.ssm.operations import OPERATIONS as SSM
from parastore.storage.protocol import Transaction
from parastore.storage.sqlite import open_sqlite
from parastore.testing.faults import FailingEngine, Point
from parastore.wire.http import HttpRequest

Answer = tuple[int, dict[str, Any]]
Ask = Callable[..., Awaitable[Answer]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_folder(tmp_path / "data")
    in_folder(tmp_path / "data", lambda opened: opened.put("/a", "first"))
    return tmp_path / "data"


def elsewhere(work: Callable[[], object]) -> None:
    """What another process does, now."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def rotate(folder: Path) -> None:
    elsewhere(lambda: root_key.rotate(Location(folder), Secrets()))


def served(folder: Path, work: Callable[[FailingEngine, Ask, Barrier], Awaitable[None]]) -> None:
    """A worker's engine, barrier and pipeline, in this process."""

    async def run() -> None:
        engine = FailingEngine(open_sqlite(folder))
        barrier = Barrier(lambda: load_ring(engine.read(), folder, aside=True))
        house = furnish(
            engine,
            barrier,
            trail=new_trail(folder),
            public=SSM,
            internal=KMS,
            clock=lambda: time.time_ns() // 1_000_000,
        )

        async def ask(operation: str, **members: Any) -> Answer:
            body = json.dumps(members).encode()
            headers = {
                b"host": b"localhost",
                b"content-type": b"application/x-amz-json-1.1",
                b"x-amz-target": f"AmazonSSM.{operation}".encode(),
            }
            key, now = Key(KEY_ID, SECRET), time.time()
            headers = sign(key, "POST", b"/", b"", headers, body, region=REGION, service="ssm", now=now)
            answer = await handle(HttpRequest("POST", b"/", b"", headers, body), house)
            return answer.status, json.loads(answer.body)

        try:
            async with barrier.opened():
                await work(engine, ask, barrier)
        finally:
            await engine.close()

    asyncio.run(run())
    assert check_folder(folder) == []


def term_of(folder: Path, name: str) -> int:
    with raw(folder) as connection:
        row: Any = connection.execute("SELECT value FROM parameter WHERE path = ?", (name,)).fetchone()
    return int.from_bytes(row[0][1:5], "big")


def once_at(point: Point, number: int, happens: Callable[[], None]) -> Callable[[Point], bool]:
    """Not a failure, but something that happens right before the `number`th call of that kind."""
    seen = 0

    def plan(now: Point) -> bool:
        nonlocal seen
        seen += now == point
        if now == point and seen == number:
            happens()
        return False

    return plan


def test_a_rotation_is_seen_by_the_next_request(folder: Path) -> None:
    async def work(engine: FailingEngine, ask: Ask, barrier: Barrier) -> None:
        for term in (2, 3, 4):
            rotate(folder)
            assert (await ask("PutParameter", Name=f"/{term}", Value="v", Type="SecureString"))[0] == 200
            assert term_of(folder, f"/{term}") == term
            assert (await ask("GetParameter", Name="/a"))[1]["Parameter"]["Value"] == "first"

    served(folder, work)


@pytest.mark.parametrize("kind", ["String", "SecureString"])
def test_a_write_that_began_before_a_rotation_ends_with_the_new_term(folder: Path, kind: str) -> None:
    """The worst moment: the request has its ring, and the rotation commits before its transaction begins."""

    async def work(engine: FailingEngine, ask: Ask, barrier: Barrier) -> None:
        engine.plan = once_at("begin", 1, lambda: rotate(folder))
        assert (await ask("PutParameter", Name="/b", Value="v", Type=kind)) == (200, {"Tier": "Standard", "Version": 1})
        assert term_of(folder, "/b") == 2
        assert (await ask("GetParameter", Name="/b", WithDecryption=True))[1]["Parameter"]["Value"] == "v"

    served(folder, work)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_read_meets_what_a_newer_term_sealed(folder: Path, number: int) -> None:
    """Between any two statements of a request, another process rotates and writes what is being read."""

    def happens() -> None:
        rotate(folder)
        elsewhere(lambda: in_folder(folder, lambda opened: opened.put("/a", "second", Overwrite=True)))

    async def work(engine: FailingEngine, ask: Ask, barrier: Barrier) -> None:
        engine.plan = once_at("fetch", number, happens)
        # The ring, the access key, the parameter; the last gives a row that the ring in hand does not open.
        assert (await ask("GetParameter", Name="/a"))[1]["Parameter"]["Value"] == "second"
        assert term_of(folder, "/a") == 2

    served(folder, work)


def test_an_altered_term_is_a_fault_and_not_a_reason_to_ask_the_provider(folder: Path) -> None:
    with raw(folder) as connection:
        connection.execute("UPDATE parameter SET value = x'0100000009' || substr(value, 6) WHERE path = '/a'")

    async def work() -> None:
        engine = open_sqlite(folder)
        asked = 0

        async def load() -> KeyRing:
            nonlocal asked
            asked += 1
            return await load_ring(engine.read(), folder)

        barrier = Barrier(load)
        async with barrier.opened():
            ring = await barrier.ring(engine.read())
            assert not await barrier.superseded(ring, engine.read())
        assert asked == 1
        await engine.close()

    asyncio.run(work())


def test_confirm_refuses_a_ring_that_is_older(folder: Path) -> None:
    async def work(tx: Transaction, ring: KeyRing) -> None:
        await confirm(tx, ring)
        rotate(folder)
        with pytest.raises(StaleRing):
            await confirm(tx, ring)

    in_folder(folder, lambda opened: work(opened.engine.read(), opened.ring))


# Sealed


class Provider:
    """Fails as it is told, then gives the ring; counts how often it is asked."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.asked = 0

    async def load(self) -> KeyRing:
        self.asked += 1
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        return KeyRing({1: bytes(32)})


class OneTerm:
    """A transaction in which the newest term is the first."""

    async def fetch_row(self, sql: str, *args: Any) -> Any:
        return (1,)

    async def known(self, key: Any, load: Any, *args: Any) -> Any:
        return await load(*args)


TX: Any = OneTerm()


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.04)


@pytest.mark.usefixtures("_quickly")
def test_it_opens_when_the_provider_is_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "parastore.seal")

    async def work() -> None:
        provider = Provider(*[RootKeyUnavailable("not now")] * 5, RootKeyError("odd"), ValueError("a fault of ours"))
        barrier = Barrier(provider.load)
        assert barrier.sealed == "the root key is being asked for"
        async with barrier.opened():
            assert barrier.sealed == "not now"
            before = time.monotonic()
            with pytest.raises(ServiceUnavailableException, match="The server is sealed"):
                await barrier.ring(TX)
            assert time.monotonic() - before < 0.01
            await asyncio.sleep(0.5)
            assert barrier.sealed is None
            assert provider.asked == 8
            await barrier.ring(TX)

    asyncio.run(work())
    assert [record.message for record in caplog.records] == ["sealed", "sealed", "sealed", "unseal failed", "unsealed"]


@pytest.mark.usefixtures("_quickly")
def test_who_refused_is_not_asked_again() -> None:
    async def work() -> None:
        provider = Provider(RootKeyRefused("wrong PIN"))
        barrier = Barrier(provider.load)
        async with barrier.opened():
            await asyncio.sleep(0.1)
            for _ in range(3):
                with pytest.raises(ServiceUnavailableException):
                    await barrier.ring(TX)
            assert (barrier.sealed, provider.asked) == ("wrong PIN", 1)

    asyncio.run(work())


def test_many_requests_ask_once() -> None:
    async def work() -> None:
        provider = Provider()
        barrier = Barrier(provider.load)
        rings = await asyncio.gather(*(barrier.ring(TX) for _ in range(50)))
        assert provider.asked == 1
        assert len({id(ring) for ring in rings}) == 1

    asyncio.run(work())


def test_many_requests_at_once_find_a_newer_term() -> None:
    """As on PostgreSQL, where others go on while one asks for the newest term."""

    class Later(OneTerm):
        turn = 0

        async def fetch_row(self, sql: str, *args: Any) -> Any:
            self.turn += 1
            for _ in range(self.turn % 5):
                await asyncio.sleep(0)
            return (2,)

    async def work() -> None:
        rings = [KeyRing({1: bytes(32)}), KeyRing({1: bytes(32), 2: bytes(32)})]
        asked = iter(rings)

        async def load() -> KeyRing:
            await asyncio.sleep(0)
            return next(asked)

        barrier = Barrier(load)
        tx: Any = Later()
        async with barrier.opened():
            assert await asyncio.gather(*(barrier.ring(tx) for _ in range(50))) == [rings[1]] * 50

    asyncio.run(work())


def test_a_request_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    monkeypatch.setattr(module, "AT_START", 0.01)

    async def never_comes() -> KeyRing:
        await asyncio.sleep(60)
        raise AssertionError

    async def work() -> None:
        barrier = Barrier(never_comes)
        async with barrier.opened():
            with pytest.raises(ServiceUnavailableException):
                await barrier.ring(TX)

    asyncio.run(work())
