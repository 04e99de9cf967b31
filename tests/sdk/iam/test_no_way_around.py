"""No operation of any service is reached without authorization: each is called by somebody without rights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.sdk.iam.conftest import House, Signer, trust

from parastore.cloudtrail.operations import operations as cloudtrail
from parastore.iam.operations import OPERATIONS as IAM
from parastore.kms.operations import OPERATIONS as KMS
from parastore.operation import Operation
from parastore.ssm.operations import OPERATIONS as SSM
from parastore.sts.operations import OPERATIONS as STS
from parastore.testing.server import Keys, Server
from parastore.violations import Node, members

DENIED = {"AccessDenied", "AccessDeniedException"}
# Everybody may ask who they are, and for a session of their own with the rights they have.
FOR_EVERYBODY = {"sts:GetCallerIdentity", "sts:GetSessionToken"}
# The request proves who asks, not its signature.
UNSIGNED = {"sts:AssumeRoleWithWebIdentity"}
ALL = (*SSM, *KMS, *IAM, *STS, *cloudtrail(Path()))
OPERATIONS = [each for each in ALL if each.action not in FOR_EVERYBODY | UNSIGNED]


@pytest.fixture
def things(server: Server, keys: Keys, client_for: ClientFactory) -> tuple[House, Signer, dict[str, Any]]:
    """One of everything that a request may name, and somebody who may do nothing with it."""
    house = House(server, keys, client_for)
    nobody = house.user("nobody")
    house.iam.create_group(GroupName="thing")
    house.iam.create_user(UserName="thing")
    role = house.role("thing", trust({"AWS": house.arn("user/thing")}))
    house.ssm.put_parameter(Name="/thing", Value="v", Type="String", Tier="Advanced")
    kms = house.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/thing", TargetKeyId=key)
    document = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ssm:*", "Resource": "*"}}'
    policy = house.iam.create_policy(PolicyName="thing", PolicyDocument=document)["Policy"]["Arn"]
    grant = kms.create_grant(KeyId=key, GranteePrincipal=house.arn("user/thing"), Operations=["Encrypt"])
    mac_key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    return house, nobody, {
        "Name": "/thing", "Names": ["/thing"], "Path": "/thing", "ResourceId": "/thing", "ResourceType": "Parameter",
        "ResourceArn": house.parameter("/thing"), "SettingId": "/ssm/parameter-store/default-parameter-tier",
        "Labels": ["label"], "ParameterVersion": 1, "Value": "v",
        "KeyId": key, "TargetKeyId": key, "DestinationKeyId": key, "AliasName": "alias/thing",
        "CiphertextBlob": kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"], "NumberOfBytes": 16,
        "GrantId": grant["GrantId"], "GrantToken": grant["GrantToken"], "GranteePrincipal": house.arn("user/thing"),
        "RetiringPrincipal": house.arn("user/thing"), "Operations": ["Encrypt"], "MacAlgorithm": "HMAC_SHA_256",
        "Message": b"m", "Mac": b"m" * 32, "PendingWindowInDays": 7, "mac:KeyId": mac_key,
        "UserName": "thing", "GroupName": "thing", "RoleName": "thing", "PolicyName": "thing", "PolicyArn": policy,
        "PermissionsBoundary": policy, "PolicyDocument": document, "AccessKeyId": nobody.access_key_id,
        "AssumeRolePolicyDocument": trust("*"), "VersionId": "v1", "AccountAlias": "thing", "Status": "Active",
        "PolicySourceArn": house.arn("user/thing"), "ActionNames": ["ssm:GetParameter"], "PolicyInputList": [document],
        "RoleArn": role, "RoleSessionName": "s1",
        "Tags": [{"Key": "k", "Value": "v", "TagKey": "k", "TagValue": "v"}], "TagKeys": ["k"],
    }  # fmt: skip


def request_for(operation: Operation, known: dict[str, Any]) -> dict[str, Any]:
    """What is required, filled in; and what says whom the request is about."""
    found = {}
    for member in members(operation.request):
        # The last two are required by the operation, if not by the model.
        if member.required or member.name in ("UserName", "KeyId", "NumberOfBytes", "CiphertextBlob"):
            found[member.name] = known.get(member.name, _some(member.node))
    if operation.name == "RetireGrant":
        return {"GrantToken": known["GrantToken"]}
    if "Mac" in operation.name:
        found["KeyId"] = known["mac:KeyId"]
    if operation.service == "kms" and "Tags" in found:
        found["Tags"] = [{"TagKey": "k", "TagValue": "v"}]
    elif "Tags" in found:
        found["Tags"] = [{"Key": "k", "Value": "v"}]
    return found


def _some(node: Node) -> Any:
    if node.values:
        return node.values[0]
    return {"String": "something", "Integer": 1, "Long": 1, "Boolean": True, "Blob": b"x" * 32, "List": ["x"]}[
        node.kind
    ]


def test_every_operation_asks(things: tuple[House, Signer, dict[str, Any]]) -> None:
    house, nobody, known = things
    clients = {
        service: house.client(service, nobody, parameter_validation=False)
        for service in ("ssm", "kms", "iam", "sts", "cloudtrail")
    }
    let_through = {}
    for operation in OPERATIONS:
        client = clients[operation.service]
        try:
            client._make_api_call(operation.name, request_for(operation, known))
            let_through[operation.action] = "answered"
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in DENIED:
                let_through[operation.action] = str(error.response["Error"])

    assert let_through == {}
    denied = set()
    for page in (
        house.client("cloudtrail")
        .get_paginator("lookup_events")
        .paginate(LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": "nobody"}])
    ):
        for event in page["Events"]:
            record = json.loads(event["CloudTrailEvent"])
            assert record["errorCode"] == "AccessDenied"
            denied.add(f"{event['EventSource'].partition('.')[0]}:{event['EventName']}")
    assert denied == {each.action for each in OPERATIONS}


def test_guessing_secrets_is_slowed_down(server: Server, client_for: ClientFactory) -> None:
    guesser, victim = server.new_account(), server.new_account()
    wrong = client_for(server, Signer(guesser.access_key_id, "x" * 40))
    codes = []
    for _ in range(60):
        with pytest.raises(wrong.exceptions.ClientError) as caught:
            wrong.describe_parameters()
        codes.append(caught.value.response["Error"]["Code"])
    assert codes[:50] == ["InvalidSignatureException"] * 50
    assert codes[50:] == ["ThrottlingException"] * 10
    assert client_for(server, victim).describe_parameters()["Parameters"] == []
