"""Reads that need not be of this moment, on a standby that really follows the primary."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory

from parastore.storage.postgres_replica import BEHIND
from parastore.testing.postgres import Postgres
from parastore.testing.server import Keys, Server

NAME = "/replica/value"


@pytest.fixture(scope="module")
def primary() -> Iterator[Postgres]:
    with Postgres() as started:
        yield started


@pytest.fixture(scope="module")
def server(primary: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Postgres]]:
    url = primary.create_database()
    with primary.standby() as standby:
        replica = url.replace(str(primary.folder), str(standby.folder))
        folder = tmp_path_factory.mktemp("node") / "data"
        with Server(folder, database=url, database_replica=replica) as started:
            yield started, standby


@pytest.fixture
def keys(server: tuple[Server, Postgres]) -> Keys:
    return server[0].new_account()


def eventually(client: Client) -> Client:
    """An SDK's own way to add a header: this is all that a program does."""
    client.meta.events.register(
        "before-sign.ssm", lambda request, **_: request.headers.add_header("x-parastore-consistency", "eventual")
    )
    return client


def wait_in_step(server: Server, wanted: bool) -> None:
    deadline = time.monotonic() + 30
    while f"parastore_replica_in_step {float(wanted)}" not in _metrics(server):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _metrics(server: Server) -> str:
    with urllib.request.urlopen(server.url + "/metrics") as answer:
        text: str = answer.read().decode()
        return text


def put(client: Client, value: str) -> None:
    client.put_parameter(Name=NAME, Value=value, Type="SecureString", Overwrite=True)


def get(client: Client) -> str:
    value: str = client.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"]
    return value


def stale(server: Server, standby: Postgres, strict: Client, loose: Client) -> None:
    """Bring about that the standby has not yet what the primary has, and the server reads it nevertheless."""
    for attempt in range(10):
        standby.sql("SELECT pg_wal_replay_resume()")
        wait_in_step(server, True)
        put(strict, f"old {attempt}")
        deadline = time.monotonic() + 10
        while get(loose) != f"old {attempt}":
            assert time.monotonic() < deadline
        standby.sql("SELECT pg_wal_replay_pause()")
        put(strict, f"new {attempt}")
        # The look of every second may just have found a standby that is too far behind, on a slow machine.
        if get(loose) == f"old {attempt}":
            assert get(strict) == f"new {attempt}"
            return
    raise AssertionError("the standby was never read")


def test_only_who_asks_for_it_reads_the_past_and_not_for_long(
    server: tuple[Server, Postgres], keys: Keys, client_for: ClientFactory
) -> None:
    node, standby = server
    strict, loose = client_for(node, keys), eventually(client_for(node, keys))
    try:
        stale(node, standby, strict, loose)
        put(loose, "newest")  # a write is a write
        deadline = time.monotonic() + BEHIND + 10
        while get(loose) != "newest":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        wait_in_step(node, False)
    finally:
        standby.sql("SELECT pg_wal_replay_resume()")
    wait_in_step(node, True)
    assert get(loose) == "newest"


def test_who_may_read_is_of_this_moment(server: tuple[Server, Postgres], keys: Keys, client_for: ClientFactory) -> None:
    node, standby = server
    strict, iam = client_for(node, keys), client_for(node, keys, service="iam")
    iam.create_user(UserName="reader")
    allowed = {"Effect": "Allow", "Action": ["ssm:GetParameter", "kms:Decrypt"], "Resource": "*"}
    policy: dict[str, Any] = {"Version": "2012-10-17", "Statement": [allowed]}
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    loose = eventually(client_for(node, Keys(keys.account, made["AccessKeyId"], made["SecretAccessKey"])))
    try:
        stale(node, standby, strict, loose)
        iam.delete_user_policy(UserName="reader", PolicyName="read")
        with pytest.raises(loose.exceptions.ClientError, match="AccessDenied"):
            get(loose)
    finally:
        standby.sql("SELECT pg_wal_replay_resume()")


def test_a_standby_that_is_gone_costs_no_answer(
    server: tuple[Server, Postgres], keys: Keys, client_for: ClientFactory
) -> None:
    node, standby = server
    loose = eventually(client_for(node, keys))
    put(loose, "kept")
    wait_in_step(node, True)
    standby.stop()
    try:
        for _ in range(20):
            assert get(loose) == "kept"
        wait_in_step(node, False)
    finally:
        standby.start()
    wait_in_step(node, True)
    assert get(loose) == "kept"


def test_a_replica_needs_a_primary(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="needs database"):
        Server(tmp_path / "data", database_replica="postgresql://localhost/parastore").start()
