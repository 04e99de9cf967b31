"""Temporary credentials: who gets them, what they may do, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.sdk.iam.conftest import House, Signer, allow, denied, deny, document, refusal, trust

from parastore.testing.server import Server


def session(sts: Any, arn: str, name: str = "s1", **members: Any) -> Signer:
    return Signer.of(sts.assume_role(RoleArn=arn, RoleSessionName=name, **members)["Credentials"])


def test_who_calls(house: House) -> None:
    identity = house.client("sts").get_caller_identity()
    assert (identity["Arn"], identity["UserId"], identity["Account"]) == (
        house.arn("root"),
        house.account,
        house.account,
    )
    nobody = house.user("nobody", deny("*"))
    identity = house.client("sts", nobody).get_caller_identity()
    assert identity["Arn"] == house.arn("user/nobody")
    assert identity["UserId"].startswith("AIDA")


def test_a_role_is_assumed(house: House) -> None:
    arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow("ssm:*"), Path="/ci/")
    ann = house.user("ann")
    assert denied(house.client("ssm", ann), "describe_parameters")
    answer = house.client("sts", ann).assume_role(RoleArn=arn, RoleSessionName="s1")
    role_id = house.iam.get_role(RoleName="deploy")["Role"]["RoleId"]
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role_id}:s1",
        "Arn": f"arn:aws:sts::{house.account}:assumed-role/deploy/s1",
    }
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
    signer = Signer.of(answer["Credentials"])
    house.client("ssm", signer).put_parameter(Name="/x", Value="v", Type="SecureString")
    identity = house.client("sts", signer).get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (answer["AssumedRoleUser"]["Arn"], f"{role_id}:s1")
    assert identity["Arn"] in refusal(house.client("kms", signer), "list_keys")["Message"]


def test_trust_decides(house: House) -> None:
    ann, bob = house.user("ann"), house.user("bob", allow("sts:AssumeRole"))
    named = house.role("named", trust({"AWS": house.arn("user/ann")}))
    whole = house.role("whole", trust({"AWS": house.arn("root")}))
    sts = house.client("sts", ann)
    session(sts, named)
    error = refusal(sts, "assume_role", RoleArn=whole, RoleSessionName="s1")
    assert error["Code"] == "AccessDenied"
    assert error["Message"] == (
        f"User: {house.arn('user/ann')} is not authorized to perform: sts:AssumeRole on resource: {whole}"
    )
    session(house.client("sts", bob), whole)
    assert denied(house.client("sts", bob), "assume_role", RoleArn=named, RoleSessionName="s1")
    missing = refusal(sts, "assume_role", RoleArn=house.arn("role/none"), RoleSessionName="s1")
    assert missing["Code"] == "AccessDenied"
    root = refusal(house.client("sts"), "assume_role", RoleArn=whole, RoleSessionName="s1")
    assert root["Message"] == "Roles may not be assumed by root accounts."


def test_an_external_id(house: House) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    arn = house.role("partner", trust({"AWS": house.arn("user/ann")}, Condition=condition))
    sts = house.client("sts", house.user("ann"))
    assert denied(sts, "assume_role", RoleArn=arn, RoleSessionName="s1")
    assert denied(sts, "assume_role", RoleArn=arn, RoleSessionName="s1", ExternalId="guessed")
    session(sts, arn, ExternalId="agreed")


def test_across_accounts(house: House, server: Server, client_for: ClientFactory) -> None:
    other = House(server, server.new_account(), client_for)
    arn = house.role("guest", trust({"AWS": other.arn("root")}), allow("ssm:*"))
    house.ssm.put_parameter(Name="/x", Value="v", Type="String")
    assert denied(other.client("sts", other.user("eve")), "assume_role", RoleArn=arn, RoleSessionName="s1")
    bob = other.user("bob", allow("sts:AssumeRole", arn))
    signer = session(other.client("sts", bob), arn)
    assert house.client("ssm", signer).get_parameter(Name="/x")["Parameter"]["Value"] == "v"


def test_session_policies_only_take_away(house: House) -> None:
    arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow(["ssm:Get*", "ssm:Put*"]))
    sts = house.client("sts", house.user("ann"))
    house.ssm.put_parameter(Name="/x", Value="v", Type="String")
    ssm = house.client("ssm", session(sts, arn, Policy=document(allow(["ssm:Get*", "ssm:Delete*"]))))
    assert ssm.get_parameter(Name="/x")["Parameter"]["Value"] == "v"
    message = refusal(ssm, "put_parameter", Name="/y", Value="v", Type="String")["Message"]
    assert message.endswith("because no session policy allows the ssm:PutParameter action")
    assert "no identity-based policy" in refusal(ssm, "delete_parameter", Name="/x")["Message"]
    reads = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"
    ssm = house.client("ssm", session(sts, arn, PolicyArns=[{"arn": reads}]))
    assert ssm.get_parameter(Name="/x")["Parameter"]["Value"] == "v"
    assert denied(ssm, "put_parameter", Name="/y", Value="v", Type="String")


def test_session_tags(house: House) -> None:
    principal = {"AWS": house.arn("user/ann")}
    team = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    arn = house.role("deploy", trust(principal, ["sts:AssumeRole", "sts:TagSession"]), allow("ssm:*", Condition=team))
    sts = house.client("sts", house.user("ann"))
    assert denied(house.client("ssm", session(sts, arn)), "describe_parameters")
    tags = [{"Key": "Team", "Value": "red"}]
    house.client("ssm", session(sts, arn, Tags=tags)).describe_parameters()
    twice = [*tags, {"Key": "team", "Value": "blue"}]
    error = refusal(sts, "assume_role", RoleArn=arn, RoleSessionName="s1", Tags=twice)
    assert error["Code"] == "InvalidParameterValue"
    house.iam.update_assume_role_policy(RoleName="deploy", PolicyDocument=trust(principal))
    assert "sts:TagSession" in refusal(sts, "assume_role", RoleArn=arn, RoleSessionName="s1", Tags=tags)["Message"]


def test_one_role_after_another(house: House) -> None:
    first = house.role("first", trust({"AWS": house.arn("user/ann")}), allow("sts:AssumeRole"))
    second = house.role("second", trust({"AWS": first}), allow("ssm:*"), MaxSessionDuration=7200)
    signer = session(house.client("sts", house.user("ann")), first)
    sts = house.client("sts", signer)
    house.client("ssm", session(sts, second)).describe_parameters()
    error = refusal(sts, "assume_role", RoleArn=second, RoleSessionName="s1", DurationSeconds=7200)
    assert "role chaining" in error["Message"]


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"RoleSessionName": "Session1:2"}, "ValidationError",
         "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: "
         "Member must satisfy regular expression pattern: [\\w+=,.@-]*"),
        ({"RoleArn": "arn:aws:iam::this:is:no:role"}, "ValidationError", "arn:aws:iam::this:is:no:role is invalid"),
        ({"DurationSeconds": 7200}, "ValidationError",
         "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
        ({"Policy": "{"}, "MalformedPolicyDocument", "This policy contains invalid Json"),
        ({"Policy": document(allow("ssm:" + "x" * 2100))}, "PackedPolicyTooLarge", "Packed policy consumes"),
        ({"SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456"}, "AccessDenied", "MultiFactorAuthentication"),
    ],
)  # fmt: skip
def test_what_is_refused(house: House, members: dict[str, Any], code: str, message: str) -> None:
    arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}))
    sts = house.client("sts", house.user("ann"))
    error = refusal(sts, "assume_role", **({"RoleArn": arn, "RoleSessionName": "s1"} | members))
    assert error["Code"] == code
    assert error["Message"].startswith(message)


def test_a_session_of_one_s_own(house: House) -> None:
    ann = house.user("ann", allow("ssm:*"), allow("iam:*"))
    signer = Signer.of(house.client("sts", ann).get_session_token()["Credentials"])
    assert house.client("sts", signer).get_caller_identity()["Arn"] == house.arn("user/ann")
    house.client("ssm", signer).describe_parameters()
    assert refusal(house.client("iam", signer), "list_users")["Code"] == "InvalidClientTokenId"
    again = refusal(house.client("sts", signer), "get_session_token")
    assert again["Message"] == "Cannot call GetSessionToken with session credentials"


def test_tokens_belong_to_their_keys(house: House) -> None:
    arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow("ssm:*"))
    ann = house.user("ann", allow("ssm:*"))
    sts = house.client("sts", ann)
    one, other = session(sts, arn), session(sts, arn)
    wrong = [
        Signer(one.access_key_id, one.secret_access_key, other.session_token),
        Signer(one.access_key_id, one.secret_access_key, None),
        Signer(one.access_key_id, one.secret_access_key, "bm8gdG9rZW4="),
        Signer(one.access_key_id, one.secret_access_key, "no base64!"),
        Signer(ann.access_key_id, ann.secret_access_key, one.session_token),
    ]
    for signer in wrong:
        assert refusal(house.client("ssm", signer), "describe_parameters")["Code"] == "UnrecognizedClientException"
    forged = Signer(one.access_key_id, other.secret_access_key, one.session_token)
    assert refusal(house.client("ssm", forged), "describe_parameters")["Code"] == "InvalidSignatureException"


def test_revocation(house: House) -> None:
    """As the console does it: an inline policy denies sessions that began before a moment. And by deleting the role."""
    arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow("ssm:*"))
    ssm = house.client("ssm", session(house.client("sts", house.user("ann")), arn))
    ssm.describe_parameters()
    older = {"DateLessThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}}
    house.iam.put_role_policy(
        RoleName="deploy", PolicyName="AWSRevokeOlderSessions", PolicyDocument=document(deny("*", Condition=older))
    )
    assert denied(ssm, "describe_parameters")
    house.iam.delete_role_policy(RoleName="deploy", PolicyName="AWSRevokeOlderSessions")
    ssm.describe_parameters()
    house.iam.delete_role_policy(RoleName="deploy", PolicyName="own")
    house.iam.delete_role(RoleName="deploy")
    house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow("ssm:*"))
    assert refusal(ssm, "describe_parameters")["Code"] == "UnrecognizedClientException"


def test_expiry(tmp_path: Path, client_for: ClientFactory) -> None:
    ahead = tmp_path / "clock"
    ahead.write_text("0")
    with Server(tmp_path / "data", clock=ahead) as server:
        house = House(server, server.new_account(), client_for)
        arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow("ssm:*"))
        ann = house.user("ann")
        answer = house.client("sts", ann).assume_role(RoleArn=arn, RoleSessionName="s1", DurationSeconds=900)
        signer = Signer.of(answer["Credentials"])
        ssm, sts = house.client("ssm", signer), house.client("sts", signer)
        ssm.describe_parameters()
        ahead.write_text(str(901_000))
        for client, operation, code in ((ssm, "describe_parameters", "ExpiredTokenException"),
                                        (sts, "get_caller_identity", "ExpiredToken")):  # fmt: skip
            error = refusal(client, operation)
            assert error["Code"] == code
            assert error["Message"] == "The security token included in the request is expired"


def test_tokens_hold_across_restarts(tmp_path: Path, client_for: ClientFactory) -> None:
    server = Server(tmp_path / "data")
    with server:
        house = House(server, server.new_account(), client_for)
        arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}), allow("ssm:*"))
        signer = session(house.client("sts", house.user("ann")), arn)
    with server:
        client_for(server, signer).describe_parameters()


def test_nothing_secret_is_in_the_trail(house: House) -> None:
    """Secrets and tokens are in no log."""
    arn = house.role("deploy", trust({"AWS": house.arn("user/ann")}))
    ann = house.user("ann")
    signer = session(house.client("sts", ann), arn)
    log = json.dumps(house.server.log)
    for secret in (ann.secret_access_key, signer.secret_access_key, signer.session_token):
        assert str(secret) not in log
