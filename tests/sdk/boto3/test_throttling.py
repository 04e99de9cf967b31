"""Throttling: off unless the configuration or an account's own setting asks for AWS's numbers."""

from __future__ import annotations

import time
from pathlib import Path

from tests.sdk.raw import Answer, Error, Raw

from parastore.testing.server import Server

HIGH = "/ssm/parameter-store/high-throughput-enabled"


def puts(raw: Raw, count: int) -> list[Answer]:
    members = {"Name": "/a", "Value": "v", "Type": "String", "Overwrite": True}
    return [raw.call("PutParameter", members) for _ in range(count)]


def test_the_configuration_asks_for_quotas(data_folder: Path) -> None:
    with Server(data_folder, quotas="aws") as server:
        raw = Raw(server, server.new_account())
        refused = [each.error for each in puts(raw, 12) if each.status != 200]
        assert refused
        assert set(refused) == {Error("ThrottlingException", "message", "Rate exceeded")}
        assert raw.call("DescribeParameters", {}).status == 200
        assert puts(Raw(server, server.new_account()), 1)[0].status == 200
        time.sleep(1.2)
        assert puts(raw, 1)[0].status == 200


def test_an_account_with_high_throughput_is_limited_to_it(data_folder: Path) -> None:
    with Server(data_folder) as server:
        raw = Raw(server, server.new_account())
        assert all(each.status == 200 for each in puts(raw, 30))
        assert raw.call("UpdateServiceSetting", {"SettingId": HIGH, "SettingValue": "true"}).status == 200
        time.sleep(1.5)
        assert any(each.status != 200 for each in puts(raw, 30))
        assert raw.call("ResetServiceSetting", {"SettingId": HIGH}).status == 200
        time.sleep(1.5)
        assert all(each.status == 200 for each in puts(raw, 30))
