"""Users, keys, groups, roles and policies: made, shown, listed, changed and deleted as IAM does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sdk.iam.conftest import House, allow, document, refusal, trust

READS = document(allow("ssm:Get*"))


def test_the_life_of_a_user(house: House) -> None:
    iam = house.iam
    made = iam.create_user(UserName="ann", Path="/dev/", Tags=[{"Key": "team", "Value": "red"}])["User"]
    assert (made["Arn"], made["Path"], made["UserName"]) == (house.arn("user/dev/ann"), "/dev/", "ann")
    assert made["UserId"].startswith("AIDA")
    assert made["Tags"] == [{"Key": "team", "Value": "red"}]
    assert iam.get_user(UserName="ANN")["User"] == made
    assert refusal(iam, "create_user", UserName="Ann") == {
        "Type": "Sender",
        "Code": "EntityAlreadyExists",
        "Message": "User with name Ann already exists.",
    }
    iam.create_user(UserName="bob")
    assert [each["UserName"] for each in iam.list_users()["Users"]] == ["ann", "bob"]
    assert [each["UserName"] for each in iam.list_users(PathPrefix="/dev/")["Users"]] == ["ann"]
    iam.update_user(UserName="ann", NewUserName="anna", NewPath="/ops/")
    assert iam.get_user(UserName="anna")["User"]["UserId"] == made["UserId"]
    assert refusal(iam, "get_user", UserName="ann") == {
        "Type": "Sender",
        "Code": "NoSuchEntity",
        "Message": "The user with name ann cannot be found.",
    }
    iam.delete_user(UserName="anna")
    assert [each["UserName"] for each in iam.list_users()["Users"]] == ["bob"]


def test_a_renamed_user_still_signs(house: House) -> None:
    ann = house.user("ann", allow("ssm:*"))
    house.iam.update_user(UserName="ann", NewUserName="anna")
    assert house.client("sts", ann).get_caller_identity()["Arn"] == house.arn("user/anna")
    assert house.client("ssm", ann).describe_parameters()["Parameters"] == []


def test_who_a_user_is(house: House) -> None:
    ann = house.user("ann", allow("iam:GetUser", house.arn("user/${aws:username}")))
    assert house.client("iam", ann).get_user()["User"]["UserName"] == "ann"
    assert house.iam.get_user()["User"]["Arn"] == house.arn("root")
    assert refusal(house.client("iam", ann), "get_user", UserName="bob")["Code"] == "AccessDenied"


def test_access_keys(house: House) -> None:
    ann = house.user("ann", allow("ssm:*"))
    ssm = house.client("ssm", ann)
    assert ssm.describe_parameters()["Parameters"] == []
    (listed,) = house.iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    assert (listed["AccessKeyId"], listed["Status"]) == (ann.access_key_id, "Active")
    assert "SecretAccessKey" not in listed
    house.iam.update_access_key(UserName="ann", AccessKeyId=ann.access_key_id, Status="Inactive")
    assert refusal(ssm, "describe_parameters")["Code"] == "UnrecognizedClientException"
    house.iam.update_access_key(UserName="ann", AccessKeyId=ann.access_key_id, Status="Active")
    assert ssm.describe_parameters()["Parameters"] == []
    house.iam.create_access_key(UserName="ann")
    assert refusal(house.iam, "create_access_key", UserName="ann") == {
        "Type": "Sender",
        "Code": "LimitExceeded",
        "Message": "Cannot exceed quota for AccessKeysPerUser: 2",
    }
    assert refusal(house.iam, "delete_user", UserName="ann")["Code"] == "DeleteConflict"
    house.iam.delete_access_key(UserName="ann", AccessKeyId=ann.access_key_id)
    assert refusal(ssm, "describe_parameters")["Code"] == "UnrecognizedClientException"


def test_nobody_else_s_key(house: House) -> None:
    house.user("ann")
    bob = house.user("bob")
    for operation, more in (("update_access_key", {"Status": "Inactive"}), ("delete_access_key", {})):
        error = refusal(house.iam, operation, UserName="ann", AccessKeyId=bob.access_key_id, **more)
        assert error["Code"] == "NoSuchEntity"


def test_a_root_s_keys(house: House) -> None:
    made = house.iam.create_access_key()["AccessKey"]
    listed = house.iam.list_access_keys()["AccessKeyMetadata"]
    assert {each["AccessKeyId"] for each in listed} == {house.keys.access_key_id, made["AccessKeyId"]}


def test_groups(house: House) -> None:
    iam = house.iam
    group = iam.create_group(GroupName="readers", Path="/teams/")["Group"]
    assert group["Arn"] == house.arn("group/teams/readers")
    ann = house.user("ann")
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    assert [each["UserName"] for each in iam.get_group(GroupName="readers")["Users"]] == ["ann"]
    assert [each["GroupName"] for each in iam.list_groups_for_user(UserName="ann")["Groups"]] == ["readers"]
    ssm = house.client("ssm", ann)
    assert refusal(ssm, "describe_parameters")["Code"] == "AccessDeniedException"
    iam.put_group_policy(GroupName="readers", PolicyName="p", PolicyDocument=document(allow("ssm:Describe*")))
    assert ssm.describe_parameters()["Parameters"] == []
    iam.remove_user_from_group(GroupName="readers", UserName="ann")
    assert refusal(ssm, "describe_parameters")["Code"] == "AccessDeniedException"
    assert refusal(iam, "delete_group", GroupName="readers")["Code"] == "DeleteConflict"
    iam.delete_group_policy(GroupName="readers", PolicyName="p")
    iam.delete_group(GroupName="readers")
    assert iam.list_groups()["Groups"] == []


def test_roles(house: House) -> None:
    iam = house.iam
    trusted = trust({"AWS": house.arn("root")})
    made = iam.create_role(
        RoleName="deploy", Path="/ci/", AssumeRolePolicyDocument=trusted, Description="d", MaxSessionDuration=7200
    )["Role"]
    assert (made["Arn"], made["MaxSessionDuration"]) == (house.arn("role/ci/deploy"), 7200)
    assert made["AssumeRolePolicyDocument"] == json.loads(trusted)
    shown = iam.get_role(RoleName="deploy")["Role"]
    assert shown | {"RoleLastUsed": {}} == made | {"RoleLastUsed": {}}
    iam.update_role(RoleName="deploy", MaxSessionDuration=3600)
    iam.tag_role(RoleName="deploy", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_role(RoleName="deploy", TagKeys=["A"])
    assert iam.list_role_tags(RoleName="deploy")["Tags"] == [{"Key": "b", "Value": "2"}]
    assert (iam.get_role(RoleName="deploy")["Role"]["MaxSessionDuration"], shown["Description"]) == (3600, "d")
    other = trust({"AWS": "*"})
    iam.update_assume_role_policy(RoleName="deploy", PolicyDocument=other)
    assert iam.get_role(RoleName="deploy")["Role"]["AssumeRolePolicyDocument"] == json.loads(other)
    assert iam.list_instance_profiles_for_role(RoleName="deploy")["InstanceProfiles"] == []
    iam.put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=READS)
    assert refusal(iam, "delete_role", RoleName="deploy") == {
        "Type": "Sender",
        "Code": "DeleteConflict",
        "Message": "Cannot delete entity, must delete policies first.",
    }
    iam.delete_role_policy(RoleName="deploy", PolicyName="p")
    iam.delete_role(RoleName="deploy")
    assert iam.list_roles()["Roles"] == []


def test_managed_policies_and_their_versions(house: House) -> None:
    iam = house.iam
    made = iam.create_policy(PolicyName="reads", Path="/p/", PolicyDocument=READS, Description="d")["Policy"]
    arn = made["Arn"]
    assert arn == house.arn("policy/p/reads")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Description"] == "d"
    for number in range(2, 6):
        version = iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=document(allow(f"ssm:Get{number}")), SetAsDefault=number == 5
        )["PolicyVersion"]
        assert version["VersionId"] == f"v{number}"
    assert refusal(iam, "create_policy_version", PolicyArn=arn, PolicyDocument=READS)["Code"] == "LimitExceeded"
    assert [each["VersionId"] for each in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == [
        "v5", "v4", "v3", "v2", "v1",
    ]  # fmt: skip
    shown = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert (shown["Document"], shown["IsDefaultVersion"]) == (json.loads(READS), False)
    assert refusal(iam, "delete_policy_version", PolicyArn=arn, VersionId="v5")["Code"] == "DeleteConflict"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    again = iam.create_policy_version(PolicyArn=arn, PolicyDocument=READS)["PolicyVersion"]
    assert (again["VersionId"], again["IsDefaultVersion"]) == ("v6", False)
    house.user("ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    assert [each["UserName"] for each in iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]] == ["ann"]
    assert refusal(iam, "delete_policy", PolicyArn=arn)["Message"] == "Cannot delete a policy attached to entities."
    iam.detach_user_policy(UserName="ann", PolicyArn=arn)
    for each in ("v2", "v3", "v4", "v6"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=each)
    iam.delete_policy(PolicyArn=arn)
    assert refusal(iam, "get_policy", PolicyArn=arn)["Message"] == f"Policy {arn} was not found."


def test_policies_that_come_with_it(house: House) -> None:
    listed = house.iam.list_policies(Scope="AWS")["Policies"]
    names = {each["PolicyName"] for each in listed}
    assert {"AdministratorAccess", "AmazonSSMReadOnlyAccess", "AmazonSSMFullAccess", "ReadOnlyAccess"} <= names
    for each in listed:
        version = house.iam.get_policy_version(PolicyArn=each["Arn"], VersionId=each["DefaultVersionId"])
        assert version["PolicyVersion"]["Document"]["Version"] == "2012-10-17"
    assert house.iam.list_policies(Scope="Local")["Policies"] == []
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert refusal(house.iam, "delete_policy", PolicyArn=arn)["Code"] == "AccessDenied"


def test_lists_come_page_by_page(house: House) -> None:
    for number in range(5):
        house.iam.create_user(UserName=f"u{number}")
    pages = list(house.iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2}))
    assert [[each["UserName"] for each in page["Users"]] for page in pages] == [["u0", "u1"], ["u2", "u3"], ["u4"]]
    assert refusal(house.iam, "list_users", Marker="!")["Code"] == "ValidationError"


def test_the_account(house: House) -> None:
    house.user("ann")
    summary = house.iam.get_account_summary()["SummaryMap"]
    assert (summary["Users"], summary["Roles"], summary["AccountAccessKeysPresent"]) == (1, 0, 1)
    alias = f"team-{house.account}"
    house.iam.create_account_alias(AccountAlias=alias)
    assert house.iam.list_account_aliases()["AccountAliases"] == [alias]
    house.iam.delete_account_alias(AccountAlias=alias)
    assert house.iam.list_account_aliases()["AccountAliases"] == []


@pytest.mark.parametrize(
    ("operation", "members", "code", "message"),
    [
        ("create_user", {"UserName": "a b"}, "ValidationError", "1 validation error detected: Value 'a b' at"),
        ("create_policy", {"PolicyName": "p", "PolicyDocument": "{"}, "MalformedPolicyDocument",
         "This policy contains invalid Json"),
        ("create_policy", {"PolicyName": "p", "PolicyDocument": '{"Statement": []}'}, "MalformedPolicyDocument",
         "Syntax errors in policy."),
        ("create_policy", {"PolicyName": "p", "PolicyDocument": document(allow("ssm:" + "x" * 6200))},
         "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
        ("create_role", {"RoleName": "r", "AssumeRolePolicyDocument": trust({"AWS": "somebody"})},
         "MalformedPolicyDocument", 'Invalid principal in policy: "AWS":"somebody"'),
        ("create_role", {"RoleName": "r", "AssumeRolePolicyDocument": document(allow("sts:AssumeRole"))},
         "MalformedPolicyDocument", "Has prohibited field Resource"),
        ("get_policy", {"PolicyArn": "arn:aws:iam::aws:policy/x"}, "NoSuchEntity",
         "Policy arn:aws:iam::aws:policy/x was not found."),
        ("get_policy", {"PolicyArn": "this-is-no-arn-at-all"}, "ValidationError",
         "ARN this-is-no-arn-at-all is not valid."),
        ("create_user", {"UserName": "u", "Tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]},
         "InvalidInput", "Duplicate tag keys found"),
        ("create_user", {"UserName": "u", "PermissionsBoundary": "arn:aws:iam::aws:policy/Nothing"}, "NoSuchEntity",
         "Scope ARN: arn:aws:iam::aws:policy/Nothing does not exist or is not attachable."),
    ],
)  # fmt: skip
def test_what_is_refused(house: House, operation: str, members: dict[str, Any], code: str, message: str) -> None:
    error = refusal(house.iam, operation, **members)
    assert error["Code"] == code
    assert error["Message"].startswith(message)


def test_inline_policies_have_a_quota(house: House) -> None:
    house.user("ann")
    house.iam.put_user_policy(UserName="ann", PolicyName="a", PolicyDocument=document(allow("ssm:" + "x" * 1500)))
    error = refusal(
        house.iam, "put_user_policy", UserName="ann", PolicyName="b", PolicyDocument=document(allow("ssm:" + "x" * 600))
    )
    assert error["Message"] == "Maximum policy size of 2048 bytes exceeded for user ann"


def test_accounts_do_not_see_each_other(house: House, server: Any, client_for: Any) -> None:
    house.user("ann")
    other = House(server, server.new_account(), client_for)
    assert other.iam.list_users()["Users"] == []
    assert refusal(other.iam, "get_user", UserName="ann")["Code"] == "NoSuchEntity"
    arn = house.iam.create_policy(PolicyName="p", PolicyDocument=READS)["Policy"]["Arn"]
    assert refusal(other.iam, "get_policy", PolicyArn=arn)["Code"] == "AccessDenied"
