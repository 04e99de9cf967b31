"""The trail of several nodes: each writes a file of its own, and storage gets all lines once."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.conftest import Client, ClientFactory
from tests.nodes.conftest import NodeFactory

from parastore.audit import exported
from parastore.server.audit import export, verify


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
