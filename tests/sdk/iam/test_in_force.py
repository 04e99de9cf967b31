"""What policies allow and refuse, as a client sees it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.sdk.iam.conftest import House, allow, denied, deny, document, refusal

from parastore.testing.server import Server


@pytest.fixture
def stocked(house: House) -> House:
    """With the parameters /app/a, /app/b and /other."""
    for name, tag in (("/app/a", "red"), ("/app/b", "blue"), ("/other", "red")):
        house.ssm.put_parameter(
            Name=name, Value=f"value of {name}", Type="String", Tags=[{"Key": "Team", "Value": tag}]
        )
    return house


def test_nothing_is_allowed_by_itself(stocked: House) -> None:
    ann = stocked.user("ann")
    error = refusal(stocked.client("ssm", ann), "get_parameter", Name="/app/a")
    assert error == {
        "Code": "AccessDeniedException",
        "Message": f"User: {stocked.arn('user/ann')} is not authorized to perform: ssm:GetParameter on resource: "
        f"{stocked.parameter('/app/a')} because no identity-based policy allows the ssm:GetParameter action",
    }


def test_what_is_allowed(stocked: House) -> None:
    ssm = stocked.client("ssm", stocked.user("ann", allow("ssm:GetParameter", stocked.parameter("/app/*"))))
    assert ssm.get_parameter(Name="/app/a")["Parameter"]["Value"] == "value of /app/a"
    assert ssm.get_parameter(Name=stocked.parameter("/app/a"))["Parameter"]["Version"] == 1
    assert denied(ssm, "get_parameter", Name="/other")
    # ssm:GetParameter and ssm:GetParameters are two actions.
    assert denied(ssm, "get_parameters", Names=["/app/a"])
    assert denied(ssm, "put_parameter", Name="/app/a", Value="x", Overwrite=True)


def test_all_names_must_be_allowed(stocked: House) -> None:
    ssm = stocked.client("ssm", stocked.user("ann", allow("ssm:GetParameters", stocked.parameter("/app/*"))))
    assert len(ssm.get_parameters(Names=["/app/a", "/app/b"])["Parameters"]) == 2
    assert stocked.parameter("/other") in refusal(ssm, "get_parameters", Names=["/app/a", "/other"])["Message"]


def test_a_path_is_allowed_as_a_whole(stocked: House) -> None:
    """AWS: who may read a path reads all below it, even what is denied to them by name."""
    ann = stocked.user(
        "ann",
        allow("ssm:GetParametersByPath", stocked.parameter("/app")),
        deny("ssm:GetParameter", stocked.parameter("/app/a")),
    )
    ssm = stocked.client("ssm", ann)
    names = [each["Name"] for each in ssm.get_parameters_by_path(Path="/app")["Parameters"]]
    assert names == ["/app/a", "/app/b"]
    # AWS: the path counts as it is typed.
    assert stocked.parameter("/app/") in refusal(ssm, "get_parameters_by_path", Path="/app/")["Message"]
    assert denied(ssm, "get_parameters_by_path", Path="/")


def test_a_denial_names_its_policy(stocked: House) -> None:
    ann = stocked.user("ann", allow("*"), deny("ssm:GetParameter", stocked.parameter("/app/a")))
    ssm = stocked.client("ssm", ann)
    message = refusal(ssm, "get_parameter", Name="/app/a")["Message"]
    assert message.endswith("with an explicit deny in an identity-based policy")
    policy = stocked.iam.create_policy(PolicyName="never", PolicyDocument=document(deny("ssm:DeleteParameter")))[
        "Policy"
    ]
    stocked.iam.attach_user_policy(UserName="ann", PolicyArn=policy["Arn"])
    message = refusal(ssm, "delete_parameter", Name="/other")["Message"]
    assert message.endswith(f"with an explicit deny in an identity-based policy: {policy['Arn']}")


def test_a_change_is_in_force_at_once(stocked: House) -> None:
    ssm = stocked.client("ssm", stocked.user("ann"))
    arn = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"
    for _ in range(3):
        assert denied(ssm, "get_parameter", Name="/app/a")
        stocked.iam.attach_user_policy(UserName="ann", PolicyArn=arn)
        assert ssm.get_parameter(Name="/app/a")["Parameter"]["Version"] == 1
        assert denied(ssm, "delete_parameter", Name="/app/a")
        stocked.iam.detach_user_policy(UserName="ann", PolicyArn=arn)


def test_a_boundary(stocked: House) -> None:
    bound = stocked.iam.create_policy(PolicyName="bound", PolicyDocument=document(allow("ssm:Get*")))["Policy"]["Arn"]
    ssm = stocked.client("ssm", stocked.user("ann", allow("ssm:*")))
    stocked.iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=bound)
    shown = stocked.iam.get_user(UserName="ann")["User"]["PermissionsBoundary"]
    assert shown == {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": bound}
    assert ssm.get_parameter(Name="/app/a")["Parameter"]["Version"] == 1
    message = refusal(ssm, "delete_parameter", Name="/app/a")["Message"]
    assert message.endswith("because no permissions boundary allows the ssm:DeleteParameter action")
    assert refusal(stocked.iam, "delete_policy", PolicyArn=bound)["Code"] == "DeleteConflict"
    stocked.iam.delete_user_permissions_boundary(UserName="ann")
    ssm.delete_parameter(Name="/app/a")


TAGGED = {"StringEquals": {"ssm:resourceTag/Team": "red"}}
CONDITIONS: list[tuple[str, dict[str, Any], str, dict[str, Any], bool]] = [
    # why, the statement's condition, the operation, its members, whether it is allowed
    ("a tag", TAGGED, "get_parameter", {"Name": "/app/a"}, True),
    ("another tag", TAGGED, "get_parameter", {"Name": "/app/b"}, False),
    ("the global key", {"StringEquals": {"aws:ResourceTag/team": "red"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("tags of all", TAGGED, "get_parameters", {"Names": ["/app/a", "/app/b"]}, False),
    ("new", {"StringEquals": {"ssm:Overwrite": "false"}}, "put_parameter",
     {"Name": "/app/a", "Value": "x", "Overwrite": True}, False),
    ("not new", {"StringEquals": {"ssm:Overwrite": "true"}}, "put_parameter",
     {"Name": "/app/a", "Value": "x", "Overwrite": True}, True),
    ("recursive", {"StringEquals": {"ssm:Recursive": "false"}}, "get_parameters_by_path",
     {"Path": "/app", "Recursive": True}, False),
    ("flat", {"StringEquals": {"ssm:Recursive": "false"}}, "get_parameters_by_path", {"Path": "/app"}, True),
    ("tags of the request", {"StringEquals": {"aws:RequestTag/Team": "red"}}, "add_tags_to_resource",
     {"ResourceType": "Parameter", "ResourceId": "/app/a", "Tags": [{"Key": "Team", "Value": "red"}]}, True),
    ("no other tags", {"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}, "add_tags_to_resource",
     {"ResourceType": "Parameter", "ResourceId": "/app/a", "Tags": [{"Key": "Cost", "Value": "x"}]}, False),
    ("from here", {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("from elsewhere", {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "get_parameter", {"Name": "/app/a"}, False),
    ("encrypted", {"Bool": {"aws:SecureTransport": "true"}}, "get_parameter", {"Name": "/app/a"}, False),
    ("in time", {"DateLessThan": {"aws:CurrentTime": "2100-01-01"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("too late", {"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}, "get_parameter", {"Name": "/app/a"}, False),
    ("the Region", {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("another Region", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "get_parameter", {"Name": "/app/a"},
     False),
    ("a client", {"StringLike": {"aws:UserAgent": "*otocore*"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("by name", {"StringEquals": {"aws:username": "ann"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("by ARN", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/ann"}}, "get_parameter", {"Name": "/app/a"}, True),
    ("no session", {"Null": {"aws:TokenIssueTime": "true"}}, "get_parameter", {"Name": "/app/a"}, True),
]  # fmt: skip


def test_conditions(stocked: House) -> None:
    """One account for all of them: making one takes longer than a row."""
    ssm = stocked.client("ssm", stocked.user("ann"))
    for why, condition, operation, members, allowed in CONDITIONS:
        policy = document(allow("ssm:*", Condition=condition))
        stocked.iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=policy)
        if allowed:
            getattr(ssm, operation)(**members)
        else:
            assert denied(ssm, operation, **members), why


def test_tags_of_people_and_parameters_together(stocked: House) -> None:
    """One policy for all teams."""
    same = {"StringEquals": {"ssm:resourceTag/Team": "${aws:PrincipalTag/Team}"}}
    ssm = stocked.client("ssm", stocked.user("ann", allow("ssm:GetParameter", Condition=same)))
    assert denied(ssm, "get_parameter", Name="/app/a")
    stocked.iam.tag_user(UserName="ann", Tags=[{"Key": "Team", "Value": "blue"}])
    assert ssm.get_parameter(Name="/app/b")["Parameter"]["Version"] == 1
    assert denied(ssm, "get_parameter", Name="/app/a")


def test_a_parameter_of_one_s_own(stocked: House) -> None:
    mine = stocked.parameter("/home/${aws:username}/*")
    ssm = stocked.client("ssm", stocked.user("ann", allow("ssm:*Parameter", mine)))
    ssm.put_parameter(Name="/home/ann/x", Value="v", Type="String")
    assert denied(ssm, "put_parameter", Name="/home/bob/x", Value="v", Type="String")


def test_new_tags_need_their_own_permission(stocked: House) -> None:
    tags = [{"Key": "Team", "Value": "red"}]
    ssm = stocked.client("ssm", stocked.user("ann", allow("ssm:PutParameter")))
    ssm.put_parameter(Name="/new", Value="v", Type="String")
    message = refusal(ssm, "put_parameter", Name="/tagged", Value="v", Type="String", Tags=tags)["Message"]
    assert "ssm:AddTagsToResource" in message


def test_secure_strings(stocked: House) -> None:
    """The default key is for everybody of the account who may use the parameter; a key of one's own asks KMS."""
    key = stocked.client("kms").create_key()["KeyMetadata"]["Arn"]
    stocked.ssm.put_parameter(Name="/app/default", Value="secret", Type="SecureString")
    stocked.ssm.put_parameter(Name="/app/own", Value="secret", Type="SecureString", KeyId=key)
    ann = stocked.user("ann", allow("ssm:GetParameter"))
    ssm = stocked.client("ssm", ann)
    assert ssm.get_parameter(Name="/app/default", WithDecryption=True)["Parameter"]["Value"] == "secret"
    assert ssm.get_parameter(Name="/app/own")["Parameter"]["Value"] != "secret"
    assert denied(ssm, "get_parameter", Name="/app/own", WithDecryption=True)
    context = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": stocked.parameter("/app/own")}}
    stocked.iam.put_user_policy(
        UserName="ann", PolicyName="k", PolicyDocument=document(allow("kms:Decrypt", key, Condition=context))
    )
    assert ssm.get_parameter(Name="/app/own", WithDecryption=True)["Parameter"]["Value"] == "secret"
    # Not by KMS itself, with another context.
    assert denied(stocked.client("kms", ann), "encrypt", KeyId=key, Plaintext=b"x")


