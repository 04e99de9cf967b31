"""GetServiceSetting, UpdateServiceSetting, ResetServiceSetting, and the default tier's effect."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk.raw import Raw

from parastore.testing.server import Keys

TIER = "/ssm/parameter-store/default-parameter-tier"
HIGH = "/ssm/parameter-store/high-throughput-enabled"


def arn(keys: Keys, path: str = TIER, region: str = "us-east-1") -> str:
    return f"arn:aws:ssm:{region}:{keys.account}:servicesetting{path}"


def setting(ssm: Client, name: str) -> dict[str, Any]:
    return dict(ssm.get_service_setting(SettingId=name)["ServiceSetting"])


@pytest.mark.parametrize(("path", "default", "other"), [(TIER, "Standard", "Advanced"), (HIGH, "false", "true")])
@pytest.mark.parametrize("by_arn", [False, True])
def test_default_change_and_reset(ssm: Client, keys: Keys, path: str, default: str, other: str, by_arn: bool) -> None:
    name = arn(keys, path) if by_arn else path
    first = setting(ssm, name)
    del first["LastModifiedDate"]
    assert first == {
        "ARN": arn(keys, path),
        "LastModifiedUser": "System",
        "SettingId": path,
        "SettingValue": default,
        "Status": "Default",
    }
    ssm.update_service_setting(SettingId=name, SettingValue=default)
    ssm.update_service_setting(SettingId=name, SettingValue=other)
    changed = setting(ssm, name)
    assert (changed["SettingValue"], changed["Status"]) == (other, "Customized")
    assert changed["LastModifiedUser"] == f"arn:aws:iam::{keys.account}:root"
    assert ssm.reset_service_setting(SettingId=name)["ServiceSetting"]["Status"] == "Default"
    assert setting(ssm, name)["SettingValue"] == default


def test_update_answers_nothing(raw: Raw) -> None:
    assert raw.call("UpdateServiceSetting", {"SettingId": TIER, "SettingValue": "Advanced"}).body == b"{}"


def test_the_default_tier(ssm: Client) -> None:
    def put(name: str, value: str = "v", **members: Any) -> str:
        return str(ssm.put_parameter(Name=name, Value=value, Type="String", **members)["Tier"])

    assert put("/a") == "Standard"
    ssm.update_service_setting(SettingId=TIER, SettingValue="Advanced")
    assert put("/b") == "Advanced"
    assert put("/c", Tier="Standard") == "Standard"
    ssm.update_service_setting(SettingId=TIER, SettingValue="Intelligent-Tiering")
    assert [put("/d"), put("/e", "v" * 4097)] == ["Standard", "Advanced"]
    ssm.reset_service_setting(SettingId=TIER)
    assert [put("/f"), put("/b", Overwrite=True)] == ["Standard", "Advanced"]
