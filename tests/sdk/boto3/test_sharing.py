"""Parameters shared with other accounts by resource policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Raw

from parastore.testing.server import Keys, Server

READS = ["ssm:DescribeParameters", "ssm:GetParameter", "ssm:GetParameters"]


class Two(NamedTuple):
    """An owner with the advanced parameters /shared and /private, and somebody else."""

    owner: Client
    other: Client
    account: str
    consumer: str

    def arn(self, path: str = "/shared") -> str:
        return f"arn:aws:ssm:us-east-1:{self.account}:parameter{path}"

    def policy(self, principal: Any = None, actions: Any = READS, path: str = "/shared", **more: Any) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": principal or f"arn:aws:iam::{self.consumer}:root"},
            "Action": actions,
            "Resource": self.arn(path),
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement | more]})

    def share(self, policy: str | None = None, **members: str) -> dict[str, str]:
        answer: dict[str, str] = self.owner.put_resource_policy(
            ResourceArn=self.arn(), Policy=policy or self.policy(), **members
        )
        return answer


@pytest.fixture
def two(server: Server, client_for: ClientFactory) -> Iterator[Two]:
    owner, other = server.new_account(), server.new_account()
    client = client_for(server, owner)
    for name in ("/shared", "/private"):
        client.put_parameter(Name=name, Value=f"value of {name}", Type="String", Tier="Advanced")
    yield Two(client, client_for(server, other), owner.account, other.account)
    # What is shared with everybody would be listed in other tests.
    client.delete_parameters(Names=["/shared", "/private"])


def refused(client: Client, operation: str, **members: Any) -> dict[str, str]:
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, operation)(**members)
    found: dict[str, str] = caught.value.response["Error"]
    return found


def test_nothing_is_shared_by_itself(two: Two) -> None:
    for path in ("/shared", "/private", "/gone"):
        error = refused(two.other, "get_parameter", Name=two.arn(path))
        assert error == {
            "Code": "AccessDeniedException",
            "Message": f"User: arn:aws:iam::{two.consumer}:root is not authorized to perform: ssm:GetParameter on "
            f"resource: {two.arn(path)} because no resource-based policy allows the ssm:GetParameter action",
        }
    assert two.other.describe_parameters(Shared=True)["Parameters"] == []


def test_a_shared_parameter_is_read_by_its_arn(two: Two) -> None:
    two.share()
    parameter = two.other.get_parameter(Name=two.arn())["Parameter"]
    assert (parameter["Name"], parameter["ARN"], parameter["Value"]) == (two.arn(), two.arn(), "value of /shared")
    assert two.other.get_parameter(Name=f"{two.arn()}:1")["Parameter"]["Selector"] == ":1"
    answer = two.other.get_parameters(Names=[two.arn()])
    assert [each["Value"] for each in answer["Parameters"]] == ["value of /shared"]
    assert refused(two.other, "get_parameter", Name=two.arn("/private"))["Code"] == "AccessDeniedException"
    both = refused(two.other, "get_parameters", Names=[two.arn(), two.arn("/private")])
    assert two.arn("/private") in both["Message"]
    with pytest.raises(two.other.exceptions.ParameterNotFound):
        two.other.get_parameter(Name="/shared")


def test_only_the_actions_that_are_shared(two: Two) -> None:
    two.share()
    assert refused(two.other, "get_parameter_history", Name=two.arn())["Code"] == "AccessDeniedException"
    two.share(two.policy(actions="ssm:GetParameterHistory"))
    (entry,) = two.other.get_parameter_history(Name=two.arn())["Parameters"]
    assert (entry["Name"], entry["Value"]) == (two.arn(), "value of /shared")


def test_nothing_else_is_possible(two: Two) -> None:
    two.share()
    for operation, members in (
        ("put_parameter", {"Name": two.arn(), "Value": "x", "Overwrite": True}),
        ("delete_parameter", {"Name": two.arn()}),
    ):
        assert refused(two.other, operation, **members)["Code"] == "ValidationException"
    for operation, members in (
        ("get_resource_policies", {"ResourceArn": two.arn()}),
        ("put_resource_policy", {"ResourceArn": two.arn(), "Policy": two.policy()}),
        ("delete_resource_policy", {"ResourceArn": two.arn(), "PolicyId": "x", "PolicyHash": "y"}),
    ):
        assert refused(two.other, operation, **members)["Code"] == "AccessDeniedException"


def test_listed_with_shared(two: Two) -> None:
    two.share()
    (listed,) = two.other.describe_parameters(Shared=True)["Parameters"]
    assert (listed["Name"], listed["ARN"], listed["Tier"]) == (two.arn(), two.arn(), "Advanced")
    assert two.other.describe_parameters()["Parameters"] == []
    for name, count in ((two.arn(), 1), (two.arn("/other"), 0)):
        found = two.other.describe_parameters(Shared=True, ParameterFilters=[{"Key": "Name", "Values": [name]}])
        assert len(found["Parameters"]) == count
    assert two.owner.describe_parameters(Shared=True)["Parameters"] == []


def test_shared_ones_come_page_by_page(two: Two) -> None:
    for number in range(5):
        name = f"/many/{number}"
        two.owner.put_parameter(Name=name, Value="v", Type="String", Tier="Advanced")
        two.owner.put_resource_policy(ResourceArn=two.arn(name), Policy=two.policy(path=name))
    pages = two.other.get_paginator("describe_parameters").paginate(Shared=True, PaginationConfig={"PageSize": 2})
    names = [[each["Name"] for each in page["Parameters"]] for page in pages]
    assert [name for page in names for name in page] == [two.arn(f"/many/{number}") for number in range(5)]
    assert max(map(len, names)) <= 2


@pytest.mark.parametrize("principal", ["account", "*"])
def test_forms_of_a_principal(two: Two, principal: str) -> None:
    two.share(two.policy(principal=two.consumer if principal == "account" else "*"))
    assert two.other.get_parameter(Name=two.arn())["Parameter"]["Version"] == 1


def test_somebody_else_s_share_is_not_mine(two: Two) -> None:
    two.share(two.policy(principal="999988887777"))
    assert refused(two.other, "get_parameter", Name=two.arn())["Code"] == "AccessDeniedException"


def test_a_denial_outweighs(two: Two) -> None:
    two.share()
    two.share(two.policy(Effect="Deny"))
    assert refused(two.other, "get_parameter", Name=two.arn())["Code"] == "AccessDeniedException"


def test_policies_are_updated_under_their_hash_and_deleted(two: Two) -> None:
    made = two.share()
    (listed,) = two.owner.get_resource_policies(ResourceArn=two.arn())["Policies"]
    assert (listed["PolicyId"], listed["PolicyHash"]) == (made["PolicyId"], made["PolicyHash"])
    again = two.share(PolicyId=made["PolicyId"], PolicyHash=made["PolicyHash"])
    assert again["PolicyId"] == made["PolicyId"]
    assert again["PolicyHash"] != made["PolicyHash"]
    stale = {"ResourceArn": two.arn(), "PolicyId": made["PolicyId"], "PolicyHash": made["PolicyHash"]}
    assert refused(two.owner, "delete_resource_policy", **stale)["Code"] == "ResourcePolicyConflictException"
    assert refused(two.owner, "put_resource_policy", Policy=two.policy(), **stale)["Code"] == (
        "ResourcePolicyConflictException"
    )
    two.owner.delete_resource_policy(**(stale | {"PolicyHash": again["PolicyHash"]}))
    assert two.owner.get_resource_policies(ResourceArn=two.arn())["Policies"] == []
    assert refused(two.owner, "delete_resource_policy", **stale)["Code"] == "ResourcePolicyNotFoundException"
    assert refused(two.other, "get_parameter", Name=two.arn())["Code"] == "AccessDeniedException"


def test_many_policies_come_page_by_page(two: Two) -> None:
    made = [two.share(two.policy(principal=f"{number:012}"))["PolicyId"] for number in range(5)]
    pages = two.owner.get_paginator("get_resource_policies").paginate(
        ResourceArn=two.arn(), PaginationConfig={"PageSize": 2}
    )
    found = [[each["PolicyId"] for each in page["Policies"]] for page in pages]
    assert [len(each) for each in found] == [2, 2, 1]
    assert sorted(policy for page in found for policy in page) == sorted(made)


def test_the_policies_go_with_the_parameter(two: Two) -> None:
    two.share()
    two.owner.delete_parameter(Name="/shared")
    two.owner.put_parameter(Name="/shared", Value="again", Type="String", Tier="Advanced")
    assert refused(two.other, "get_parameter", Name=two.arn())["Code"] == "AccessDeniedException"


def test_a_shared_secret_needs_a_key_that_is_shared(two: Two) -> None:
    two.owner.put_parameter(Name="/shared", Value="s3cr3t", Type="SecureString", Overwrite=True)
    two.share()
    assert two.other.get_parameter(Name=two.arn())["Parameter"]["Value"].startswith("AYAD")
    error = refused(two.other, "get_parameter", Name=two.arn(), WithDecryption=True)
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"].startswith("The ciphertext refers to a customer master key that does not exist")


def test_another_region_knows_nothing(server: Server, two: Two, client_for: ClientFactory, keys: Keys) -> None:
    two.share(two.policy(principal="*"))
    elsewhere = client_for(server, keys, region="eu-west-1")
    assert refused(elsewhere, "get_parameter", Name=two.arn())["Code"] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "MalformedResourcePolicyDocumentException"),
        ({"Action": "ssm:PutParameter"}, "MalformedResourcePolicyDocumentException"),
        ({"Action": "ssm:*"}, "MalformedResourcePolicyDocumentException"),
        ({"Action": []}, "MalformedResourcePolicyDocumentException"),
        ({"Effect": "allow"}, "MalformedResourcePolicyDocumentException"),
        ({"Principal": {"Service": "x.amazonaws.com"}}, "MalformedResourcePolicyDocumentException"),
        ({"Principal": {"AWS": "somebody"}}, "MalformedResourcePolicyDocumentException"),
        ({"Principal": None}, "MalformedResourcePolicyDocumentException"),
        ({"Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/x"}, "MalformedResourcePolicyDocumentException"),
        ({"Sid": "x" * 1024}, "ResourcePolicyLimitExceededException"),
    ],
)
def test_policies_that_are_refused(two: Two, change: dict[str, Any], code: str) -> None:
    error = refused(two.owner, "put_resource_policy", ResourceArn=two.arn(), Policy=two.policy(**change))
    assert error["Code"] == code


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "{}",
        '{"Statement":[]}',
        '{"Statement":[1]}',
        '{"Version":"1","Statement":{}}',
        '{"Foo":1}',
    ],
)
def test_documents_that_are_none(two: Two, text: str) -> None:
    error = refused(two.owner, "put_resource_policy", ResourceArn=two.arn(), Policy=text)
    assert error["Code"] == "MalformedResourcePolicyDocumentException"


def test_what_cannot_be_shared(two: Two, raw: Raw, keys: Keys) -> None:
    raw.call("PutParameter", {"Name": "/standard", "Value": "v", "Type": "String"})
    arn = f"arn:aws:ssm:us-east-1:{keys.account}:parameter"
    members = {"ResourceArn": f"{arn}/standard", "Policy": two.policy()}
    standard = raw.call("PutResourcePolicy", members)
    assert json.loads(standard.body) == {
        "__type": "ResourcePolicyInvalidParameterException",
        "Message": "Only parameters of the advanced tier can be shared.",
        "ParameterNames": ["ResourceArn"],
    }
    gone = raw.call("PutResourcePolicy", members | {"ResourceArn": f"{arn}/gone"})
    assert json.loads(gone.body)["__type"] == "ResourceNotFoundException"
    none = raw.call("GetResourcePolicies", {"ResourceArn": "this is no ARN of anything"})
    assert json.loads(none.body)["__type"] == "ResourcePolicyInvalidParameterException"
    half = refused(two.owner, "put_resource_policy", ResourceArn=two.arn(), Policy=two.policy(), PolicyId="x")
    assert half["Code"] == "ResourcePolicyInvalidParameterException"