def test_what_is_public_needs_permission_too(stocked: House) -> None:
    name = "/aws/service/global-infrastructure/regions/us-east-1"
    assert denied(stocked.client("ssm", stocked.user("ann")), "get_parameter", Name=name)
    ssm = stocked.client(
        "ssm", stocked.user("bob", allow("ssm:GetParameter", "arn:aws:ssm:*::parameter/aws/service/*"))
    )
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "us-east-1"


def test_across_accounts_both_must_allow(stocked: House, server: Server, client_for: ClientFactory) -> None:
    other = House(server, server.new_account(), client_for)
    arn = stocked.parameter("/shared")
    stocked.ssm.put_parameter(Name="/shared", Value="v", Type="String", Tier="Advanced")
    bob = other.user("bob")
    ssm = other.client("ssm", bob)
    assert "no resource-based policy" in refusal(ssm, "get_parameter", Name=arn)["Message"]
    shared = document(allow("ssm:GetParameter", arn, Principal={"AWS": other.arn("user/bob")}))
    stocked.ssm.put_resource_policy(ResourceArn=arn, Policy=shared)
    assert "no identity-based policy" in refusal(ssm, "get_parameter", Name=arn)["Message"]
    other.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=document(allow("ssm:GetParameter", arn)))
    assert ssm.get_parameter(Name=arn)["Parameter"]["Value"] == "v"
    assert denied(other.client("ssm", other.user("eve", allow("ssm:*"))), "get_parameter", Name=arn)


