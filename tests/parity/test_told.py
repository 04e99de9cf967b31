"""What is told of Parameter Store elsewhere, compared whole with what AWS was recorded to tell: events and records."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.folders import ACCOUNT, REGION, in_folder, make_folder
from tests.sdk.storage import listen, query

from parastore.events import store
from parastore.ssm.operations.expire import carry_out_policies
from parastore.testing.server import Keys, Server

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def events(server: Server, account: str) -> list[dict[str, Any]]:
    rows = query(server, "SELECT body FROM event WHERE account = $1 ORDER BY id", account)
    return [json.loads(body) for (body,) in rows]


def test_the_events_of_changes(server: Server, keys: Keys, ssm: Client) -> None:
    """[R] the envelope whole; description only where there is one; an event for each label."""
    listen(server)
    ssm.put_parameter(Name="/a", Value="v", Type="String", Description="what it is")
    ssm.put_parameter(Name="/a", Value="w", Type="SecureString", Overwrite=True, Description="")
    ssm.label_parameter_version(Name="/a", Labels=["x", "y"])
    ssm.label_parameter_version(Name="/a", Labels=["x"], ParameterVersion=1)
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId="/a", Tags=[{"Key": "k", "Value": "v"}])
    ssm.delete_parameters(Names=["/a"])
    told = events(server, keys.account)
    for each in told:
        assert len(each.pop("id")) == 36
        at = datetime.fromisoformat(each.pop("time"))  # to the second, in UTC
        assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)
    label = {"operation": "LabelParameterVersion", "name": "/a", "type": "SecureString"}
    assert [each.pop("detail") for each in told] == [
        {"operation": "Create", "name": "/a", "type": "String", "description": "what it is"},
        {"operation": "Update", "name": "/a", "type": "SecureString"},
        {**label, "label": "x", "fromVersion": "", "toVersion": "2"},
        {**label, "label": "y", "fromVersion": "", "toVersion": "2"},
        {**label, "label": "x", "fromVersion": "2", "toVersion": "1"},
        {"operation": "Delete", "name": "/a", "type": "SecureString"},
    ]
    assert told == [
        {
            "version": "0",
            "detail-type": "Parameter Store Change",
            "source": "aws.ssm",
            "account": keys.account,
            "region": "us-east-1",
            "resources": [f"arn:aws:ssm:us-east-1:{keys.account}:parameter/a"],
        }
    ] * len(told)


def test_the_events_of_policies(tmp_path: Path) -> None:
    """[R] the schema: what was carried out, and the policy as a text."""
    folder = tmp_path / "data"
    make_folder(folder)

    async def work(opened: Any) -> tuple[list[Any], list[str]]:
        at = datetime.fromtimestamp(opened.now / 1000, UTC) + timedelta(days=3)
        given = [
            {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": at.isoformat()}},
            {"Type": "ExpirationNotification", "Version": "1.0", "Attributes": {"Before": "2", "Unit": "Days"}},
            {"Type": "NoChangeNotification", "Version": "1.0", "Attributes": {"After": "1", "Unit": "Hours"}},
        ]
        await opened.engine.write(lambda tx: store.register(tx, "test"))
        await opened.put("/a", "v", "StringList", Tier="Advanced", Policies=json.dumps(given))
        for days in (1.5, 4):
            await carry_out_policies(opened.engine, opened.ring, opened.now + int(days * 86_400_000))
        rows = await opened.engine.read().fetch_all("SELECT body FROM event ORDER BY id")
        return [json.loads(body) for (body,) in rows], [json.dumps(each, separators=(",", ":")) for each in given]

    told, texts = in_folder(folder, work)
    actions = [each for each in told if each["detail-type"] == "Parameter Store Policy Action"]
    assert sorted((each["detail"] for each in actions), key=str) == sorted(
        (
            {
                "policy-type": kind,
                "parameter-name": "/a",
                "parameter-type": "StringList",
                "action-status": "SUCCESS",
                "policy-content": text,
            }
            for kind, text in zip(("Expiration", "ExpirationNotification", "NoChangeNotification"), texts, strict=True)
        ),
        key=str,
    )
    assert {json.dumps(each["resources"]) for each in actions} == {
        json.dumps([f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a"])
    }
    assert [each["detail"]["operation"] for each in told if each["detail-type"] == "Parameter Store Change"] == [
        "Create",
        "Delete",
    ]


@pytest.fixture
def records(server: Server, keys: Keys, ssm: Client, client_for: ClientFactory) -> dict[str, dict[str, Any]]:
    """The last record of each kind of call, by a name of its own."""
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "put": ("put_parameter", {
            "Name": "/a", "Value": "a-value", "Type": "String", "Description": "d", "Tier": "Standard",
            "DataType": "text", "AllowedPattern": ".*", "Tags": [{"Key": "k", "Value": "v"}],
        }),
        "get": ("get_parameter", {"Name": "/a:1", "WithDecryption": True}),
        "list": ("get_parameters_by_path", {
            "Path": "/", "Recursive": True, "ParameterFilters": [{"Key": "Type", "Values": ["String"]}],
        }),
        "describe": ("describe_parameters", {"MaxResults": 5}),
        "none": ("get_parameter", {"Name": "/none"}),
        "malformed": ("get_parameter", {"Name": "a b"}),
        "limit": ("put_parameter", {"Name": "/a", "Value": "", "Type": "String"}),
        "delete": ("delete_parameter", {"Name": "/a"}),
    }  # fmt: skip
    ssm.meta.config.parameter_validation = False
    ids = {}
    for name, (operation, members) in calls.items():
        try:
            answer = getattr(ssm, operation)(**members)
        except ssm.exceptions.ClientError as error:
            answer = error.response
        ids[answer["ResponseMetadata"]["RequestId"]] = name
    found = {}
    for event in client_for(server, keys, service="cloudtrail").lookup_events()["Events"]:
        record = json.loads(event["CloudTrailEvent"])
        with contextlib.suppress(KeyError):
            found[ids[record["requestID"]]] = record
    return found


def test_the_records_of_calls(records: dict[str, dict[str, Any]], keys: Keys) -> None:
    """[R]"""
    named = [{"ARN": f"arn:aws:ssm:us-east-1:{keys.account}:parameter/a", "accountId": keys.account}]
    assert all(
        (each["eventVersion"], each["eventSource"], each["eventType"], each["eventCategory"], each["managementEvent"])
        == ("1.11", "ssm.amazonaws.com", "AwsApiCall", "Management", True)
        for each in records.values()
    )
    put, get, listed, described = (records[name] for name in ("put", "get", "list", "describe"))
    assert put["requestParameters"] == {
        "name": "/a", "description": "d", "value": HIDDEN, "type": "String", "allowedPattern": ".*",
        "tags": [{"key": "k", "value": "v"}], "tier": "Standard", "dataType": "text",
    }  # fmt: skip
    assert (put["responseElements"], put["readOnly"], put["resources"]) == (
        {"tier": "Standard", "version": 1}, False, named,
    )  # fmt: skip
    assert get["requestParameters"] == {"name": "/a:1", "withDecryption": True}
    assert (get["responseElements"], get["readOnly"], get["resources"]) == (None, True, named)
    assert listed["requestParameters"] == {
        "path": "/", "recursive": True, "parameterFilters": [{"key": "Type", "values": ["String"]}],
    }  # fmt: skip
    assert (described["requestParameters"], described["readOnly"]) == ({"maxResults": 5}, True)
    assert "resources" not in described
    assert (records["delete"]["readOnly"], records["delete"]["responseElements"]) == (False, None)


def test_the_records_of_refusals(records: dict[str, dict[str, Any]]) -> None:
    """[R] broken limits have code and text and not what was asked; what an operation itself says has no code."""
    limit = records["limit"]
    assert limit["errorCode"] == "ValidationException"
    assert limit["errorMessage"].startswith("1 validation error detected: Value at 'value' failed")
    assert (limit["requestParameters"], limit["responseElements"]) == (None, None)
    assert "errorCode" not in records["none"]
    assert records["none"]["requestParameters"] == {"name": "/none"}
    assert records["malformed"]["errorCode"] == "ValidationException"
    assert records["malformed"]["requestParameters"] is None
