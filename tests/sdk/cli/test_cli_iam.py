"""People and roles by the AWS CLI: made, given rights, and a profile that assumes a role."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.sdk.cli.test_cli import FAILED, Cli

from parastore.testing.server import Keys, Server


@pytest.fixture
def cli(server: Server, keys: Keys, tmp_path: Path) -> Cli:
    """With the root's profile; `people` writes others."""
    (tmp_path / ".aws").mkdir()
    made = Cli(tmp_path, {"AWS_PROFILE": "parastore"})
    people(made, server, f"[parastore]\naws_access_key_id = {keys.access_key_id}\naws_secret_access_key = "
                         f"{keys.secret_access_key}\n")  # fmt: skip
    return made


def people(cli: Cli, server: Server, credentials: str, profiles: str = "") -> None:
    names = [line[1:-1] for line in credentials.splitlines() if line.startswith("[")]
    common = f"region = us-east-1\nendpoint_url = {server.url}\n"
    own = "".join(f"[profile {name}]\n{common}" for name in names)
    (cli.home / ".aws" / "config").write_text(own + profiles)
    (cli.home / ".aws" / "credentials").write_text(credentials)


def test_a_profile_that_assumes_a_role(cli: Cli, server: Server, keys: Keys) -> None:
    cli.aws("iam create-user --user-name ann")
    key = cli.aws("iam create-access-key --user-name ann")["AccessKey"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{keys.account}:user/ann"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "agreed"}},
            }
        ],
    }
    (cli.home / "trust.json").write_text(json.dumps(trust))
    role = cli.aws("iam create-role --role-name deploy --assume-role-policy-document file://trust.json")["Role"]
    cli.aws("iam attach-role-policy --role-name deploy --policy-arn arn:aws:iam::aws:policy/AmazonSSMFullAccess")
    (cli.home / "reads.json").write_text(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:*:*:parameter/app/*"}
                ],
            }
        )
    )
    cli.aws("iam put-user-policy --user-name ann --policy-name reads --policy-document file://reads.json")
    root = (cli.home / ".aws" / "credentials").read_text()
    people(
        cli,
        server,
        f"{root}[ann]\naws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {key['SecretAccessKey']}\n",
        f"[profile deploy]\nrole_arn = {role['Arn']}\nsource_profile = ann\nexternal_id = agreed\n"
        f"region = us-east-1\nendpoint_url = {server.url}\n",
    )

    deploy = Cli(cli.home, {"AWS_PROFILE": "deploy"})
    ann = Cli(cli.home, {"AWS_PROFILE": "ann"})
    deploy.ssm("put-parameter --name /app/key --type SecureString --value secret")
    assert ann.ssm("get-parameter --name /app/key --with-decryption")["Parameter"]["Value"] == "secret"
    assert "AccessDeniedException" in ann.refusal("put-parameter --name /app/key --value x --overwrite")
    arn = deploy.aws("sts get-caller-identity")["Arn"]
    assert arn.startswith(f"arn:aws:sts::{keys.account}:assumed-role/deploy/")
    finished = deploy.run("iam", "list-users")
    assert finished.returncode == FAILED
    assert "is not authorized to perform: iam:ListUsers" in finished.stderr
