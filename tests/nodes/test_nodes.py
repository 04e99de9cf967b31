"""Several nodes on one PostgreSQL: one installation, whichever is asked."""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from tests.conftest import Client, ClientFactory
from tests.events.receiver import Receiver
from tests.events.test_delivery import config
from tests.nodes.conftest import NodeFactory
from tests.properties.linear import Seen, is_linearizable

from parastore.server.check import findings
from parastore.testing.postgres import Postgres
from parastore.testing.server import Server


def test_of_nodes_that_start_at_once_one_makes_the_installation(tmp_path: Path, url: str) -> None:
    """All have the same root key, as an operator would hand it out before the first start."""
    with Server(tmp_path / "elsewhere") as other:
        key = other.folder / "root.key"
    servers = []
    for number in range(3):
        folder = tmp_path / f"node-{number}"
        folder.mkdir(mode=0o700)
        shutil.copy2(key, folder)
        servers.append(Server(folder, database=url))
    try:
        with concurrent.futures.ThreadPoolExecutor() as threads:
            for started in [threads.submit(server.start) for server in servers]:
                started.result()
        assert list(findings(servers[0].location)) == []
    finally:
        for server in servers:
            server.stop()


def test_a_node_without_the_root_key_is_told_what_to_do(node: NodeFactory, tmp_path: Path, url: str) -> None:
    node(1)
    stranger = Server(tmp_path / "stranger", database=url)
    with pytest.raises(RuntimeError, match=r"put a copy of another node's root.key there"):
        stranger.start()
    assert not (tmp_path / "stranger" / "root.key").exists()


def test_what_one_node_answered_every_other_knows(node: NodeFactory, client_for: ClientFactory) -> None:
    nodes = [node(number) for number in (1, 2, 3)]
    keys = nodes[0].new_account()
    clients = [client_for(each, keys) for each in nodes]
    for number in range(1, 31):
        writer, *readers = random.sample(clients, 3)
        answer = writer.put_parameter(Name="/a", Value=f"v{number}", Type="SecureString", Overwrite=True)
        assert answer["Version"] == number
        for reader in readers:
            found = reader.get_parameter(Name="/a", WithDecryption=True)["Parameter"]
            assert (found["Version"], found["Value"]) == (number, f"v{number}")
            (listed,) = reader.get_parameters_by_path(Path="/")["Parameters"]
            assert listed["Version"] == number
    assert list(findings(nodes[0].location)) == []


def test_an_access_key_ends_everywhere_at_once(node: NodeFactory, client_for: ClientFactory) -> None:
    from parastore.server.accounts import disable_root_key

    nodes = [node(number) for number in (1, 2)]
    keys = nodes[0].new_account()
    clients = [client_for(each, keys) for each in nodes]
    for client in clients:
        client.put_parameter(Name="/a", Value="v", Type="String", Overwrite=True)
    disable_root_key(nodes[0].location, keys.access_key_id)
    for client in clients:
        with pytest.raises(botocore.exceptions.ClientError, match="UnrecognizedClient"):
            client.get_parameter(Name="/a")


def test_clients_of_all_nodes_see_one_order(node: NodeFactory, client_for: ClientFactory) -> None:
    """And versions are consecutive; a node is killed on the way, whose clients then do not know what they did."""
    nodes = [node(number) for number in (1, 2, 3)]
    keys = nodes[0].new_account()
    names = ("/one", "/two")
    counter = itertools.count()

    def act(client: Client, number: int) -> dict[str, list[Seen]]:
        dice = random.Random(number)
        seen: dict[str, list[Seen]] = {name: [] for name in names}
        for _ in range(40):
            name, kind = dice.choice(names), dice.choice(("put", "put", "get", "get", "get"))
            value = str(next(counter))
            begin = time.monotonic()
            try:
                outcome = _once(client, kind, name, value)
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                assert number % 3 == 2, "only the killed node fails"
                if kind == "put":
                    seen[name].append(Seen(begin, float("inf"), "lost put", (0, value), number))
                break
            seen[name].append(Seen(begin, time.monotonic(), kind, outcome, number))
        return seen

    with concurrent.futures.ThreadPoolExecutor() as threads:
        clients = [client_for(nodes[number % 3], keys) for number in range(9)]
        running = [threads.submit(act, client, number) for number, client in enumerate(clients)]
        time.sleep(0.8)
        nodes[2].kill()
        results = [each.result() for each in running]
    last = client_for(nodes[0], keys)
    for name in names:
        history = [seen for result in results for seen in result[name]]
        known = {each.outcome[1]: each.outcome for each in history if each.outcome and each.kind != "lost put"}
        stored = [
            (each["Version"], each["Value"])
            for each in last.get_parameter_history(Name=name, MaxResults=50)["Parameters"]
        ]
        known |= {value: (version, value) for version, value in stored}
        # What was lost on its way to us either happened, and then somebody knows its version, or never did.
        settled = [each for each in history if each.kind != "lost put"]
        settled += [
            each._replace(kind="put", outcome=known[each.outcome[1]])
            for each in history
            if each.kind == "lost put" and each.outcome and each.outcome[1] in known
        ]
        assert is_linearizable(settled), sorted(settled)
    assert list(findings(nodes[0].location)) == []


def _once(client: Client, kind: str, name: str, value: str) -> tuple[int, str] | None:
    if kind == "put":
        return client.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)["Version"], value
    try:
        found: dict[str, Any] = client.get_parameter(Name=name)["Parameter"]
    except client.exceptions.ParameterNotFound:
        return None
    return found["Version"], found["Value"]


def test_each_event_is_delivered_once_and_another_node_takes_over(
    node: NodeFactory, client_for: ClientFactory, tmp_path: Path
) -> None:
    def told(receiver: Receiver) -> list[str]:
        return [json.loads(body)["detail"]["name"] for _, body in receiver.got]

    with Receiver() as receiver:
        file = config(tmp_path, receiver.url, timeout=10)
        nodes = [node(number, config=file) for number in (1, 2, 3)]
        keys = nodes[0].new_account()
        names = [f"/{number}" for number in range(30)]
        for number, name in enumerate(names[:20]):
            client_for(nodes[number % 3], keys).put_parameter(Name=name, Value="v", Type="String")
        wait(lambda: len(receiver.got) >= 20)
        nodes[0].kill()
        for number, name in enumerate(names[20:]):
            client_for(nodes[1 + number % 2], keys).put_parameter(Name=name, Value="v", Type="String")
        wait(lambda: len(set(told(receiver))) == 30)
        assert told(receiver)[:20] == names[:20]
        # Who is killed while it sends may have sent what it did not note.
        assert list(dict.fromkeys(told(receiver))) == names


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_database_restarts_under_a_node(postgres: Postgres, node: NodeFactory, client_for: ClientFactory) -> None:
    server = node(1)
    ssm = client_for(server, server.new_account(), retries=4)
    ssm.put_parameter(Name="/a", Value="v", Type="String")
    postgres.stop()
    postgres.start()
    assert ssm.get_parameter(Name="/a")["Parameter"]["Value"] == "v"
    assert ssm.put_parameter(Name="/a", Value="w", Type="String", Overwrite=True)["Version"] == 2
