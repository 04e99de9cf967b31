"""Answers that are remembered: a write or a policy counts at once, and nobody gets what was meant for another."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.iam.conftest import House, allow, deny, document

from parastore.testing.server import Keys, Server

NAMES = ["/steady/a", "/steady/b"]


@pytest.fixture
def house(server: Server, keys: Keys, client_for: ClientFactory) -> House:
    house = House(server, keys, client_for)
    for name in NAMES:
        house.ssm.put_parameter(Name=name, Value="first", Type="String")
    return house


def values(client: Client) -> list[str]:
    """The values of the two by each way to read them."""
    pages = [
        client.get_parameters(Names=NAMES)["Parameters"],
        client.get_parameters_by_path(Path="/steady")["Parameters"],
        [client.get_parameter(Name=name)["Parameter"] for name in NAMES],
    ]
    assert pages[0] == pages[1] == pages[2]
    return [each["Value"] for each in pages[0]]


def test_a_write_counts_at_once(house: House) -> None:
    for number in range(3):
        for _ in range(3):
            house.ssm.put_parameter(Name=NAMES[1], Value=f"v{number}", Type="String", Overwrite=True)
            for _ in range(3):
                assert values(house.ssm) == ["first", f"v{number}"]


def test_a_policy_counts_at_once(house: House) -> None:
    signer = house.user("reader", allow("ssm:Get*"))
    client = house.client("ssm", signer)
    for _ in range(3):
        assert values(client) == ["first", "first"]

    house.iam.put_user_policy(UserName="reader", PolicyName="no", PolicyDocument=document(deny("ssm:Get*")))
    with pytest.raises(client.exceptions.ClientError, match="explicit deny"):
        client.get_parameter(Name=NAMES[0])

    house.iam.delete_user_policy(UserName="reader", PolicyName="no")
    assert values(client) == ["first", "first"]
    house.iam.update_access_key(UserName="reader", AccessKeyId=signer.access_key_id, Status="Inactive")
    with pytest.raises(client.exceptions.ClientError, match="security token"):
        client.get_parameter(Name=NAMES[0])


def test_nobody_gets_what_was_answered_to_another(house: House) -> None:
    assert values(house.ssm) == values(house.ssm)
    client = house.client("ssm", house.user("stranger", allow("ssm:DescribeParameters")))
    for operation, members in (
        (client.get_parameter, {"Name": NAMES[0]}),
        (client.get_parameters, {"Names": NAMES}),
        (client.get_parameters_by_path, {"Path": "/steady"}),
    ):
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            operation(**members)
    with pytest.raises(client.exceptions.ParameterNotFound):
        house.client("ssm", region="eu-west-1").get_parameter(Name=NAMES[0])


def test_a_condition_is_asked_each_time(house: House) -> None:
    signer = house.user(
        "from-boto", allow("ssm:GetParameter", Condition={"StringLike": {"aws:UserAgent": "*allowed-program*"}})
    )
    allowed = house.client("ssm", signer, user_agent_extra="allowed-program")
    other = house.client("ssm", signer)
    for _ in range(3):
        assert allowed.get_parameter(Name=NAMES[0])["Parameter"]["Value"] == "first"
        with pytest.raises(other.exceptions.ClientError, match="AccessDenied"):
            other.get_parameter(Name=NAMES[0])


def test_a_body_means_what_its_encoding_says(house: House) -> None:
    def packed(params: dict[str, Any], **more: Any) -> None:
        params["body"] = gzip.compress(params["body"], mtime=0)
        params["headers"]["Content-Encoding"] = "gzip"

    def claimed(params: dict[str, Any], **more: Any) -> None:
        params["headers"]["Content-Encoding"] = "gzip"

    def raw(params: dict[str, Any], **more: Any) -> None:
        params["body"] = gzip.compress(params["body"], mtime=0)

    for change, fits in ((None, True), (claimed, False), (packed, True), (raw, False), (packed, True)):
        client = house.client("ssm")
        if change is not None:
            client.meta.events.register("before-call.ssm.GetParameter", change)
        if fits:
            assert client.get_parameter(Name=NAMES[0])["Parameter"]["Value"] == "first"
        else:
            with pytest.raises(client.exceptions.ClientError, match="Serialization"):
                client.get_parameter(Name=NAMES[0])


def test_every_reading_has_its_own_record(house: House) -> None:
    for _ in range(3):
        values(house.ssm)
    pages = house.client("cloudtrail").get_paginator("lookup_events").paginate()
    events = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
    read = [event for event in events if event["eventName"] == "GetParameter"]
    assert [event["requestParameters"] for event in read] == [{"name": name} for name in NAMES[::-1]] * 3
    assert {event["resources"][0]["ARN"] for event in read} == {house.parameter(name) for name in NAMES}
    assert len({event["eventID"] for event in read}) == len({event["requestID"] for event in read}) == 6


def test_a_secret_is_opened_by_its_key_each_time(house: House) -> None:
    key = house.client("kms").create_key()["KeyMetadata"]["KeyId"]
    house.ssm.put_parameter(Name="/steady/c", Value="s3cr3t", Type="SecureString", KeyId=key)
    for _ in range(3):
        house.ssm.get_parameters_by_path(Path="/steady", WithDecryption=True)
        assert house.ssm.get_parameter(Name="/steady/c", WithDecryption=True)["Parameter"]["Value"] == "s3cr3t"
    pages = (
        house.client("cloudtrail")
        .get_paginator("lookup_events")
        .paginate(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Decrypt"}])
    )
    assert sum(len(page["Events"]) for page in pages) == 6


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEquals": {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}},
        {"Bool": {"aws:SecureTransport": "false"}},
    ],
    ids=["none", "of the key", "of the request"],
)
def test_a_users_secrets_are_opened_and_refused_at_once(house: House, condition: Any) -> None:
    house.ssm.put_parameter(Name="/steady/c", Value="s3cr3t", Type="SecureString")
    more = {"Condition": condition} if condition else {}
    client = house.client("ssm", house.user("reader", allow("ssm:Get*"), allow("kms:Decrypt", **more)))
    for _ in range(3):
        assert client.get_parameter(Name="/steady/c", WithDecryption=True)["Parameter"]["Value"] == "s3cr3t"
    house.iam.put_user_policy(UserName="reader", PolicyName="no", PolicyDocument=document(deny("kms:Decrypt")))
    with pytest.raises(client.exceptions.ClientError, match="not allowed to access"):
        client.get_parameter(Name="/steady/c", WithDecryption=True)
