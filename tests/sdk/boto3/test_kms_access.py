"""Who may use a key: its policy, grants, conditions, and keys of other accounts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Raw

from parastore.kms.operations import OPERATIONS
from parastore.kms.operations.unsupported import OF_STORES
from parastore.operation import Operation
from parastore.testing.server import Keys, Server
from parastore.violations import members


@pytest.fixture
def kms(server: Server, keys: Keys, client_for: ClientFactory) -> Client:
    return client_for(server, keys, service="kms")


@pytest.fixture
def other(server: Server) -> Keys:
    """Another account."""
    return server.new_account()


@pytest.fixture
def stranger(server: Server, other: Keys, client_for: ClientFactory) -> Client:
    return client_for(server, other, service="kms")


def root(keys: Keys) -> str:
    return f"arn:aws:iam::{keys.account}:root"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Resource": "*", **each} for each in statements]})


def allow(keys: Keys, *actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": root(keys)}, "Action": list(actions), **more}


def new_key(kms: Client, **members: Any) -> str:
    arn: str = kms.create_key(**members)["KeyMetadata"]["Arn"]
    return arn


def refusal(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**members)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    text: str = refused.value.response["Error"]["Message"]
    return text


def test_the_default_policy(kms: Client, keys: Keys) -> None:
    """[D] one statement, which lets the account decide."""
    answer = kms.get_key_policy(KeyId=new_key(kms), PolicyName="default")
    document = json.loads(answer["Policy"])
    assert answer["PolicyName"] == "default"
    assert (document["Version"], document["Id"]) == ("2012-10-17", "key-default-1")
    assert document["Statement"] == [{
        "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": root(keys)},
        "Action": "kms:*", "Resource": "*",
    }]  # fmt: skip


def test_a_policy_that_leaves_encryption_out(kms: Client, keys: Keys) -> None:
    """[D] without a statement for it, not even the account's root may."""
    key = new_key(kms)
    narrow = policy(allow(keys, "kms:Decrypt", "kms:PutKeyPolicy", "kms:Describe*"))
    blob = kms.encrypt(KeyId=key, Plaintext=b"v")["CiphertextBlob"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=narrow)

    assert refusal(kms.encrypt, KeyId=key, Plaintext=b"v") == (
        f"User: {root(keys)} is not authorized to perform: kms:Encrypt on resource: {key}"
        " because no resource-based policy allows the kms:Encrypt action"
    )
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"v"
    refusal(kms.schedule_key_deletion, KeyId=key)


def test_a_policy_that_locks_out_is_refused_unless_it_is_meant(kms: Client, keys: Keys) -> None:
    """[Q]"""
    lockout = policy(allow(keys, "kms:Encrypt"))
    key = new_key(kms)
    calls: tuple[tuple[Any, dict[str, str]], ...] = ((kms.create_key, {}), (kms.put_key_policy, {"KeyId": key}))
    for call, named in calls:
        with pytest.raises(ClientError) as refused:
            call(**named, Policy=lockout)
        assert refused.value.response["Error"] == {
            "Code": "MalformedPolicyDocumentException",
            "Message": "The new key policy will not allow you to update the key policy in the future.",
        }
    kms.put_key_policy(KeyId=key, Policy=lockout, BypassPolicyLockoutSafetyCheck=True)
    refusal(kms.get_key_policy, KeyId=key)


@pytest.mark.parametrize(("broken", "text"), [
    ({"Effect": "Allow", "Action": "kms:*"}, "Policy contains a statement with no principal."),
    ({"Effect": "Allow", "Principal": {"AWS": "nobody"}, "Action": "kms:*"},
     "Policy contains a statement with one or more invalid principals."),
    ({"Effect": "Allow", "Principal": {"AWS": "*"}}, "Missing required field Action"),
])  # fmt: skip
def test_malformed_policies(kms: Client, broken: dict[str, Any], text: str) -> None:
    """[Q]"""
    with pytest.raises(ClientError) as refused:
        kms.create_key(Policy=policy(broken))
    assert refused.value.response["Error"]["Code"] == "MalformedPolicyDocumentException"
    assert refused.value.response["Error"]["Message"] == text


