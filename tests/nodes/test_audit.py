"""The trail of several nodes: each writes a file of its own, and storage gets all lines once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.conftest import Client, ClientFactory
from tests.nodes.conftest import NodeFactory

from parastore.audit import exported
from parastore.server.audit import export, verify
from parastore.server.location import DatabaseUrl, Location
from parastore.testing.server import Server


def recorded(lookups: Client, name: str, count: int) -> list[dict[str, Any]]:
    """The events of a parameter, once there are so many or ten seconds have passed."""
    until = time.monotonic() + 10
    attribute = {"AttributeKey": "ResourceName", "AttributeValue": name}
    while True:
        found = lookups.lookup_events(LookupAttributes=[attribute])["Events"]
        if len(found) >= count or time.monotonic() > until:
            return [json.loads(each["CloudTrailEvent"]) for each in found]
        time.sleep(0.2)


def test_every_node_shows_the_calls_of_all(node: NodeFactory, client_for: ClientFactory, tmp_path: Path) -> None:
    first, second = node(1), node(2)
    keys = first.new_account()
    one, other = client_for(first, keys), client_for(second, keys)
    one.put_parameter(Name="/a", Value="v", Type="String")
    one.get_parameter(Name="/a")
    other.get_parameter(Name="/a")

    for server in (first, second):
        found = recorded(client_for(server, keys, service="cloudtrail"), "/a", 3)
        assert [each["eventName"] for each in found].count("GetParameter") == 2
        assert len({each["eventID"] for each in found}) == len(found) == 3

    one.get_parameter(Name="/a")
    first.kill()
    assert verify(second.location).broken == []
    first.start(60)  # it sends what it had not sent
    found = recorded(client_for(second, keys, service="cloudtrail"), "/a", 4)
    assert len({each["eventID"] for each in found}) == len(found) == 4
    assert verify(second.location).broken == []
    assert export(second.location, tmp_path / "exported").broken == []
    assert exported.check(tmp_path / "exported").broken == []


def test_a_file_that_storage_has_does_not_stay(tmp_path: Path, url: str, client_for: ClientFactory) -> None:
    """The folder of a node may be in memory, and small: see the Helm chart."""
    with Server(tmp_path / "node", database=url, audit_file_bytes=4096) as server:
        account = server.new_account()
        client = client_for(server, account)
        client.put_parameter(Name="/a", Value="v", Type="String")
        largest = 0
        for turn in range(8):  # seconds; each gives some fifty times what a file may hold
            for _ in range(200):
                client.get_parameter(Name="/a")
            largest = max(largest, sum(each.stat().st_size for each in (tmp_path / "node" / "audit").iterdir()))
            time.sleep(max(0.0, 1 - turn % 2))
        assert largest < 1 << 20
        until = time.monotonic() + 10
        while len(names := [each.name for each in (tmp_path / "node" / "audit").iterdir()]) > 2:
            assert time.monotonic() < until, names
            time.sleep(0.2)
    assert verify(server.location).broken == []
    assert verify(server.location).lines > 8 * 200


def test_a_trail_goes_with_the_data(tmp_path: Path, url: str, client_for: ClientFactory) -> None:
    """From a folder to PostgreSQL and back: no line is missed, and all of it is looked up where it is now."""
    with Server(tmp_path / "data") as server:
        account = server.new_account()
        client = client_for(server, account)
        client.put_parameter(Name="/a", Value="v", Type="String")
        for _ in range(250):
            client.get_parameter(Name="/a")
        server.kill()  # its last file is not closed
        server.start()
    node = tmp_path / "node"
    node.mkdir(mode=0o700)
    shutil.copy2(tmp_path / "data" / "root.key", node)
    before = verify(Location(tmp_path / "data"))
    assert before.broken == []
    words = [sys.executable, "-m", "parastore", "migrate"]
    subprocess.run([*words, "--from", f"sqlite:{tmp_path / 'data'}", "--to", url], check=True, capture_output=True)
    moved = verify(Location(node, DatabaseUrl(url)))
    assert (moved.broken, moved.lines) == ([], before.lines + 1)  # and that of the move
    with Server(node, database=url) as server:
        assert len(recorded(client_for(server, account, service="cloudtrail"), "/a", 50)) == 50
    assert verify(server.location).broken == []

    back = tmp_path / "back"
    back.mkdir(mode=0o700)
    shutil.copy2(node / "root.key", back)
    lines = verify(server.location).lines
    subprocess.run([*words, "--from", url, "--to", f"sqlite:{back}"], check=True, capture_output=True)
    assert (verify(Location(back)).broken, verify(Location(back)).lines) == ([], lines + 1)
    with Server(back) as server:
        assert len(recorded(client_for(server, account, service="cloudtrail"), "/a", 50)) == 50
    assert verify(Location(back)).broken == []
    assert export(Location(back), tmp_path / "exported").broken == []
    assert exported.check(tmp_path / "exported").broken == []


def test_a_restored_trail_is_whole(tmp_path: Path, url: str, client_for: ClientFactory) -> None:
    with Server(tmp_path / "data") as server:
        account = server.new_account()
        client = client_for(server, account)
        client.put_parameter(Name="/a", Value="v", Type="String")
        client.get_parameter(Name="/a")
    words = [sys.executable, "-m", "parastore"]
    file = tmp_path / "backup"
    subprocess.run([*words, "backup", "--data-dir", str(server.folder), str(file)], check=True, capture_output=True)
    node = tmp_path / "node"
    node.mkdir(mode=0o700)
    shutil.copy2(server.folder / "root.key", node)
    restore = [*words, "restore", "--data-dir", str(node), "--database", url, str(file)]
    subprocess.run(restore, check=True, capture_output=True)
    where = Location(node, DatabaseUrl(url))
    assert verify(where).broken == []
    with Server(node, database=url) as restored:
        client_for(restored, account).get_parameter(Name="/a")
        assert len(recorded(client_for(restored, account, service="cloudtrail"), "/a", 2)) == 2
    assert verify(where).broken == []
