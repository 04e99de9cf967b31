"""Secrets Manager references, with moto's Secrets Manager as the peer."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import botocore.session
import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Raw

from parastore.testing.server import Keys, Server

PREFIX = "/aws/reference/secretsmanager/"
ANY_KEY = {"AWS_ACCESS_KEY_ID": "AKIAPEERPEERPEERPEER", "AWS_SECRET_ACCESS_KEY": "secret-of-the-peer"}
SYNTAX = "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>"


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def secrets(peer: str) -> Iterator[Client]:
    client = botocore.session.Session().create_client(
        "secretsmanager",
        region_name="us-east-1",
        endpoint_url=peer,
        aws_access_key_id="AKIAPEERPEERPEERPEER",
        aws_secret_access_key="secret-of-the-peer",
    )
    yield client
    client.close()


@pytest.fixture(scope="module")
def referring(peer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with (
        patch.dict(os.environ, ANY_KEY),
        Server(tmp_path_factory.mktemp("referring") / "data", secretsmanager_endpoint_url=peer) as server,
    ):
        yield server
        assert [entry for entry in server.log if entry.get("level") in ("error", "raw")] == []


@pytest.fixture
def raw(referring: Server) -> Raw:
    return Raw(referring, referring.new_account())


def get(raw: Raw, name: str, decrypt: bool = True) -> Any:
    return raw.call("GetParameter", {"Name": name, "WithDecryption": decrypt})


@pytest.mark.parametrize("slash", ["/", ""])
def test_a_secret(raw: Raw, secrets: Client, slash: str) -> None:
    made = secrets.create_secret(Name=f"app/{'a' if slash else 'b'}", SecretString="it's=<secret>")
    name = f"{slash}{PREFIX[1:]}{made['Name']}"
    found = get(raw, name).json["Parameter"]
    described = secrets.get_secret_value(SecretId=made["Name"])
    source = found.pop("SourceResult")
    assert abs(found.pop("LastModifiedDate") - described["CreatedDate"].timestamp()) < 1
    assert found == {
        "ARN": made["ARN"],
        "Name": name,
        "Type": "SecureString",
        "Value": "it's=<secret>",
        "Version": 0,
    }
    assert "it\\u0027s\\u003d\\u003csecret\\u003e" in source
    told = json.loads(source)
    assert list(told) == ["ARN", "name", "versionId", "secretString", "versionStages", "createdDate"]
    assert (told["name"], told["versionStages"]) == (made["Name"], ["AWSCURRENT"])
    assert re.fullmatch(r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M", told["createdDate"])


def test_versions_and_stages(raw: Raw, secrets: Client) -> None:
    first = secrets.create_secret(Name="app/turning", SecretString="one")["VersionId"]
    secrets.put_secret_value(SecretId="app/turning", SecretString="two")
    for selector, value in ((f":{first}", "one"), (":AWSPREVIOUS", "one"), (":AWSCURRENT", "two"), ("", "two")):
        found = get(raw, f"{PREFIX}app/turning{selector}").json["Parameter"]
        assert found["Value"] == value
        assert found.get("Selector", "") == selector


def test_a_binary_secret_has_no_value(raw: Raw, secrets: Client) -> None:
    secrets.create_secret(Name="app/binary", SecretBinary=b"\x00\x01")
    found = get(raw, f"{PREFIX}app/binary").json["Parameter"]
    assert "Value" not in found
    assert "secretBinary" in json.loads(found["SourceResult"])


@pytest.mark.parametrize(("selector", "shown"), [("", "null"), (":AWSPENDING", ":AWSPENDING")])
def test_an_unknown_secret(raw: Raw, selector: str, shown: str) -> None:
    error = get(raw, f"{PREFIX}app/gone{selector}").error
    assert (error.code, error.text) == (
        "ParameterNotFound",
        "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret"
        f" aws/reference/secretsmanager/app/gone{shown} not found.",
    )


def test_selectors_are_looked_at_before_the_flag(raw: Raw) -> None:
    for name in (f"{PREFIX}a:", f"{PREFIX}a:b:c", f"{PREFIX}arn:aws:secretsmanager:us-east-1:123456789012:secret:x"):
        for decrypt in (True, False):
            error = get(raw, name, decrypt).error
            assert (error.code, error.text) == ("ValidationException", SYNTAX)
    error = get(raw, f"{PREFIX}a", decrypt=False).error
    assert error.text == "WithDecryption flag must be True for retrieving a Secret Manager secret."


def test_many_at_once(raw: Raw, secrets: Client) -> None:
    secrets.create_secret(Name="app/many", SecretString="s")
    raw.call("PutParameter", {"Name": "plain", "Value": "v", "Type": "String"})
    names = ["plain", f"{PREFIX}app/many", f"{PREFIX}app/none", f"{PREFIX}app/many:"]
    answer = raw.call("GetParameters", {"Names": names, "WithDecryption": True}).json
    assert [each["Value"] for each in answer["Parameters"]] == ["s", "v"]
    assert answer["InvalidParameters"] == sorted(names[2:])
    answer = raw.call("GetParameters", {"Names": names[:2]}).json
    assert answer["InvalidParameters"] == [names[1]]


def test_a_deleted_secret(raw: Raw, secrets: Client) -> None:
    secrets.create_secret(Name="app/ending", SecretString="s")
    secrets.delete_secret(SecretId="app/ending")
    error = get(raw, f"{PREFIX}app/ending").error
    assert (error.code, error.text) == ("ValidationException", "Invalid Request to Secrets Manager")


def test_a_peer_that_is_not_there(data_folder: Path, client_for: ClientFactory) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with patch.dict(os.environ, ANY_KEY), Server(data_folder, secretsmanager_endpoint_url=url) as server:
            raw = Raw(server, server.new_account())
            for operation, members in (
                ("GetParameter", {"Name": f"{PREFIX}a", "WithDecryption": True}),
                ("GetParameters", {"Names": [f"{PREFIX}a", "b"], "WithDecryption": True}),
            ):
                error = raw.call(operation, members).error
                assert (error.code, error.text) == (
                    "ValidationException",
                    "An error occurred while calling one AWS dependency service.",
                )


def test_without_a_peer_there_are_no_secrets(server: Server, keys: Keys) -> None:
    assert get(Raw(server, keys), f"{PREFIX}a").error.code == "ParameterNotFound"
