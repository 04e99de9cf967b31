"""The AWS CLI against a running server: the commands of AWS's own documentation, as a person types them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk.cli import process

from parastore.testing.server import Keys, Server

FAILED = 255  # of version 1, whatever went wrong; version 2 says 254 for what the service refused

Finished = subprocess.CompletedProcess[str]


class Cli:
    """`aws` with a home folder of its own. Commands are written as in a shell; what holds blanks follows as `more`."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = environment

    def run(self, *arguments: str, **environment: str) -> Finished:
        """Run it as it is."""
        own = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "AWS_PAGER": ""}
        return process.run(arguments, own | self.environment | environment, self.home)

    def ssm(self, command: str, *more: str) -> Any:
        """What `aws ssm <command> <more>` answers."""
        return self.aws(f"ssm {command}", *more)

    def aws(self, command: str, *more: str) -> Any:
        """What `aws <command> <more>` answers; {} when it says nothing, as after a deletion."""
        finished = self.run(*command.split(), *more)
        assert finished.returncode == 0, finished.stderr
        assert finished.stderr == ""
        return json.loads(finished.stdout or "{}")

    def text(self, command: str, *more: str) -> str:
        """The same as text."""
        finished = self.run("ssm", *command.split(), *more, "--output", "text")
        assert finished.returncode == 0, finished.stderr
        return finished.stdout.rstrip("\n")

    def refusal(self, command: str, *more: str) -> str:
        """What it says when the service refuses."""
        finished = self.run("ssm", *command.split(), *more)
        assert (finished.returncode, finished.stdout) == (FAILED, "")
        return finished.stderr.strip()


