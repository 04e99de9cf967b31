"""Advanced SecureStrings: their own ciphertext, read by whoever may decrypt, unreadable in the data folder."""

from __future__ import annotations

import base64

import pytest
from tests.conftest import Client
from tests.sdk.storage import query, stored_files

from parastore.ssm.rules import envelope
from parastore.testing.server import Keys, Server


@pytest.mark.parametrize("size", [5, 4096, 8192])
def test_put_and_get(ssm: Client, size: int) -> None:
    value = ("s3cr3t-" * 2000)[:size]
    ssm.put_parameter(Name="/a/b", Value=value, Type="SecureString", Tier="Advanced")
    assert ssm.get_parameter(Name="/a/b", WithDecryption=True)["Parameter"]["Value"] == value
    shown = ssm.get_parameter(Name="/a/b")["Parameter"]["Value"]
    assert shown.startswith("AYAD")
    assert value.encode() not in base64.b64decode(shown)
    by_path = ssm.get_parameters_by_path(Path="/a", WithDecryption=True)["Parameters"]
    assert [each["Value"] for each in by_path] == [value]


def test_an_upgrade_keeps_what_older_versions_are(ssm: Client) -> None:
    ssm.put_parameter(Name="a", Value="one", Type="SecureString")
    ssm.put_parameter(Name="a", Value="two", Tier="Advanced", Overwrite=True)
    encrypted = ssm.get_parameter_history(Name="a")["Parameters"]
    assert [each["Value"][:4] for each in encrypted] == ["AQIC", "AYAD"]
    history = ssm.get_parameter_history(Name="a", WithDecryption=True)["Parameters"]
    assert [each["Value"] for each in history] == ["one", "two"]


def test_nothing_of_it_is_readable_in_storage(server: Server, keys: Keys, ssm: Client) -> None:
    ssm.put_parameter(Name="a", Value="canary-of-the-advanced", Type="SecureString", Tier="Advanced")
    ((stored,),) = query(server, "SELECT value FROM parameter WHERE account = $1", keys.account)
    assert b"canary" not in stored
    assert b"PARAMETER_ARN" not in stored
    for file in stored_files(server):
        assert b"canary-of-the-advanced" not in file.read_bytes()


def test_the_data_key_begins_as_those_of_aws_do(ssm: Client) -> None:
    """[R] Encrypt's blobs begin with AQICAH, GenerateDataKey's with AQIDAH."""
    ssm.put_parameter(Name="a", Value="v", Type="SecureString", Tier="Advanced")
    message = envelope.read(base64.b64decode(ssm.get_parameter(Name="a")["Parameter"]["Value"]))
    assert base64.b64encode(message.data_key).startswith(b"AQIDAH")
