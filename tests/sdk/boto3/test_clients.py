"""boto3 as programs use it: profiles, paginators and waiters it has, retries, threads."""

from __future__ import annotations

import concurrent.futures
import socket
import threading
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from tests.conftest import Client
from tests.sdk import storage
from tests.sdk.raw import Raw

from parastore.testing.server import Keys, Server


@pytest.fixture
def profile(server: Server, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile with an endpoint, in files of its own."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(f"[profile parastore]\nregion = eu-central-1\nendpoint_url = {server.url}\n")
    credentials.write_text(
        f"[parastore]\naws_access_key_id = {keys.access_key_id}\naws_secret_access_key = {keys.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL_SSM"):
        monkeypatch.delenv(name, raising=False)
    return "parastore"


def test_the_program_of_the_readme(profile: str) -> None:
    ssm = boto3.Session(profile_name=profile).client("ssm")
    ssm.put_parameter(Name="/myapp/prod/db/password", Value="s3cr3t", Type="SecureString")
    answer = ssm.get_parameter(Name="/myapp/prod/db/password", WithDecryption=True)
    assert answer["Parameter"]["Value"] == "s3cr3t"
    assert ":eu-central-1:" in answer["Parameter"]["ARN"]
    ssm.close()


def test_a_program_that_knows_nothing_of_us(
    profile: str, server: Server, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the environment says where its parameters are."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    for name, value in keys.for_environment().items():
        monkeypatch.setenv(name, value)
    ssm = boto3.Session().client("ssm")
    ssm.put_parameter(Name="a", Value="v", Type="String")
    assert ssm.get_parameter(Name="a")["Parameter"]["ARN"] == f"arn:aws:ssm:us-west-2:{keys.account}:parameter/a"
    ssm.close()


def test_systems_manager_has_waiters_for_commands_only(ssm: Client) -> None:
    """[M] none of Parameter Store."""
    assert [name for name in ssm.waiter_names if name != "command_executed"] == []


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_every_way_to_retry(server: Server, keys: Keys, mode: str) -> None:
    session = boto3.Session(**keys.for_boto3(), region_name="us-east-1")
    ssm = session.client("ssm", endpoint_url=server.url, config=Config(retries={"mode": mode, "max_attempts": 3}))
    for kind in ("String", "StringList", "SecureString"):
        ssm.put_parameter(Name=f"/retry/{kind}", Value="v", Type=kind)
    found = ssm.get_parameters_by_path(Path="/retry", WithDecryption=True)
    assert [each["Value"] for each in found["Parameters"]] == ["v", "v", "v"]
    with pytest.raises(ssm.exceptions.ParameterNotFound) as caught:
        ssm.get_parameter(Name="missing")
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0  # our refusals are final
    ssm.close()


def retrying(server: Server, keys: Keys, attempts: int) -> Client:
    config = Config(retries={"mode": "standard", "total_max_attempts": attempts})
    session = boto3.Session(**keys.for_boto3(), region_name="us-east-1")
    return session.client("ssm", endpoint_url=server.url, config=config)


def test_a_full_server_is_tried_again(data_folder: Path) -> None:
    """503 and the words of an overload, which every SDK retries."""
    with Server(data_folder, max_connections=1) as server:
        keys = server.new_account()
        once, patient = retrying(server, keys, 1), retrying(server, keys, 10)
        held = socket.create_connection(("127.0.0.1", server.port))
        held.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert held.recv(4096).startswith(b"HTTP/1.1 200 ")  # so it is connected, and there is room for nobody else
        with pytest.raises(ClientError) as caught:
            once.describe_parameters()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert caught.value.response["Error"]["Code"] == "ServiceUnavailableException"
        release = threading.Timer(0.2, held.close)
        release.start()
        answer = patient.describe_parameters()
        release.join()
        assert answer["Parameters"] == []
        assert answer["ResponseMetadata"]["RetryAttempts"] >= 1
        once.close()
        patient.close()


def test_a_restart_is_bridged_by_retries(data_folder: Path) -> None:
    """What was answered before a crash is there after it, for a client that noticed nothing."""
    server = Server(data_folder)
    server.start()
    keys = server.new_account()
    once, patient = retrying(server, keys, 1), retrying(server, keys, 20)
    patient.put_parameter(Name="/before", Value="the crash", Type="SecureString")
    server.kill()
    with pytest.raises(EndpointConnectionError):
        once.get_parameter(Name="/before")
    successor = Server(data_folder, port=server.port)
    starting = threading.Timer(0.3, successor.start)
    starting.start()
    answer = patient.get_parameter(Name="/before", WithDecryption=True)
    starting.join()
    assert answer["Parameter"]["Value"] == "the crash"
    assert answer["ResponseMetadata"]["RetryAttempts"] >= 1
    once.close()
    patient.close()
    assert successor.stop() == 0


def test_workers_agree(data_folder: Path) -> None:
    """Over new connections, each of which may reach another worker, a read is never older than the last answer."""
    with Server(data_folder, workers=3) as server:
        keys = server.new_account()
        raw = Raw(server, keys)
        for number in range(1, 41):
            put = {"Name": "/n", "Value": f"{number}", "Type": "SecureString", "Overwrite": True}
            assert raw.call("PutParameter", put).json["Version"] == number
            read = raw.call("GetParameter", {"Name": "/n", "WithDecryption": True}).json["Parameter"]
            assert (read["Value"], read["Version"]) == (f"{number}", number)
        raw.call("DeleteParameter", {"Name": "/n"})
        storage.change(server, "UPDATE access_key SET status = 'Inactive' WHERE id = $1", keys.access_key_id)
        codes = {raw.call("GetParameter", {"Name": "/n"}).error.code for _ in range(20)}
        assert codes == {"UnrecognizedClientException"}


def test_versions_are_given_once_whoever_asks(ssm: Client) -> None:
    """Sixteen threads of one client overwrite one parameter: every number once, and none left out."""

    def write(number: int) -> int:
        return int(ssm.put_parameter(Name="/shared", Value=f"{number}", Type="String", Overwrite=True)["Version"])

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        versions = list(pool.map(write, range(90)))
    assert sorted(versions) == list(range(1, 91))
    history = ssm.get_paginator("get_parameter_history").paginate(Name="/shared").build_full_result()["Parameters"]
    values = {each["Version"]: each["Value"] for each in history}
    assert values == {version: f"{number}" for number, version in enumerate(versions)}


def test_one_of_many_creators_wins(ssm: Client) -> None:
    def create(number: int) -> str:
        try:
            ssm.put_parameter(Name="/race", Value=f"{number}", Type="String")
        except ssm.exceptions.ParameterAlreadyExists:
            return "late"
        return f"{number}"

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(create, range(32)))
    (winner,) = [outcome for outcome in outcomes if outcome != "late"]
    assert ssm.get_parameter(Name="/race")["Parameter"]["Value"] == winner


def test_one_of_many_deletions_finds_it(ssm: Client) -> None:
    ssm.put_parameter(Name="/race", Value="v", Type="String")

    def delete(number: int) -> list[str]:
        return list(ssm.delete_parameters(Names=["/race"])["DeletedParameters"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(delete, range(8))) == [[]] * 7 + [["/race"]]