@pytest.fixture
def cli(server: Server, keys: Keys, tmp_path: Path) -> Cli:
    """With a profile that says where the server is, and nothing in the environment but its name."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text(f"[profile parastore]\nregion = us-east-1\nendpoint_url = {server.url}\n")
    (folder / "credentials").write_text(
        f"[parastore]\naws_access_key_id = {keys.access_key_id}\naws_secret_access_key = {keys.secret_access_key}\n"
    )
    return Cli(tmp_path, {"AWS_PROFILE": "parastore"})


def test_strings(cli: Cli, keys: Keys) -> None:
    name = "MyStringParameter"
    made = cli.ssm(f"put-parameter --name {name} --type String", "--value", "Vici", "--description", "my string")
    assert made == {"Version": 1, "Tier": "Standard"}
    assert cli.ssm(f"put-parameter --name {name} --value Vidi --overwrite") == {"Version": 2, "Tier": "Standard"}
    read = cli.ssm(f"get-parameter --name {name}")["Parameter"]
    assert isinstance(read.pop("LastModifiedDate"), (str, float))
    assert read == {
        "Name": name,
        "Type": "String",
        "Value": "Vidi",
        "Version": 2,
        "ARN": f"arn:aws:ssm:us-east-1:{keys.account}:parameter/{name}",
        "DataType": "text",
    }
    assert cli.text(f"get-parameter --name {name}:1 --query Parameter.Value") == "Vici"
    history = cli.ssm(f"get-parameter-history --name {name}")["Parameters"]
    assert [(each["Value"], each["Description"], each["Labels"]) for each in history] == [
        ("Vici", "my string", []),
        ("Vidi", "my string", []),
    ]
    assert cli.run("ssm", "delete-parameter", "--name", name).stdout.strip() in ("", "{}")
    assert cli.refusal(f"get-parameter --name {name}").startswith(
        "An error occurred (ParameterNotFound) when calling the GetParameter operation:"
    )


def test_lists(cli: Cli) -> None:
    name = "/IAD/ERP/Oracle/addUsers"
    cli.ssm(f"put-parameter --name {name} --type StringList", "--value", "Milana, Mariana,,Mark,")
    assert cli.text(f"get-parameter --name {name} --query Parameter.Value") == "Milana, Mariana,,Mark,"
    answer = cli.ssm("get-parameters --names /missing", name)
    assert [each["Type"] for each in answer["Parameters"]] == ["StringList"]
    assert answer["InvalidParameters"] == ["/missing"]


def test_secrets(cli: Cli) -> None:
    name = "/my/secure-param"
    cli.ssm(f"put-parameter --name {name} --type SecureString --key-id alias/aws/ssm", "--value", "P@ss w0rd 한국어")
    assert cli.text(f"get-parameter --name {name} --query Parameter.Value").startswith("AQICAH")
    assert cli.text(f"get-parameter --name {name} --with-decryption --query Parameter.Value") == "P@ss w0rd 한국어"
    values = cli.text(f"get-parameters --names {name} {name}:1 --with-decryption --query Parameters[*].Selector")
    assert values == ":1"
    (found,) = cli.ssm("describe-parameters", "--parameter-filters", "Key=KeyId,Values=alias/aws/ssm")["Parameters"]
    assert (found["Name"], found["KeyId"], found["Type"]) == (name, "alias/aws/ssm", "SecureString")
    refused = cli.refusal("put-parameter --name /x --type SecureString --value v --key-id alias/none")
    assert refused.startswith(
        "An error occurred (InvalidKeyId) when calling the PutParameter operation: Alias arn:aws:kms"
    )


def test_paths_and_pages(cli: Cli) -> None:
    for name in ("/app/a", "/app/b", "/app/c/d"):
        cli.ssm(f"put-parameter --name {name} --type String --value v")
    command = "get-parameters-by-path --path /app"
    assert [each["Name"] for each in cli.ssm(command)["Parameters"]] == ["/app/a", "/app/b"]
    # --max-items makes the CLI stop and give a token of its own; --page-size is what it asks of the server.
    first = cli.ssm(f"{command} --recursive --max-items 2 --page-size 1")
    assert [each["Name"] for each in first["Parameters"]] == ["/app/a", "/app/b"]
    rest = cli.ssm(f"{command} --recursive --max-items 2 --page-size 1 --starting-token", first["NextToken"])
    assert [each["Name"] for each in rest["Parameters"]] == ["/app/c/d"]
    assert "NextToken" not in rest
    deleted = cli.ssm("delete-parameters --names /app/a /app/b /app/none")
    assert deleted == {"DeletedParameters": ["/app/a", "/app/b"], "InvalidParameters": ["/app/none"]}


def test_filters(cli: Cli) -> None:
    cli.ssm("put-parameter --name /prod/db/host --type String --value h --tags Key=team,Value=db Key=env,Value=prod")
    cli.ssm("put-parameter --name /prod/db/hosts --type StringList --value h,i")
    cli.ssm("put-parameter --name plain --type String --value p --tags Key=team,Value=web")
    for arguments, names in (
        (["--filters", "Key=Name,Values=/prod/db/host"], ["/prod/db/host", "/prod/db/hosts"]),
        (["--filters", "Key=Type,Values=String"], ["plain", "/prod/db/host"]),
        (["--parameter-filters", "Key=Name,Values=/prod/db/host"], ["/prod/db/host"]),
        (
            ["--parameter-filters", "Key=Name,Option=BeginsWith,Values=/prod/db/host,pl"],
            ["plain", "/prod/db/host", "/prod/db/hosts"],
        ),
        (["--parameter-filters", "Key=Name,Option=Contains,Values=host"], ["/prod/db/host", "/prod/db/hosts"]),
        (
            ["--parameter-filters", "Key=Path,Option=Recursive,Values=/prod", "Key=Type,Values=StringList"],
            ["/prod/db/hosts"],
        ),
        (["--parameter-filters", "Key=tag:team,Values=db,ops"], ["/prod/db/host"]),
        (["--parameter-filters", "Key=tag:team", "--page-size", "1"], ["plain", "/prod/db/host"]),
    ):
        assert cli.text("describe-parameters --query Parameters[].Name", *arguments).split() == names, arguments
    refused = cli.refusal("describe-parameters", "--parameter-filters", "Key=Label,Values=x")
    assert "(InvalidFilterKey)" in refused
    assert refused.endswith(
        "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]."
    )


def test_values_and_requests_from_files(cli: Cli) -> None:
    """[Q] the CLI reads the file; what is sent is what it holds, to the last line's end."""
    text = '{"a": [1, 2],\n "b": "한국어"}\n'
    (cli.home / "value.json").write_text(text, "utf-8")
    (cli.home / "put.json").write_text(json.dumps({"Name": "/from/request", "Value": "v", "Type": "String"}))
    cli.ssm("put-parameter --name /from/file --type String --value file://value.json")
    cli.ssm("put-parameter --cli-input-json file://put.json")
    read = cli.ssm("get-parameters --names /from/file /from/request")["Parameters"]
    assert [each["Value"] for each in read] == [text, "v"]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (
            "put-parameter --name /a --type String --value v",
            "An error occurred (ParameterAlreadyExists) when calling the PutParameter operation: The parameter already"
            " exists. To overwrite this value, set the overwrite option in the request to true.",
        ),
        (
            "get-parameter --name /a:7",
            "An error occurred (ParameterVersionNotFound) when calling the GetParameter operation: Systems Manager"
            " could not find version 7 of /a. Verify the version and try again.",
        ),
        (
            "delete-parameter --name /b",
            "An error occurred (ParameterNotFound) when calling the DeleteParameter operation:",
        ),
        ("list-documents", "An error occurred (UnknownOperationException) when calling the ListDocuments operation:"),
    ],
)
def test_refusals(cli: Cli, ssm: Client, command: str, text: str) -> None:
    """The code, the operation and the service's own text on stderr, and nothing on stdout."""
    ssm.put_parameter(Name="/a", Value="v", Type="String")
    assert text in cli.refusal(command)


def credentials(keys: Keys, secret: str = "") -> dict[str, str]:
    secret = secret or keys.secret_access_key
    return {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.mark.parametrize(
    "way", ["AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL", "--endpoint-url", "services in the profile"]
)
def test_ways_to_say_where_the_server_is(server: Server, keys: Keys, tmp_path: Path, way: str) -> None:
    """[D] beside `endpoint_url` in a profile, which all the other tests use."""
    cli = Cli(tmp_path, credentials(keys))
    arguments = ["ssm", "put-parameter", "--name", "/a", "--type", "String", "--value", "v"]
    if way == "--endpoint-url":
        arguments += [way, server.url]
    elif way.startswith("AWS_"):
        cli.environment[way] = server.url
    else:
        (tmp_path / "config").write_text(
            f"[default]\nservices = here\n[services here]\nssm =\n  endpoint_url = {server.url}\n"
        )
        cli.environment["AWS_CONFIG_FILE"] = str(tmp_path / "config")
    finished = cli.run(*arguments)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout) == {"Version": 1, "Tier": "Standard"}


def test_a_wrong_secret(server: Server, keys: Keys, tmp_path: Path) -> None:
    cli = Cli(tmp_path, {**credentials(keys, "wrong"), "AWS_ENDPOINT_URL": server.url})
    assert cli.refusal("get-parameter --name /a").startswith(
        "An error occurred (InvalidSignatureException) when calling the GetParameter operation: The request signature"
        " we calculated does not match the signature you provided."
    )
