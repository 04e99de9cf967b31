"""DecodeAuthorizationMessage: what the sealed message beside a denial says, and to whom."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.sdk.iam.conftest import House, Signer, allow, denied, deny, message, refusal, trust

from parastore.testing.server import Server

NOTHING: dict[str, Any] = {"items": []}
INVALID = {"Type": "Sender", "Code": "InvalidAuthorizationMessageException", "Message": "Message is not valid"}


def decoded(house: House, sealed: str) -> dict[str, Any]:
    text = house.client("sts").decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"]
    told: dict[str, Any] = json.loads(text)
    return told


def context(told: dict[str, Any]) -> dict[str, list[str]]:
    """The condition keys of a decoded message."""
    items = told["context"]["conditions"]["items"]
    return {each["key"]: [value["value"] for value in each["values"]["items"]] for each in items}


def test_nothing_allows_it(house: House) -> None:
    told = decoded(house, message(house.client("ssm", house.user("ann")), "get_parameter", Name="/a"))
    keys = context(told)
    told["context"].pop("conditions")
    assert told == {
        "allowed": False,
        "explicitDeny": False,
        "matchedStatements": NOTHING,
        "failures": NOTHING,
        "context": {
            "principal": {
                "id": house.iam.get_user(UserName="ann")["User"]["UserId"],
                "name": "ann",
                "arn": house.arn("user/ann"),
            },
            "action": "ssm:GetParameter",
            "resource": house.parameter("/a"),
        },
    }
    assert keys["aws:username"] == ["ann"]
    assert keys["aws:sourceip"] == ["127.0.0.1"]
    assert keys["aws:principalarn"] == [house.arn("user/ann")]


def test_a_statement_denies_it(house: House) -> None:
    condition = {"StringNotEquals": {"aws:RequestTag/team": ["red", "blue"]}}
    ann = house.user("ann", allow("*"), deny("ssm:Put*", Sid="Teams", Condition=condition))
    tags = [{"Key": "team", "Value": "green"}]
    told = decoded(
        house, message(house.client("ssm", ann), "put_parameter", Name="/a", Value="s3cret", Type="String", Tags=tags)
    )
    assert told["explicitDeny"] is True
    user = house.iam.get_user(UserName="ann")["User"]["UserId"]
    assert told["matchedStatements"]["items"] == [
        {
            "statementId": "Teams",
            "effect": "DENY",
            "principals": {"items": [{"value": user}]},
            "principalGroups": NOTHING,
            "actions": {"items": [{"value": "ssm:Put*"}]},
            "resources": {"items": [{"value": "*"}]},
            "conditions": {
                "items": [
                    {"key": "aws:RequestTag/team", "values": {"items": [{"value": "red"}, {"value": "blue"}]}},
                ]
            },
        }
    ]
    assert context(told)["aws:requesttag/team"] == ["green"]
    assert "s3cret" not in json.dumps(told)


@pytest.mark.parametrize("service", ["iam", "kms"])
def test_other_services_tell_too(house: House, service: str) -> None:
    ann = house.user("ann")
    if service == "iam":
        told = decoded(house, message(house.client("iam", ann), "delete_user", UserName="ann"))
        assert told["context"]["action"] == "iam:DeleteUser"
    else:
        key = house.client("kms").create_key()["KeyMetadata"]
        told = decoded(house, message(house.client("kms", ann), "disable_key", KeyId=key["KeyId"]))
        assert told["context"]["resource"] == key["Arn"]


def test_a_session(house: House) -> None:
    role = house.role("reader", trust({"AWS": house.arn("root")}))
    bob = house.user("bob", allow("sts:AssumeRole"))
    session = Signer.of(house.client("sts", bob).assume_role(RoleArn=role, RoleSessionName="s1")["Credentials"])
    told = decoded(house, message(house.client("ssm", session), "get_parameter", Name="/a"))
    assert told["context"]["principal"] == {
        "id": f"{house.iam.get_role(RoleName='reader')['Role']['RoleId']}:s1",
        "arn": f"arn:aws:sts::{house.account}:assumed-role/reader/s1",
    }


def test_who_may_decode(house: House, server: Server, client_for: ClientFactory) -> None:
    ann, eve = house.user("ann", allow("sts:DecodeAuthorizationMessage")), house.user("eve")
    sealed = message(house.client("ssm", eve), "get_parameter", Name="/a")
    assert house.client("sts", ann).decode_authorization_message(EncodedMessage=sealed)["DecodedMessage"]
    assert denied(house.client("sts", eve), "decode_authorization_message", EncodedMessage=sealed)
    other = House(server, server.new_account(), client_for)
    assert refusal(other.client("sts"), "decode_authorization_message", EncodedMessage=sealed) == INVALID


@pytest.mark.parametrize("change", ["cut", "turned", "x", "line\nbreak", "\u00e9", "=" * 64, "A" * 10240])
def test_what_is_not_from_here(house: House, change: str) -> None:
    sealed = message(house.client("ssm", house.user("ann")), "get_parameter", Name="/a")
    altered = {"cut": sealed[:-4], "turned": sealed[:40] + sealed[44:48] + sealed[40:44] + sealed[48:]}
    given = altered.get(change, change)
    assert refusal(house.client("sts"), "decode_authorization_message", EncodedMessage=given) == INVALID


def test_all_have_one_length_and_say_what_fits(house: House) -> None:
    """Else the length would tell of tags and statements; and proxies take no head of any length."""
    ann = house.user("ann", deny("ssm:PutParameter", Condition={"Null": {"aws:RequestTag/none": "true"}}))
    ssm = house.client("ssm", ann)
    long = "/" + "/".join(chr(97 + number) * 60 for number in range(15))
    tags = [{"Key": f"{number:02}" * 60, "Value": f"{number:03}" * 80} for number in range(50)]
    messages = [
        message(ssm, "get_parameter", Name="/a"),
        message(ssm, "get_parameter", Name=long),
        message(ssm, "put_parameter", Name="/a", Value="v", Type="String", Tags=tags),
    ]
    assert {len(each) for each in messages} == {2044}
    told = [decoded(house, each) for each in messages]
    assert told[1]["context"]["resource"].endswith(long)
    assert told[2]["explicitDeny"] is True


def test_another_accounts_policy_is_not_told(house: House, server: Server, client_for: ClientFactory) -> None:
    other = House(server, server.new_account(), client_for)
    key = other.client("kms").create_key()["KeyMetadata"]
    shut = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": other.arn("root")}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "Private", "Effect": "Deny", "Principal": {"AWS": house.arn("root")}, "Action": "kms:Encrypt",
         "Resource": "*"},
    ]})  # fmt: skip
    other.client("kms").put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=shut)
    ann = house.user("ann", allow("kms:*"))
    told = decoded(house, message(house.client("kms", ann), "encrypt", KeyId=key["Arn"], Plaintext=b"x"))
    assert told["explicitDeny"] is True
    assert told["matchedStatements"] == NOTHING
