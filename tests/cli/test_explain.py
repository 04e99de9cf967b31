"""`parastore explain`: why a call was denied, from the very text of the denial."""

from __future__ import annotations

import json

import pytest
from tests.cli.running import Shell
from tests.conftest import ClientFactory
from tests.sdk.iam.conftest import House, allow, deny, message, refusal

from parastore.testing.server import Keys, Server


@pytest.fixture
def house(server: Server, keys: Keys, client_for: ClientFactory) -> House:
    return House(server, keys, client_for)


@pytest.fixture
def root(shell: Shell, house: House) -> Shell:
    variables = house.keys.for_environment() | {"AWS_ENDPOINT_URL": house.server.url, "AWS_REGION": "us-east-1"}
    return Shell(shell.home, variables)


def test_a_denial_as_it_was_printed(root: Shell, house: House) -> None:
    ann = house.user("ann", allow("ssm:GetParameter", house.parameter("/app/*"), Sid="Reads"))
    denial = refusal(house.client("ssm", ann), "get_parameter", Name="/other")["Message"]
    ended = root.run("explain", f"An error occurred (AccessDeniedException) when calling GetParameter: {denial}")
    assert ended.code == 1, ended.err
    assert f"{house.arn('user/ann')} may not do ssm:GetParameter on {house.parameter('/other')}." in ended.out
    assert "A statement of the inline policy own of user ann allows the action on other resources:" in ended.out
    assert "This statement would allow it:" in ended.out
    would = json.loads(root.run("explain", denial, "--format", "json").out)["wouldAllow"]
    house.iam.put_user_policy(
        UserName="ann",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [would]}),
    )
    ended = root.run("explain", denial)
    assert ended.code == 0, ended.err
    assert "Allowed by a statement of the inline policy more of user ann:" in ended.out


def test_an_explicit_denial_and_a_condition(root: Shell, house: House) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    house.user("ann", allow("ssm:*", Condition=condition), deny("ssm:DeleteParameter", Sid="Never"))
    question = (house.arn("user/ann"), "ssm:GetParameter", house.parameter("/a"))
    ended = root.run("explain", *question)
    assert ended.code == 1, ended.err
    assert "allows the action under a condition that did not hold" in ended.out
    assert "Their policies ask for aws:sourceip" in ended.out
    assert root.run("explain", *question, "--context", "aws:SourceIp=203.0.113.7").code == 0
    ended = root.run("explain", question[0], "ssm:DeleteParameter", question[2])
    assert ended.code == 1
    assert '"Sid": "Never"' in ended.out
    assert "A denial outweighs whatever allows it" in ended.out


def test_a_boundary_that_allows_is_no_reason(root: Shell, house: House) -> None:
    everything = json.dumps({"Version": "2012-10-17", "Statement": [allow("*")]})
    bound = house.iam.create_policy(PolicyName="bound", PolicyDocument=everything)["Policy"]["Arn"]
    house.user("ann", allow("ssm:GetParameter"))
    house.iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=bound)
    ended = root.run("explain", house.arn("user/ann"), "ssm:DeleteParameter", house.parameter("/a"))
    assert ended.code == 1, ended.err
    assert "No policy of theirs allows it." in ended.out
    assert "boundary" not in ended.out
    assert "under a condition" not in ended.out


def test_a_sealed_message(root: Shell, house: House) -> None:
    """The request's own condition keys need not be told."""
    condition = {"StringEquals": {"aws:UserAgent": "never"}}
    ann = house.user("ann", allow("ssm:GetParameter", Condition=condition), deny("ssm:DeleteParameter", Sid="Never"))
    ssm = house.client("ssm", ann)
    ended = root.run("explain", message(ssm, "get_parameter", Name="/a"))
    assert ended.code == 1, ended.err
    assert f"{house.arn('user/ann')} may not do ssm:GetParameter on {house.parameter('/a')}." in ended.out
    assert "Their policies ask for" not in ended.out
    sealed = message(ssm, "delete_parameter", Name="/a")
    assert '"Sid": "Never"' in root.run("explain", f"Encoded authorization failure message: {sealed}").out
    ended = root.run("explain", sealed[:-8] + "AAAAAAA=")
    assert ended.code == 2
    assert "InvalidAuthorizationMessageException" in ended.err


def test_what_cannot_be_explained(root: Shell, house: House) -> None:
    assert root.run("explain", "hello").code == 2
    ended = root.run("explain", house.arn("user/nobody"), "ssm:GetParameter", house.parameter("/a"))
    assert ended.code == 2
    assert "The user with name nobody cannot be found." in ended.err
