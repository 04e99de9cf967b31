"""Tiers, the account's default tier, and parameter policies as they are kept and carried out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk.raw import Raw
from tests.sdk.storage import change, listen, query

from parastore.server.check import findings
from parastore.testing.server import Keys, Server

DEFAULT_TIER = "/ssm/parameter-store/default-parameter-tier"
DAY = 86_400_000


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def policy(kind: str, **attributes: str) -> dict[str, Any]:
    return {"Type": kind, "Version": "1.0", "Attributes": attributes}


def test_tiers_as_asked_for(ssm: Client) -> None:
    def put(name: str, **members: Any) -> str:
        tier: str = ssm.put_parameter(Name=name, Type="String", **members)["Tier"]
        return tier

    assert put("a", Value="v") == "Standard"
    assert put("b", Value="v", Tier="Advanced") == "Advanced"
    assert put("c", Value="v" * 4097, Tier="Intelligent-Tiering") == "Advanced"
    assert put("d", Value="v", Tier="Intelligent-Tiering") == "Standard"
    assert put("a", Value="v" * 8192, Tier="Advanced", Overwrite=True) == "Advanced"
    assert put("b", Value="w", Overwrite=True) == "Advanced"
    listed = ssm.describe_parameters(ParameterFilters=[{"Key": "Tier", "Values": ["Advanced"]}])["Parameters"]
    assert [each["Name"] for each in listed] == ["a", "b", "c"]
    history = ssm.get_parameter_history(Name="a")["Parameters"]
    assert [each["Tier"] for each in history] == ["Standard", "Advanced"]
    assert ssm.get_parameter(Name="a")["Parameter"]["Value"] == "v" * 8192


def test_no_way_back_to_standard(ssm: Client) -> None:
    ssm.put_parameter(Name="a", Value="v", Type="String", Tier="Advanced")
    with pytest.raises(ssm.exceptions.ClientError) as caught:
        ssm.put_parameter(Name="a", Value="v", Tier="Standard", Overwrite=True)
    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
        "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter "
        "and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 "
        "characters.",
    }


def test_ten_thousand_standard_parameters(server: Server, keys: Keys, ssm: Client) -> None:
    ssm.put_parameter(Name="/first", Value="v", Type="String")
    change(server, "UPDATE parameter_count SET count = 10000 WHERE account = $1", keys.account)
    with pytest.raises(ssm.exceptions.ParameterLimitExceeded):
        ssm.put_parameter(Name="/one-more", Value="v", Type="String")
    assert ssm.put_parameter(Name="/first", Value="w", Overwrite=True)["Version"] == 2
    answer = ssm.put_parameter(Name="/one-more", Value="v", Type="String", Tier="Intelligent-Tiering")
    assert answer["Tier"] == "Advanced"
    change(server, "UPDATE parameter_count SET count = 1 WHERE account = $1 AND tier = 'Standard'", keys.account)


def test_the_default_tier_is_a_setting(raw: Raw, keys: Keys) -> None:
    arn = f"arn:aws:ssm:us-east-1:{keys.account}:servicesetting{DEFAULT_TIER}"
    initial = raw.call("GetServiceSetting", {"SettingId": DEFAULT_TIER}).json["ServiceSetting"]
    assert {key: value for key, value in initial.items() if key != "LastModifiedDate"} == {
        "ARN": arn, "LastModifiedUser": "System", "SettingId": DEFAULT_TIER, "SettingValue": "Standard",
        "Status": "Default",
    }  # fmt: skip
    update = {"SettingId": arn, "SettingValue": "Advanced"}
    assert raw.call("UpdateServiceSetting", update).body == b"{}"
    changed = raw.call("GetServiceSetting", {"SettingId": DEFAULT_TIER}).json["ServiceSetting"]
    assert (changed["SettingValue"], changed["Status"]) == ("Advanced", "Customized")
    assert changed["LastModifiedUser"] == f"arn:aws:iam::{keys.account}:root"
    put = {"Name": "a", "Value": "v", "Type": "String"}
    assert raw.call("PutParameter", put).json["Tier"] == "Advanced"
    assert raw.call("PutParameter", put | {"Name": "b", "Tier": "Standard"}).json["Tier"] == "Standard"
    reset = raw.call("ResetServiceSetting", {"SettingId": DEFAULT_TIER}).json["ServiceSetting"]
    assert (reset["SettingValue"], reset["Status"]) == ("Standard", "Default")
    assert raw.call("PutParameter", put | {"Name": "c"}).json["Tier"] == "Standard"


def test_settings_there_are_not(raw: Raw, keys: Keys) -> None:
    for setting in ("/ssm/automation/customer-script-log-destination", "x"):
        assert raw.call("GetServiceSetting", {"SettingId": setting}).error.code == "ServiceSettingNotFound"
    wrong = raw.call("UpdateServiceSetting", {"SettingId": DEFAULT_TIER, "SettingValue": "Gold"})
    assert wrong.error.code == "ValidationException"
    foreign = raw.call("GetServiceSetting", {"SettingId": f"arn:aws:ssm:us-east-1:1{'0' * 11}:servicesetting/x/y"})
    assert foreign.error.code == "AccessDeniedException"


def test_policies_are_kept_replaced_and_cleared(ssm: Client) -> None:
    expires = policy("Expiration", Timestamp="2090-12-02T21:34:33.000Z")
    warns = policy("ExpirationNotification", Before="15", Unit="Days")

    def put(**members: Any) -> None:
        ssm.put_parameter(Name="a", Value="v", Type="String", Overwrite=True, **members)

    def shown() -> list[dict[str, str]]:
        found: list[dict[str, str]] = ssm.describe_parameters()["Parameters"][0]["Policies"]
        return found

    put(Tier="Advanced", Policies=json.dumps([expires, warns]))
    assert shown() == [
        {
            "PolicyText": '{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2090-12-02T21:34:33.000Z"}}',
            "PolicyType": "Expiration",
            "PolicyStatus": "Pending",
        },
        {
            "PolicyText": json.dumps(warns, separators=(",", ":")),
            "PolicyType": "ExpirationNotification",
            "PolicyStatus": "Pending",
        },
    ]
    put()
    assert len(shown()) == 2
    put(Policies="[{}]")
    assert shown() == []
    history = ssm.get_parameter_history(Name="a")["Parameters"]
    assert [[each["PolicyType"] for each in entry["Policies"]] for entry in history] == [
        ["Expiration", "ExpirationNotification"],
        ["Expiration", "ExpirationNotification"],
        [],
    ]
    assert "PolicyStatus" not in history[0]["Policies"][0]


class Clocked:
    """A server whose clock is moved, with two workers."""

    def __init__(self, folder: Path) -> None:
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.server = Server(folder / "data", clock=self.clock, workers=2, event_retention=30 * 86400)

    def ahead(self, milliseconds: int) -> None:
        self.clock.write_text(str(milliseconds))


@pytest.fixture
def clocked(tmp_path: Path) -> Iterator[Clocked]:
    made = Clocked(tmp_path)
    with made.server:
        listen(made.server)
        yield made
    assert list(findings(made.server.location)) == []


def policy_events(server: Server) -> list[dict[str, Any]]:
    bodies = [json.loads(body) for (body,) in query(server, "SELECT body FROM event ORDER BY id")]
    return [each for each in bodies if each["detail-type"] == "Parameter Store Policy Action"]


def wait_for(server: Server, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 15
    while len(found := policy_events(server)) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.5)  # the other worker's turn: it must find nothing left
    found = policy_events(server)
    assert len(found) == count
    return found


def test_policies_are_carried_out_once(clocked: Clocked, client_for: Any) -> None:
    server = clocked.server
    keys = server.new_account()
    ssm = client_for(server, keys)
    moment = datetime.now(UTC) + timedelta(days=10)
    expires = policy("Expiration", Timestamp=iso(moment))
    warns = policy("ExpirationNotification", Before="5", Unit="Days")
    nudges = policy("NoChangeNotification", After="2", Unit="Days")
    ssm.put_parameter(
        Name="/a", Value="v", Type="String", Tier="Advanced", Policies=json.dumps([expires, warns, nudges])
    )
    ssm.put_parameter(Name="/b", Value="v", Type="String", Tier="Advanced", Policies=json.dumps([nudges]))
    clocked.ahead(3 * DAY)
    told = wait_for(server, 2)
    assert {each["detail"]["parameter-name"] for each in told} == {"/a", "/b"}
    assert told[0]["detail"]["policy-type"] == "NoChangeNotification"
    assert json.loads(told[0]["detail"]["policy-content"]) == nudges
    clocked.ahead(6 * DAY)
    assert wait_for(server, 3)[2]["detail"]["policy-type"] == "ExpirationNotification"
    # What is due while nobody serves is done by whoever serves next.
    server.stop()
    clocked.ahead(11 * DAY)
    server.start()
    last = wait_for(server, 4)[3]
    assert last["detail"] == {
        "policy-type": "Expiration", "parameter-name": "/a", "parameter-type": "String", "action-status": "SUCCESS",
        "policy-content": json.dumps(expires, separators=(",", ":")),
    }  # fmt: skip
    left = query(server, "SELECT path FROM parameter WHERE account = $1", keys.account)
    assert left == [("/b",)]
    bodies = [json.loads(body) for (body,) in query(server, "SELECT body FROM event ORDER BY id")]
    assert [each["detail"]["operation"] for each in bodies if "operation" in each["detail"]] == [
        "Create", "Create", "Delete",
    ]  # fmt: skip


def test_a_change_restarts_the_wait_for_changes_only(clocked: Clocked, client_for: Any) -> None:
    server = clocked.server
    keys = server.new_account()
    ssm = client_for(server, keys)
    expires = policy("Expiration", Timestamp=iso(datetime.now(UTC) + timedelta(days=3)))
    nudges = policy("NoChangeNotification", After="2", Unit="Days")
    ssm.put_parameter(Name="/a", Value="v", Type="String", Tier="Advanced", Policies=json.dumps([expires, nudges]))
    before = dict(query(server, "SELECT type, due_at FROM parameter_policy"))
    time.sleep(0.01)
    ssm.put_parameter(Name="/a", Value="w", Overwrite=True)
    after = dict(query(server, "SELECT type, due_at FROM parameter_policy"))
    assert after["Expiration"] == before["Expiration"]
    assert after["NoChangeNotification"] > before["NoChangeNotification"]
