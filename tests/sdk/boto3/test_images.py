"""Data type aws:ec2:image: PutParameter answers before the AMI id is validated."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.settled import settled
from tests.sdk.storage import change, listen, query

from parastore.server.check import findings
from parastore.testing.server import Keys, Server

IMAGE = "aws:ec2:image"
KNOWN = "ami-0123456789abcdef0"


@pytest.fixture(autouse=True)
def _listening(server: Server) -> None:
    listen(server)


def put(ssm: Client, name: str, value: str, **members: Any) -> int:
    version: int = ssm.put_parameter(Name=name, Value=value, **({"Type": "String", "DataType": IMAGE} | members))[
        "Version"
    ]
    return version


def events(server: Server, keys: Keys) -> list[dict[str, Any]]:
    rows = query(server, "SELECT body FROM event WHERE account = $1 ORDER BY id", keys.account)
    return [json.loads(body)["detail"] for (body,) in rows]


def validated(server: Server) -> None:
    deadline = time.monotonic() + 60
    while query(server, "SELECT 1 FROM pending_parameter"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def refused(ssm: Client) -> str:
    """The name of a new parameter whose second put was refused: the first still waits. Mostly the first one tried."""
    for number in range(50):
        put(ssm, f"/ami/{number}", KNOWN)
        try:
            put(ssm, f"/ami/{number}", KNOWN, Overwrite=True, DataType="text")
        except ssm.exceptions.TooManyUpdates as error:
            assert error.response["Message"] == "The parameter is still being validated. Try again later."  # noqa: PT017
            return f"/ami/{number}"
    raise AssertionError("every AMI id was validated before the next put")


def test_success(server: Server, keys: Keys, ssm: Client) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    assert put(ssm, "/ami", KNOWN, Tags=tags, Description="d") == 1
    settled(ssm, "/ami")
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/ami")["TagList"] == tags
    assert events(server, keys) == [{"operation": "Create", "name": "/ami", "type": "String", "description": "d"}]


def test_failures_are_told_of_and_change_nothing(server: Server, keys: Keys, ssm: Client) -> None:
    put(ssm, "/new", "nonsense")
    validated(server)
    put(ssm, "/ami", KNOWN)
    settled(ssm, "/ami")
    assert ssm.put_parameter(Name="/ami", Value="ami-1", Overwrite=True)["Version"] == 2
    validated(server)
    assert ssm.get_parameters(Names=["/new", "/ami"])["InvalidParameters"] == ["/new"]
    assert ssm.get_parameter(Name="/ami")["Parameter"]["Value"] == KNOWN
    failed = {"type": "String", "exception": "Unable to Describe Resource", "dataType": IMAGE}
    assert events(server, keys) == [
        {"operation": "Create", "name": "/new"} | failed,
        {"operation": "Create", "name": "/ami", "type": "String"},
        {"operation": "Update", "name": "/ami"} | failed,
    ]


def test_a_second_put_is_refused_while_one_waits(ssm: Client) -> None:
    name = refused(ssm)
    settled(ssm, name)
    assert put(ssm, name, "v", Overwrite=True, DataType="text") == 2


def test_a_deletion_drops_what_waits(server: Server, ssm: Client) -> None:
    ssm.delete_parameter(Name=refused(ssm))
    validated(server)
    put(ssm, "/old", "v", DataType="text")
    put(ssm, "/old", KNOWN, Overwrite=True)
    ssm.delete_parameter(Name="/old")
    validated(server)
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/old")


def test_an_upgrade_is_counted_once_validated(server: Server, keys: Keys, ssm: Client) -> None:
    put(ssm, "/ami", KNOWN)
    settled(ssm, "/ami")
    put(ssm, "/ami", KNOWN, Tier="Advanced", Overwrite=True)
    settled(ssm, "/ami", 2)
    put(ssm, "/ami", "nonsense", Overwrite=True)
    validated(server)


def test_the_room_is_asked_for_again(server: Server, keys: Keys, ssm: Client) -> None:
    """Somebody else may take the last place while an AMI id waits."""
    counted = "UPDATE parameter_count SET count = $2 WHERE account = $1 AND tier = 'Standard'"
    put(ssm, "/first", "v", DataType="text")
    for number in range(1, 50):
        put(ssm, f"/ami/{number}", KNOWN)
        change(server, counted, keys.account, 10_000)
        validated(server)
        there = len(ssm.describe_parameters()["Parameters"])
        change(server, counted, keys.account, there)
        if there == number:
            break
    assert events(server, keys)[-1] == {
        "operation": "Create",
        "name": f"/ami/{number}",
        "type": "String",
        "exception": "ParameterLimitExceeded",
        "dataType": IMAGE,
    }


def test_two_workers_and_a_restart(data_folder: Path, tmp_path: Path, client_for: ClientFactory) -> None:
    file = tmp_path / "images"
    file.write_text(f"{KNOWN}\n")
    names = [f"/ami/{number}" for number in range(20)]
    with Server(data_folder, workers=2, ec2_images=file) as server:
        listen(server)
        keys = server.new_account()
        ssm = client_for(server, keys)
        put(ssm, "/unknown", "ami-12345678")
        for name in names:
            put(ssm, name, KNOWN)
    with Server(data_folder, workers=2, ec2_images=file) as server:
        validated(server)
        ssm = client_for(server, keys)
        found = ssm.get_parameters_by_path(Path="/", Recursive=True, MaxResults=10)["Parameters"]
        assert len(found) == 10
        told = events(server, keys)
        assert sorted(each["name"] for each in told) == sorted([*names, "/unknown"])
        assert [each["name"] for each in told if "exception" in each] == ["/unknown"]
    assert list(findings(server.location)) == []


def test_an_altered_row_is_found(data_folder: Path, client_for: ClientFactory) -> None:
    with Server(data_folder) as server:
        keys = server.new_account()
    # A running server would drop it.
    sql = "INSERT INTO pending_parameter (account, region, path, put_at, content) VALUES ($1, 'r', '/a', 1, $2)"
    change(server, sql, keys.account, b"x" * 40)
    assert any("to be validated" in str(each) for each in findings(server.location))
