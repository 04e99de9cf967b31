"""parastore.cached over boto3."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from tests.conftest import Client, ClientFactory

import parastore
import parastore.caching
from parastore.caching import ParametersNotFound
from parastore.testing.server import Server


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(parastore.caching, "time", clock)
    return clock


@pytest.fixture
def calls(ssm: Client) -> Counter[str]:
    calls: Counter[str] = Counter()
    ssm.meta.events.register("before-call.ssm.*", lambda model, **_: calls.update([model.name]))
    return calls


def put(ssm: Client, name: str, value: str, **more: Any) -> None:
    ssm.put_parameter(Name=name, Value=value, Type="SecureString", **more)


def test_a_value_is_read_once_in_its_time(ssm: Client, calls: Counter[str], clock: Clock) -> None:
    put(ssm, "/c/a", "one")
    store = parastore.cached(ssm, ttl=60)
    assert [store.get("/c/a"), store.get("/c/a")] == ["one", "one"]
    put(ssm, "/c/a", "two", Overwrite=True)
    clock.now += 40
    assert store.get("/c/a") == "one"
    assert calls["GetParameters"] == 1
    clock.now += 20
    assert store.get("/c/a") == "two"
    put(ssm, "/c/a", "three", Overwrite=True)
    store.forget()
    assert store.get("/c/a") == "three"


def test_it_is_refreshed_before_its_time_is_over(ssm: Client, clock: Clock) -> None:
    put(ssm, "/c/a", "one")
    store = parastore.cached(ssm, ttl=60, refresh_ahead=0.5)
    store.get("/c/a")
    put(ssm, "/c/a", "two", Overwrite=True)
    clock.now += 30
    assert store.get("/c/a") == "one"  # at once, while it is refreshed
    for _ in range(100):
        if store.get("/c/a") == "two":
            break
        time.sleep(0.02)
    assert store.get("/c/a") == "two"


def test_many_and_paths_and_forms(ssm: Client, calls: Counter[str]) -> None:
    for number in range(12):
        put(ssm, f"/c/n{number}", str(number))
    ssm.put_parameter(Name="/c/list", Value="a,b", Type="StringList")
    ssm.put_parameter(Name="/c/json", Value='{"a": 1}', Type="String")
    store = parastore.cached(ssm)
    names = [*(f"/c/n{number}" for number in range(12)), "/c/n3:1"]
    assert list(store.get_many(names).items())[-2:] == [("/c/n11", "11"), ("/c/n3:1", "3")]
    assert calls["GetParameters"] == 2
    store.get_many(names)
    store.get("/c/n3")
    assert calls["GetParameters"] == 2
    assert store.get_list("/c/list") == ["a", "b"]
    assert store.get_json("/c/json") == {"a": 1}
    assert store.by_path("/c")["n11"] == "11"
    arn = ssm.get_parameter(Name="/c/n1")["Parameter"]["ARN"]
    assert store.get(arn) == "1"
    with pytest.raises(ParametersNotFound, match="/c/none, /c/n1:9"):
        store.get_many(["/c/n1", "/c/none", "/c/n1:9"])


def test_threads_share_one_call(ssm: Client, calls: Counter[str]) -> None:
    put(ssm, "/c/a", "one")
    store = parastore.cached(ssm)
    barrier = threading.Barrier(8)
    got = []

    def run() -> None:
        barrier.wait()
        got.append(store.get("/c/a"))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["one"] * 8
    assert calls["GetParameters"] == 1


def test_async(ssm: Client, calls: Counter[str]) -> None:
    put(ssm, "/c/a", "one")
    store = parastore.cached(ssm)

    async def run() -> list[Any]:
        return [*await asyncio.gather(*(store.aget("/c/a") for _ in range(5))), await store.aby_path("/c")]

    assert asyncio.run(run()) == ["one"] * 5 + [{"a": "one"}]
    assert calls == {"PutParameter": 1, "GetParameters": 1, "GetParametersByPath": 1}
    assert asyncio.run(store.aget_many(["/c/a"])) == {"/c/a": "one"}


def test_the_server_goes_away(tmp_path: Path, client_for: ClientFactory, clock: Clock) -> None:
    with Server(tmp_path / "data") as server:
        client = client_for(server, server.new_account())
        put(client, "/c/a", "one")
        store, strict = parastore.cached(client, ttl=60), parastore.cached(client, ttl=60, stale_if_error=False)
        for each in (store, strict):
            each.get("/c/a")
            each.by_path("/c")
        server.kill()
        clock.now += 1000
        assert store.get("/c/a") == "one"
        assert store.get_many(["/c/a"]) == {"/c/a": "one"}
        assert store.by_path("/c") == {"a": "one"}
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            store.get("/c/b")
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            strict.get("/c/a")


def test_an_answer_of_the_server_wins(ssm: Client, clock: Clock) -> None:
    put(ssm, "/c/a", "one")
    store = parastore.cached(ssm, ttl=60)
    store.get("/c/a")
    ssm.delete_parameter(Name="/c/a")
    clock.now += 60
    with pytest.raises(ParametersNotFound):
        store.get("/c/a")
