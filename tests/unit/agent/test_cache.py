"""The cache: one fetch for many, old values when the server is away, and on disk for nobody else."""

from __future__ import annotations

import asyncio
import stat
from collections import Counter
from pathlib import Path

import pytest

import parastore.agent.cache as module
from parastore.agent.cache import Cache, Relayed, Unreachable
from parastore.agent.disk import Disk, DiskError
from parastore.agent.rules import Lookup, read_lookup, read_settings

A, B, C = (read_lookup("ssm", b"name=/" + name) for name in (b"a", b"b", b"c"))


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now + 5e8


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr("parastore.agent.disk.time", clock)
    return clock


class Upstream:
    """Answers with how often it was asked, or raises."""

    def __init__(self) -> None:
        self.asked: Counter[Lookup] = Counter()
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self, lookup: Lookup) -> bytes:
        self.asked[lookup] += 1
        if self.gate:
            await self.gate.wait()
        if self.error:
            raise self.error
        return b"%d" % self.asked[lookup]


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


def make(upstream: Upstream, *, stale: bool = True, environ: dict[str, str] | None = None) -> Cache:
    settings = read_settings({"SSM_PARAMETER_STORE_TTL": "60"} | (environ or {}))
    return Cache(settings, upstream, lambda source: None, stale=stale, changed=lambda: None)


def test_kept_until_the_ttl(clock: Clock, upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream)
        assert [await cache.get(A), await cache.get(A)] == [b"1", b"1"]
        clock.now += 59.9
        assert await cache.get(A) == b"1"
        clock.now += 0.1
        assert cache.fresh(A) is None
        assert await cache.get(A) == b"2"

    asyncio.run(run())


def test_equal_lookups_share_one_call_and_nobody_takes_it_away(upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream)
        upstream.gate = asyncio.Event()
        waiting = [asyncio.create_task(cache.get(A)) for _ in range(20)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        upstream.gate.set()
        assert await asyncio.gather(*waiting[1:]) == [b"1"] * 19
        assert upstream.asked[A] == 1

    asyncio.run(run())


def test_an_old_value_beats_none(clock: Clock, upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream)
        await cache.get(A)
        clock.now += 1000
        upstream.error = Unreachable("gone")
        assert [await cache.get(A) for _ in range(10)] == [b"1"] * 10
        assert upstream.asked[A] == 2  # the server is left alone for a moment
        clock.now += module.PAUSE
        await cache.get(A)
        assert upstream.asked[A] == 3
        with pytest.raises(Unreachable):
            await cache.get(B)
        upstream.error = None
        clock.now += module.PAUSE
        assert await cache.get(A) == b"4"

    asyncio.run(run())


def test_unless_it_is_not_wanted(clock: Clock, upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream, stale=False)
        await cache.get(A)
        clock.now += 1000
        upstream.error = Unreachable("gone")
        with pytest.raises(Unreachable):
            await cache.get(A)

    asyncio.run(run())


def test_an_answer_of_the_server_wins_over_what_was_known(clock: Clock, upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream)
        await cache.get(A)
        clock.now += 1000
        upstream.error = Relayed(404, "deleted")
        for _ in range(2):
            with pytest.raises(Relayed):
                await cache.get(A)
        upstream.error = Unreachable("gone")
        with pytest.raises(Unreachable):
            await cache.get(A)

    asyncio.run(run())


def test_the_least_recently_used_goes(upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream, environ={"PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE": "2"})
        for each in (A, B, A, C):
            await cache.get(each)
        assert [lookup for lookup, _ in cache.items()] == [A, C]
        assert len(cache) == 2

    asyncio.run(run())


def test_nothing_is_kept_without_a_cache(upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream, environ={"SSM_PARAMETER_STORE_TTL": "0"})
        assert [await cache.get(A), await cache.get(A)] == [b"1", b"2"]
        assert len(cache) == 0

    asyncio.run(run())


def test_on_disk(tmp_path: Path, clock: Clock, upstream: Upstream) -> None:
    async def run() -> None:
        cache = make(upstream)
        await cache.get(A)
        clock.now += 7
        Disk(tmp_path / "cache", tmp_path / "key", "me").save(cache.items())

    asyncio.run(run())
    clock.now += 20
    assert Disk(tmp_path / "cache", tmp_path / "key", "me").load() == [(A, b"1", 27.0)]
    assert b"/a" not in (tmp_path / "cache").read_bytes()
    for name in ("cache", "key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    with pytest.raises(DiskError, match="another key, server or identity"):
        Disk(tmp_path / "cache", tmp_path / "key", "somebody else").load()
    with pytest.raises(DiskError):
        Disk(tmp_path / "cache", tmp_path / "other-key", "me").load()
    (tmp_path / "cache").write_bytes(b"")
    with pytest.raises(DiskError):
        Disk(tmp_path / "cache", tmp_path / "key", "me").load()


def test_keys_of_the_disk(tmp_path: Path) -> None:
    assert Disk(tmp_path / "none", tmp_path / "key", "me").load() == []
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(DiskError, match="chmod 600"):
        Disk(tmp_path / "none", tmp_path / "key", "me")
    (tmp_path / "short").touch(0o600)
    with pytest.raises(DiskError, match="32 bytes"):
        Disk(tmp_path / "none", tmp_path / "short", "me")
