"""Several accounts and all Regions live apart in one server."""

from __future__ import annotations

import botocore.session
import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Error, Raw

from parastore.testing.server import Keys, Server

_SESSION = botocore.session.Session()
REGIONS = {
    region: partition
    for partition in ("aws", "aws-cn", "aws-us-gov")
    for region in _SESSION.get_available_regions("ssm", partition, allow_non_regional=False)
    if "fips" not in region
}


def names(client: Client) -> list[str]:
    return [each["Name"] for each in client.describe_parameters()["Parameters"]]


def test_there_are_many_regions() -> None:
    assert len(REGIONS) > 30
    assert REGIONS["cn-north-1"] == "aws-cn"


def test_every_region_is_a_world_of_its_own(server: Server, keys: Keys) -> None:
    """One name in all of them; the ARN has the partition of the Region [D]."""
    clients = {region: Raw(server, keys, region=region) for region in REGIONS}
    for region, client in clients.items():
        for version in range(1, 3 if region == "eu-west-1" else 2):
            put = {"Name": "/where", "Value": f"in {region}", "Type": "SecureString", "Overwrite": True}
            assert client.call("PutParameter", put).json["Version"] == version
    for region, client in clients.items():
        shown = client.call("GetParameter", {"Name": "/where", "WithDecryption": True}).json["Parameter"]
        assert shown["Value"] == f"in {region}"
        assert shown["ARN"] == f"arn:{REGIONS[region]}:ssm:{region}:{keys.account}:parameter/where"
        assert client.call("GetParameter", {"Name": shown["ARN"]}).json["Parameter"]["Name"] == "/where"
        assert len(client.call("DescribeParameters", {}).json["Parameters"]) == 1
    clients["eu-west-1"].call("DeleteParameter", {"Name": "/where"})
    assert clients["eu-west-1"].call("GetParameter", {"Name": "/where"}).error == Error("ParameterNotFound")
    assert clients["eu-west-2"].call("GetParameter", {"Name": "/where"}).status == 200


def test_accounts_do_not_see_each_other(server: Server, client_for: ClientFactory) -> None:
    accounts = [server.new_account() for _ in range(3)]
    clients = [client_for(server, keys) for keys in accounts]
    for keys, client in zip(accounts, clients, strict=True):
        client.put_parameter(Name="/same", Value=f"of {keys.account}", Type="SecureString")
    clients[0].put_parameter(Name="/only/here", Value="v", Type="String")
    for keys, client in zip(accounts, clients, strict=True):
        shown = client.get_parameter(Name="/same", WithDecryption=True)["Parameter"]
        assert shown["Value"] == f"of {keys.account}"
        assert f":{keys.account}:" in shown["ARN"]
    assert names(clients[0]) == ["/only/here", "/same"]
    assert names(clients[1]) == ["/same"]
    assert clients[1].get_parameters_by_path(Path="/", Recursive=True)["Parameters"][0]["Name"] == "/same"
    clients[1].delete_parameter(Name="/same")
    assert names(clients[2]) == ["/same"]
    assert clients[2].put_parameter(Name="/same", Value="v", Overwrite=True)["Version"] == 2
    assert clients[0].get_parameter(Name="/same")["Parameter"]["Version"] == 1


def test_a_secret_does_not_decrypt_for_another_account(server: Server, client_for: ClientFactory) -> None:
    """What one account was shown as ciphertext is for another nothing but text."""
    here, there = (client_for(server, server.new_account()) for _ in range(2))
    here.put_parameter(Name="/a", Value="secret", Type="SecureString")
    ciphertext = here.get_parameter(Name="/a")["Parameter"]["Value"]
    there.put_parameter(Name="/a", Value=ciphertext, Type="SecureString")
    assert there.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"] == ciphertext


@pytest.mark.parametrize(
    "region", ["mars", "US-EAST-1", "us-east-", "us_east_1", "us-east-1a", "aws-global", "useast1", "eu-west-999"]
)
def test_what_is_no_region(server: Server, keys: Keys, region: str) -> None:
    answer = Raw(server, keys, region=region).call("DescribeParameters", {})
    assert answer.error == Error(
        "InvalidSignatureException", "message", "Credential should be scoped to a valid region."
    )  # [Q]


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-7", "xx-nowhere-9", "us-gov-west-1"])
def test_regions_that_may_yet_open(server: Server, keys: Keys, region: str) -> None:
    """What looks like a Region is one: a server that runs for years must not need a list of them."""
    assert Raw(server, keys, region=region).call("DescribeParameters", {}).json == {"Parameters": []}