def test_conditions_on_the_encryption_context(kms: Client, keys: Keys) -> None:
    condition = {"StringEquals": {"kms:EncryptionContext:team": "blue"}}
    key = new_key(kms, Policy=policy(
        allow(keys, "kms:Encrypt", "kms:Decrypt", Condition=condition), allow(keys, "kms:PutKeyPolicy")
    ))  # fmt: skip
    blob = kms.encrypt(KeyId=key, Plaintext=b"v", EncryptionContext={"team": "blue"})["CiphertextBlob"]
    refusal(kms.encrypt, KeyId=key, Plaintext=b"v", EncryptionContext={"team": "red"})
    refusal(kms.encrypt, KeyId=key, Plaintext=b"v")
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"team": "blue"})["Plaintext"] == b"v"


def test_conditions_on_alias_tag_and_service(kms: Client, ssm: Client, keys: Keys) -> None:
    by_alias = {"StringEquals": {"kms:RequestAlias": "alias/door"}}
    tagged = {"StringEquals": {"aws:ResourceTag/use": "yes"}}
    via = {"StringEquals": {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}}
    manage = allow(keys, "kms:PutKeyPolicy", "kms:CreateAlias", "kms:TagResource", "kms:UntagResource")
    doors = {}
    for name, condition in (("alias", by_alias), ("tag", tagged), ("via", via)):
        use = allow(keys, "kms:Encrypt", "kms:GenerateDataKey*", "kms:Decrypt", Condition=condition)
        doors[name] = new_key(kms, Policy=policy(manage, use))

    kms.create_alias(AliasName="alias/door", TargetKeyId=doors["alias"].rpartition("/")[2])
    kms.encrypt(KeyId="alias/door", Plaintext=b"v")
    refusal(kms.encrypt, KeyId=doors["alias"], Plaintext=b"v")

    refusal(kms.encrypt, KeyId=doors["tag"], Plaintext=b"v")
    kms.tag_resource(KeyId=doors["tag"], Tags=[{"TagKey": "use", "TagValue": "yes"}])
    kms.encrypt(KeyId=doors["tag"], Plaintext=b"v")

    refusal(kms.encrypt, KeyId=doors["via"], Plaintext=b"v")
    ssm.put_parameter(Name="/via", Value="v", Type="SecureString", KeyId=doors["via"])
    assert ssm.get_parameter(Name="/via", WithDecryption=True)["Parameter"]["Value"] == "v"


def test_a_key_of_another_account(kms: Client, stranger: Client, keys: Keys, other: Keys) -> None:
    key = new_key(kms)
    refusal(stranger.encrypt, KeyId=key, Plaintext=b"v")
    shared = policy(allow(keys, "kms:*"), allow(other, "kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"))
    kms.put_key_policy(KeyId=key, Policy=shared)

    blob = stranger.encrypt(KeyId=key, Plaintext=b"v")["CiphertextBlob"]
    assert stranger.decrypt(CiphertextBlob=blob)["Plaintext"] == b"v"
    assert kms.decrypt(CiphertextBlob=blob)["KeyId"] == key
    assert stranger.describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"] == keys.account
    refusal(stranger.schedule_key_deletion, KeyId=key)  # never across accounts
    refusal(stranger.get_key_policy, KeyId=key)


def test_a_shared_secret_under_a_shared_key(
    kms: Client, ssm: Client, server: Server, keys: Keys, other: Keys, client_for: ClientFactory
) -> None:
    """[D] an advanced parameter under a customer managed key is shared whole."""
    key = new_key(kms, Policy=policy(allow(keys, "kms:*"), allow(other, "kms:Decrypt")))
    for tier in ("Standard", "Advanced"):
        ssm.put_parameter(Name=f"/{tier}", Value="ours", Type="SecureString", KeyId=key, Tier=tier)
    arn = f"arn:aws:ssm:us-east-1:{keys.account}:parameter/Advanced"
    actions = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory", "ssm:DescribeParameters")
    share = allow(other, *actions, Resource=arn)
    ssm.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [share]}))
    abroad = client_for(server, other)
    assert abroad.get_parameter(Name=arn, WithDecryption=True)["Parameter"]["Value"] == "ours"

    kms.put_key_policy(KeyId=key, Policy=policy(allow(keys, "kms:*")))
    assert "you are not allowed to access" in refusal(abroad.get_parameter, Name=arn, WithDecryption=True)