def test_at_home_a_resource_policy_is_enough(stocked: House) -> None:
    arn = stocked.parameter("/shared")
    stocked.ssm.put_parameter(Name="/shared", Value="v", Type="String", Tier="Advanced")
    ann = stocked.user("ann")
    stocked.ssm.put_resource_policy(
        ResourceArn=arn,
        Policy=document(allow("ssm:GetParameter", arn, Principal={"AWS": stocked.arn("user/ann")})),
    )
    assert stocked.client("ssm", ann).get_parameter(Name="/shared")["Parameter"]["Value"] == "v"


def test_iam_by_policies(house: House) -> None:
    """Somebody who may make users, but only within a boundary, below a path, and with a tag."""
    bound = house.iam.create_policy(PolicyName="bound", PolicyDocument=document(allow("ssm:*")))["Policy"]["Arn"]
    admin = house.user(
        "admin",
        allow(
            "iam:CreateUser", house.arn("user/dev/*"), Condition={"StringEquals": {"iam:PermissionsBoundary": bound}}
        ),
        allow(
            "iam:AttachUserPolicy", "*", Condition={"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSSM*"}}
        ),
        allow("iam:DeleteUser", "*", Condition={"StringEquals": {"iam:ResourceTag/temporary": "yes"}}),
    )
    iam = house.client("iam", admin)
    assert denied(iam, "create_user", UserName="a", Path="/dev/")
    assert denied(iam, "create_user", UserName="a", Path="/ops/", PermissionsBoundary=bound)
    iam.create_user(UserName="a", Path="/dev/", PermissionsBoundary=bound)
    assert denied(iam, "attach_user_policy", UserName="a", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.attach_user_policy(UserName="a", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess")
    house.iam.detach_user_policy(UserName="a", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess")
    assert denied(iam, "delete_user", UserName="a")
    house.iam.tag_user(UserName="a", Tags=[{"Key": "Temporary", "Value": "yes"}])
    iam.delete_user(UserName="a")
    # Whoever may not look does not learn who is there.
    assert denied(iam, "get_user", UserName="a")
    assert denied(iam, "get_user", UserName="admin")


def test_simulation_agrees_with_what_happens(stocked: House) -> None:
    ann = stocked.user(
        "ann",
        allow("ssm:Get*", stocked.parameter("/app/*"), Sid="Reads"),
        deny("ssm:GetParameter", stocked.parameter("/app/b"), Sid="Never"),
    )
    ssm = stocked.client("ssm", ann)
    for name in ("/app/a", "/app/b", "/other"):
        (result,) = stocked.iam.simulate_principal_policy(
            PolicySourceArn=stocked.arn("user/ann"),
            ActionNames=["ssm:GetParameter"],
            ResourceArns=[stocked.parameter(name)],
        )["EvaluationResults"]
        if result["EvalDecision"] == "allowed":
            ssm.get_parameter(Name=name)
        else:
            assert denied(ssm, "get_parameter", Name=name)
        decisions = {"/app/a": ("allowed", 1), "/app/b": ("explicitDeny", 1), "/other": ("implicitDeny", 0)}
        assert (result["EvalDecision"], len(result["MatchedStatements"])) == decisions[name]


def test_simulation_of_given_policies(house: House) -> None:
    text = document(
        allow("ssm:*", Condition={"StringEquals": {"aws:RequestTag/team": "red"}}), deny("ssm:Delete*")
    ).replace('{"Effect": "Deny"', '\n  {"Effect": "Deny"')

    def decided(action: str, **members: Any) -> Any:
        (result,) = house.iam.simulate_custom_policy(PolicyInputList=[text], ActionNames=[action], **members)[
            "EvaluationResults"
        ]
        return result

    result = decided("ssm:PutParameter")
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:requesttag/team"])
    team = [{"ContextKeyName": "aws:RequestTag/team", "ContextKeyValues": ["red"], "ContextKeyType": "string"}]
    assert decided("ssm:PutParameter", ContextEntries=team)["EvalDecision"] == "allowed"
    result = decided("ssm:DeleteParameter", ContextEntries=team)
    assert result["EvalDecision"] == "explicitDeny"
    (matched,) = result["MatchedStatements"]
    start = matched["StartPosition"]
    assert matched["SourcePolicyId"] == "PolicyInputList.1"
    assert text.splitlines()[start["Line"] - 1][start["Column"] - 1 :].startswith('{"Effect": "Deny"')
    bounded = decided(
        "ssm:PutParameter", ContextEntries=team, PermissionsBoundaryPolicyInputList=[document(allow("kms:*"))]
    )
    assert bounded["EvalDecision"] == "implicitDeny"
    assert bounded["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    keys = house.iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"]
    assert keys == ["aws:requesttag/team"]


def test_simulation_of_very_many_pairs_comes_page_by_page(house: House) -> None:
    """A million pairs of action and resource: only those of the page are decided."""
    members = {
        "PolicyInputList": [document(allow("ssm:*"))],
        "ActionNames": [f"ssm:Get{number}" for number in range(1000)],
        "ResourceArns": [f"arn:aws:ssm:us-east-1:{house.account}:parameter/{number}" for number in range(1000)],
    }
    page = house.iam.simulate_custom_policy(**members)
    assert page["IsTruncated"] is True
    first = [
        (each["EvalActionName"], each["EvalResourceName"].rpartition("/")[2]) for each in page["EvaluationResults"]
    ]
    assert first == [("ssm:Get0", str(number)) for number in range(100)]
    page = house.iam.simulate_custom_policy(**members, Marker=page["Marker"], MaxItems=1)
    assert page["EvaluationResults"][0]["EvalResourceName"].endswith("parameter/100")
    too_long = [document(allow("ssm:" + "x" * 40_000))] * 2
    error = refusal(house.iam, "simulate_custom_policy", PolicyInputList=too_long, ActionNames=["ssm:GetParameter"])
    assert error["Code"] == "LimitExceeded"
