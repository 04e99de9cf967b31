"""`parastore key`: which values need which key, and another key for them, while a server runs on the data."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Shell
from tests.conftest import Client, ClientFactory
from tests.folders import check, place

from parastore.server.keys import Moved, reencrypt, usage
from parastore.testing.server import Keys, Server


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Shell:
    return Shell(tmp_path, place(server.folder))


@pytest.fixture
def kms(server: Server, keys: Keys, client_for: ClientFactory) -> Client:
    return client_for(server, keys, service="kms")


def arn_of(keys: Keys, name: str) -> str:
    return f"arn:aws:ssm:us-east-1:{keys.account}:parameter/{name}"


def test_usage(shell: Shell, kms: Client, ssm: Client, keys: Keys) -> None:
    key = kms.create_key()["KeyMetadata"]
    for tier in ("Standard", "Advanced"):
        for _ in range(2):
            ssm.put_parameter(
                Name=f"/app/{tier}", Value="v", Type="SecureString", KeyId=key["KeyId"], Tier=tier, Overwrite=True
            )
    ssm.put_parameter(Name="/app/plain", Value="v", Type="String")
    kms.schedule_key_deletion(KeyId=key["KeyId"])

    found = json.loads(shell.run("key", "usage", "--json").out)["Keys"]
    (entry,) = [each for each in found if each["Arn"] == key["Arn"]]
    assert (entry["KeyState"], entry["Parameters"], entry["Versions"]) == ("PendingDeletion", 2, 4)
    assert entry["ParameterArns"] == [arn_of(keys, "app/Advanced"), arn_of(keys, "app/Standard")]
    ended = shell.run("key", "usage", "--parameters")
    assert f"{key['Arn']}  PendingDeletion on {entry['DeletionDate'][:10]}  2 parameters" in ended.out
    assert f"  {arn_of(keys, 'app/Standard')}" in ended.out
    assert "warning: 2 parameters will be lost" in ended.err


def test_another_key_while_the_server_runs(
    server: Server, shell: Shell, kms: Client, ssm: Client, keys: Keys, client_for: ClientFactory
) -> None:
    for number in range(8):
        tier = "Advanced" if number % 2 else "Standard"
        for turn in range(3):
            ssm.put_parameter(
                Name=f"/app/{number}", Value=f"{number}.{turn}", Type="SecureString", Tier=tier, Overwrite=True
            )
    ssm.put_parameter(Name="/apple", Value="not below", Type="SecureString")
    ssm.label_parameter_version(Name="/app/1", ParameterVersion=2, Labels=["live"])
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/new", TargetKeyId=key["KeyId"])
    before = ssm.get_parameter_history(Name="/app/1", WithDecryption=True)["Parameters"]
    stop, wrong = threading.Event(), list[Any]()

    def read() -> None:
        client = client_for(server, keys)
        while not stop.is_set():
            found = client.get_parameters_by_path(Path="/app", WithDecryption=True)["Parameters"]
            wrong.extend(each for each in found if each["Value"] != f"{each['Name'].rpartition('/')[2]}.2")

    reader = threading.Thread(target=read)
    reader.start()
    command = ("key", "reencrypt", "/app", "--key-id", "alias/new", "--account", keys.account, "--region", "us-east-1")
    ended = shell.run(*command)
    stop.set()
    reader.join()
    assert (ended.code, wrong) == (0, [])
    assert ended.out == "24 of 24 versions below /app got the key alias/new; the others had it\n"

    after = ssm.get_parameter_history(Name="/app/1", WithDecryption=True)["Parameters"]
    assert [{**each, "KeyId": "alias/new"} for each in before] == after
    kms.disable_key(KeyId=kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyId"])
    with pytest.raises(ssm.exceptions.InvalidKeyId):
        ssm.get_parameter(Name="/app/0:1", WithDecryption=True)
    kms.enable_key(KeyId=key["KeyId"])
    assert ssm.get_parameter(Name="/apple", WithDecryption=True)["Parameter"]["Value"] == "not below"
    again = shell.run(*command)
    assert again.out.startswith("0 of 24 versions")
    bare = shell.run(*command[:2], "app", *command[3:])  # as a name without a hierarchy is written
    assert bare.out.startswith("0 of 24 versions")
    refused = shell.run(*command[:4], "alias/none", *command[5:])
    assert refused.code == 2
    assert "alias/none is not found" in refused.err


def test_an_interrupted_run_goes_on(server: Server, kms: Client, ssm: Client, keys: Keys) -> None:
    for number in range(110):
        ssm.put_parameter(Name=f"/many/{number}", Value="v", Type="SecureString")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]

    def interrupt(done: Moved) -> None:
        raise KeyboardInterrupt

    where = server.location
    with pytest.raises(KeyboardInterrupt):
        reencrypt(where, keys.account, "us-east-1", "/many", key_id, interrupt)
    (part,) = [each.versions for each in usage(where) if each.key_id == key_id]
    assert 0 < part < 110
    assert reencrypt(where, keys.account, "us-east-1", "/many", key_id, lambda _: None) == Moved(110, 110 - part)
    found = ssm.get_parameters_by_path(Path="/many", WithDecryption=True)["Parameters"]
    assert {each["Value"] for each in found} == {"v"}
    assert check(server.folder) == []