def test_the_managed_key_is_for_its_service(kms: Client, ssm: Client, keys: Keys) -> None:
    """[D] its policy lets the account use it through Parameter Store, and look at it."""
    ssm.put_parameter(Name="/secret", Value="v", Type="SecureString")
    shown = kms.describe_key(KeyId="alias/aws/ssm")["KeyMetadata"]
    assert (shown["KeyManager"], shown["KeyState"]) == ("AWS", "Enabled")
    assert kms.get_key_rotation_status(KeyId=shown["KeyId"])["KeyRotationEnabled"] is True
    refusal(kms.encrypt, KeyId="alias/aws/ssm", Plaintext=b"v")
    refusal(kms.disable_key, KeyId=shown["KeyId"])
    refusal(kms.schedule_key_deletion, KeyId=shown["KeyId"])
    refusal(kms.put_key_policy, KeyId=shown["KeyId"], Policy=policy(allow(keys, "kms:*")))
    document = json.loads(kms.get_key_policy(KeyId=shown["KeyId"])["Policy"])
    conditions = document["Statement"][0]["Condition"]["StringEquals"]
    assert conditions == {"kms:ViaService": "ssm.us-east-1.amazonaws.com", "kms:CallerAccount": keys.account}


def test_a_grant_lets_another_account_in(kms: Client, stranger: Client, keys: Keys, other: Keys) -> None:
    key = new_key(kms)
    constraints = {"EncryptionContextSubset": {"team": "blue"}}
    made = kms.create_grant(
        KeyId=key, GranteePrincipal=root(other), Operations=["Encrypt", "Decrypt"], Constraints=constraints, Name="n"
    )
    context = {"team": "blue", "more": "x"}
    blob = stranger.encrypt(KeyId=key, Plaintext=b"v", EncryptionContext=context)["CiphertextBlob"]
    assert stranger.decrypt(
        CiphertextBlob=blob, EncryptionContext=context, GrantTokens=[made["GrantToken"]]
    )["Plaintext"] == b"v"  # fmt: skip
    refusal(stranger.encrypt, KeyId=key, Plaintext=b"v")
    refusal(stranger.generate_data_key, KeyId=key, KeySpec="AES_256", EncryptionContext=context)

    (listed,) = kms.list_grants(KeyId=key)["Grants"]
    assert (listed["GrantId"], listed["Name"], listed["Constraints"]) == (made["GrantId"], "n", constraints)
    assert (listed["KeyId"], listed["IssuingAccount"]) == (key, root(keys))
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    refusal(stranger.encrypt, KeyId=key, Plaintext=b"v", EncryptionContext=context)


def test_the_same_named_grant_is_made_once(kms: Client, other: Keys) -> None:
    """[D]"""
    key = new_key(kms)
    members: dict[str, Any] = {"KeyId": key, "GranteePrincipal": root(other), "Operations": ["Encrypt"], "Name": "n"}
    first, second = kms.create_grant(**members), kms.create_grant(**members)
    assert first["GrantId"] == second["GrantId"]
    assert kms.create_grant(**{**members, "Operations": ["Decrypt"]})["GrantId"] != first["GrantId"]
    assert len(kms.list_grants(KeyId=key)["Grants"]) == 2


