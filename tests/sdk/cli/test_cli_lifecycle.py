"""The AWS CLI through the user guide of Parameter Store: labels, policies, tags, tiers, sharing, public parameters."""

from __future__ import annotations

import json

from tests.sdk.cli.test_cli import Cli, cli

from parastore.testing.server import Keys, Server

__all__ = ["cli"]


def test_labels(cli: Cli) -> None:
    cli.ssm("put-parameter --name /app/db --type String --value one")
    cli.ssm("put-parameter --name /app/db --value two --overwrite")
    assert cli.ssm("label-parameter-version --name /app/db --parameter-version 1 --labels stable old-1") == {
        "InvalidLabels": [],
        "ParameterVersion": 1,
    }
    assert cli.ssm("label-parameter-version --name /app/db --labels 9-is-wrong")["InvalidLabels"] == ["9-is-wrong"]
    assert cli.text("get-parameter --name /app/db:stable --query Parameter.Value") == "one"
    labels = cli.ssm("get-parameter-history --name /app/db --query Parameters[].Labels")
    assert labels == [["old-1", "stable"], []]
    listed = cli.ssm("get-parameters-by-path --path /app --parameter-filters Key=Label,Values=stable")
    assert [each["Version"] for each in listed["Parameters"]] == [1]
    assert cli.ssm("unlabel-parameter-version --name /app/db --parameter-version 1 --labels stable nope") == {
        "RemovedLabels": ["stable"],
        "InvalidLabels": ["nope"],
    }
    assert "ParameterVersionNotFound" in cli.refusal("get-parameter --name /app/db:stable")


def test_tags(cli: Cli) -> None:
    cli.ssm("put-parameter --name MyParameter --type String --value v --tags Key=env,Value=test")
    resource = "--resource-type Parameter --resource-id MyParameter"
    assert cli.ssm(f"add-tags-to-resource {resource} --tags Key=team,Value=core") == {}
    assert cli.ssm(f"list-tags-for-resource {resource}") == {
        "TagList": [{"Key": "env", "Value": "test"}, {"Key": "team", "Value": "core"}]
    }
    found = cli.ssm("describe-parameters --parameter-filters Key=tag:team,Values=core --query Parameters[].Name")
    assert found == ["MyParameter"]
    assert cli.ssm(f"remove-tags-from-resource {resource} --tag-keys env") == {}
    assert cli.ssm(f"list-tags-for-resource {resource} --query TagList[].Key") == ["team"]
    assert "InvalidResourceId" in cli.refusal("list-tags-for-resource --resource-type Parameter --resource-id gone")


def test_tiers_and_policies(cli: Cli) -> None:
    policy = [
        {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": "2090-12-02T21:34:33.000Z"}},
        {"Type": "ExpirationNotification", "Version": "1.0", "Attributes": {"Before": "15", "Unit": "Days"}},
        {"Type": "NoChangeNotification", "Version": "1.0", "Attributes": {"After": "20", "Unit": "Days"}},
    ]
    put = "put-parameter --name /app/token --type SecureString --value s3cr3t"
    assert "can't assign parameter policies to a standard-parameter tier" in cli.refusal(
        put, "--policies", json.dumps(policy)
    )
    made = cli.ssm(f"{put} --tier Advanced", "--policies", json.dumps(policy))
    assert made == {"Version": 1, "Tier": "Advanced"}
    (listed,) = cli.ssm("describe-parameters --filters Key=Name,Values=/app/token")["Parameters"]
    assert [each["PolicyType"] for each in listed["Policies"]] == [each["Type"] for each in policy]
    assert {each["PolicyStatus"] for each in listed["Policies"]} == {"Pending"}
    assert cli.text("get-parameter --name /app/token --with-decryption --query Parameter.Value") == "s3cr3t"
    cli.ssm("put-parameter --name /app/token --value s3cr3t --overwrite", "--policies", "[{}]")
    assert cli.ssm("describe-parameters --query Parameters[0].Policies") == []


def test_the_default_tier(cli: Cli) -> None:
    setting = "--setting-id /ssm/parameter-store/default-parameter-tier"
    assert cli.text(f"get-service-setting {setting} --query ServiceSetting.Status") == "Default"
    cli.ssm(f"update-service-setting {setting} --setting-value Intelligent-Tiering")
    assert cli.text(f"get-service-setting {setting} --query ServiceSetting.SettingValue") == "Intelligent-Tiering"
    made = cli.ssm("put-parameter --name large --type String", "--value", "v" * 5000)
    assert made["Tier"] == "Advanced"
    assert cli.text(f"reset-service-setting {setting} --query ServiceSetting.SettingValue") == "Standard"


def test_sharing(cli: Cli, server: Server, keys: Keys) -> None:
    other = server.new_account()
    arn = f"arn:aws:ssm:us-east-1:{keys.account}:parameter/shared"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": other.account},
        "Action": ["ssm:GetParameter", "ssm:DescribeParameters"],
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cli.ssm("put-parameter --name /shared --type String --value v --tier Advanced")
    made = cli.ssm(f"put-resource-policy --resource-arn {arn}", "--policy", policy)
    assert cli.ssm(f"get-resource-policies --resource-arn {arn} --query Policies[].PolicyId") == [made["PolicyId"]]
    theirs = Cli(cli.home, cli.environment | other.for_environment() | {"AWS_ENDPOINT_URL": server.url})
    del theirs.environment["AWS_PROFILE"]
    theirs.environment["AWS_DEFAULT_REGION"] = "us-east-1"
    assert theirs.text(f"get-parameter --name {arn} --query Parameter.Value") == "v"
    assert theirs.ssm("describe-parameters --shared --query Parameters[].Name") == [arn]
    cli.ssm(
        f"delete-resource-policy --resource-arn {arn} --policy-id {made['PolicyId']} --policy-hash {made['PolicyHash']}"
    )
    assert "AccessDeniedException" in theirs.refusal(f"get-parameter --name {arn}")


def test_public_parameters(cli: Cli) -> None:
    path = "/aws/service/global-infrastructure/regions"
    assert cli.text(f"get-parameter --name {path}/ap-northeast-2/longName --query Parameter.Value") == (
        "Asia Pacific (Seoul)"
    )
    regions = cli.ssm(f"get-parameters-by-path --path {path} --query Parameters[].Name")
    assert f"{path}/us-east-1" in regions
