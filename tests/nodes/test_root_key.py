"""The root key of several nodes: each has its own root.key, and one node's change is every node's."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tests.nodes.conftest import NodeFactory
from tests.root_keys import program

from parastore.seal.secret import Secrets
from parastore.server import root_key
from parastore.server.check import findings
from parastore.server.settings import Settings
from parastore.testing.server import Server
from parastore.testing.wire import Wire


def until_answered(wire: Wire) -> int:
    """Seconds are given to a node to open by itself; the version that its write got."""
    end = time.monotonic() + 20
    while True:
        answer = wire.call("PutParameter", Name="/a", Value="v", Type="String", Overwrite=True)
        if answer.status == 200:
            version: int = answer.body["Version"]
            return version
        assert answer.status == 503, answer
        assert time.monotonic() < end
        time.sleep(0.1)


def test_with_a_file_other_nodes_are_sealed_until_they_have_the_new_one(node: NodeFactory) -> None:
    one, two = node(1), node(2)
    keys = one.new_account()
    first, second = Wire(one.port, keys), Wire(two.port, keys)
    assert [until_answered(wire) for wire in (first, second)] == [1, 2]
    root_key.rotate(one.location, Secrets())
    assert until_answered(first) == 3
    assert second.call("GetParameter", Name="/a").status == 503
    shutil.copy2(one.folder / "root.key", two.folder / "root.key")
    assert until_answered(second) == 4
    assert list(findings(two.location)) == []
    for wire in (first, second):
        wire.close()


def test_with_a_provider_other_nodes_go_on(node: NodeFactory, tmp_path: Path) -> None:
    """What they know of how it is reached holds for a newer root key too."""
    one, two = node(1), node(2)
    path = str(program(tmp_path / "program"))
    settings = Settings(
        data_dir=one.folder, database=one.location.database, root_key="command", root_key_command=(path,)
    )
    root_key.move(one.location, settings, Secrets())
    shutil.copy2(one.folder / "root.key", two.folder / "root.key")
    keys = one.new_account()
    wires = [Wire(each.port, keys) for each in (one, two)]
    for version in (1, 3, 5):
        assert [until_answered(wire) for wire in wires] == [version, version + 1]
        root_key.rotate((one if version == 1 else two).location, Secrets())
        assert [wire.call("GetParameter", Name="/a").status for wire in wires] == [200, 200]
    with Server(two.folder, database=one.location.database) as again:
        wire = Wire(again.port, keys)
        assert until_answered(wire) == 7
        wire.close()
    for wire in wires:
        wire.close()