def test_who_retires_a_grant(kms: Client, stranger: Client, other: Keys) -> None:
    key = new_key(kms)
    members: dict[str, Any] = {"KeyId": key, "GranteePrincipal": root(other), "Operations": ["Encrypt"]}
    plain = kms.create_grant(**members)
    refusal(stranger.retire_grant, GrantToken=plain["GrantToken"])
    given = kms.create_grant(**members, RetiringPrincipal=root(other))
    (listed,) = kms.list_retirable_grants(RetiringPrincipal=root(other))["Grants"]
    assert listed["GrantId"] == given["GrantId"]
    stranger.retire_grant(KeyId=key, GrantId=given["GrantId"])
    assert [each["GrantId"] for each in kms.list_grants(KeyId=key)["Grants"]] == [plain["GrantId"]]
    for members, code in (
        ({"GrantToken": "nonsense"}, "InvalidGrantTokenException"),
        ({"KeyId": key, "GrantId": given["GrantId"]}, "InvalidGrantIdException"),
    ):
        with pytest.raises(ClientError) as refused:
            kms.retire_grant(**members)
        assert refused.value.response["Error"]["Code"] == code


def test_what_there_is_not_reads_as_what_one_may_not(kms: Client, stranger: Client) -> None:
    """[D/Q] a blob tells nobody whether its key exists."""
    key = new_key(kms)
    blob = kms.encrypt(KeyId=key, Plaintext=b"v")["CiphertextBlob"]
    unknown = blob[:6] + bytes(16) + blob[22:]
    vague = "The ciphertext refers to a customer master key that does not exist"
    assert refusal(kms.decrypt, CiphertextBlob=unknown).startswith(vague)
    assert "not authorized" in refusal(stranger.decrypt, CiphertextBlob=blob)


def filled(node: Any, key: str) -> Any:
    """A value that keeps a member's limits; whatever names a key names this one."""
    if node.values:
        return node.values[0]
    if node.kind == "List":
        return [filled(node.item, key)]
    if node.kind == "Structure":
        return {each.name: filled(each.node, key) for each in members(node.shape) if each.required}
    return {"Integer": 7, "Boolean": False, "Blob": "dg==", "Map": {}}.get(node.kind, "a" * (node.limits.minimum or 1))


# Those that are about no key of the request: they are authorised as in every service.
WITHOUT_A_KEY = {"CreateKey", "ListKeys", "ListAliases", "ListRetirableGrants", "GenerateRandom", *OF_STORES}


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.name not in WITHOUT_A_KEY], ids=lambda each: each.name
)
def test_no_operation_on_a_key_is_reached_without_leave(
    server: Server, keys: Keys, other: Keys, kms: Client, operation: Operation
) -> None:
    """The account's own root, with a key whose policy names somebody else."""
    key = new_key(kms)
    kms.create_alias(AliasName="alias/door", TargetKeyId=key)
    kms.create_alias(AliasName="alias/back", TargetKeyId=new_key(kms))
    blob = base64.b64encode(kms.encrypt(KeyId=key, Plaintext=b"v")["CiphertextBlob"]).decode()
    grant = kms.create_grant(KeyId=key, GranteePrincipal=root(other), Operations=["Encrypt"])["GrantId"]
    kms.put_key_policy(KeyId=key, Policy=policy(allow(other, "kms:*")), BypassPolicyLockoutSafetyCheck=True)

    request = {each.name: filled(each.node, key) for each in members(operation.request) if each.required}
    about = {"KeyId": key, "TargetKeyId": key, "DestinationKeyId": key, "CiphertextBlob": blob, "GrantId": grant,
             "AliasName": "alias/new" if operation.name == "CreateAlias" else "alias/door",
             "Policy": policy(allow(other, "kms:*"))}  # fmt: skip
    wanted = {each.name for each in members(operation.request)}
    request |= {name: value for name, value in about.items() if name in wanted and name != "Plaintext"}
    if operation.name.startswith("GenerateDataKey") and "KeySpec" in wanted:
        request["KeySpec"] = "AES_256"
    raw = Raw(server, keys, service="kms", target="TrentService")
    answer = raw.call(operation.name, request)
    if operation.name == "RetireGrant":
        # Whoever issued a grant may give it up.
        assert answer.status == 200
    else:
        assert json.loads(answer.body)["__type"] == "AccessDeniedException", (operation.name, answer.body)
