"""`parastore account`: accounts and root access keys, and that a running server knows them at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.config
import botocore.exceptions
import botocore.session
import pytest
from tests.cli.running import Shell
from tests.folders import ACCOUNT, KEY_ID, OTHER_ACCOUNT, OTHER_KEY_ID, SECRET, alter, check, place

from parastore.testing.server import Server

KEY = re.compile(r"AKIA[A-Z2-7]{16}")
DATE = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_create(shell: Shell, folder: Path) -> None:
    ended = shell.run("account", "create")
    assert ended.code == 0
    match = re.fullmatch(
        r"Account            ([1-9]\d{11})\nAccess key id      (AKIA[A-Z2-7]{16})\n"
        r"Secret access key  ([A-Za-z0-9+/]{40})\n",
        ended.out,
    )
    assert match
    assert "shown this once" in ended.err
    assert f"parastore configure --account {match[1]}" in ended.err
    assert match[3] not in ended.err
    assert match[1] in shell.run("account", "list").out
    assert check(folder) == []


def test_create_with_an_id_for_scripts(shell: Shell, folder: Path) -> None:
    made = json.loads(shell.run("account", "create", "--id", "000000000001", "--json").out)["AccessKey"]
    assert set(made) == {"Account", "AccessKeyId", "SecretAccessKey"}
    assert made["Account"] == "000000000001"
    assert KEY.fullmatch(made["AccessKeyId"])


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "12345678901x", ""])
def test_an_id_is_12_digits(shell: Shell, folder: Path, account: str) -> None:
    ended = shell.run("account", "create", "--id", account)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"Error: an account id is 12 digits, not {account!r}\n"


def test_an_account_is_made_once(shell: Shell, folder: Path) -> None:
    ended = shell.run("account", "create", "--id", OTHER_ACCOUNT)
    assert (ended.code, ended.out) == (2, "")
    assert f"`parastore account key --account {OTHER_ACCOUNT}`" in ended.err


def test_list(shell: Shell, folder: Path) -> None:
    lines = shell.run("account", "list").out.splitlines()
    assert {line.split()[0] for line in lines} == {ACCOUNT, OTHER_ACCOUNT}
    assert [line.split()[0] for line in lines if line.endswith("of the first start")] == [ACCOUNT]
    told = json.loads(shell.run("account", "list", "--json").out)
    assert told["DefaultAccount"] == ACCOUNT
    assert {row["Id"] for row in told["Accounts"]} == {ACCOUNT, OTHER_ACCOUNT}
    assert all(DATE.fullmatch(row["CreateDate"]) for row in told["Accounts"])


@pytest.mark.parametrize(("words", "account"), [((), ACCOUNT), (("--account", OTHER_ACCOUNT), OTHER_ACCOUNT)])
def test_another_key(shell: Shell, folder: Path, words: tuple[str, ...], account: str) -> None:
    made = json.loads(shell.run("account", "key", *words, "--json").out)["AccessKey"]
    assert made["Account"] == account
    keys = json.loads(shell.run("account", "key-list", *words, "--json").out)["AccessKeyMetadata"]
    first = KEY_ID if account == ACCOUNT else OTHER_KEY_ID
    assert {key["AccessKeyId"] for key in keys} == {made["AccessKeyId"], first}
    assert {key["Status"] for key in keys} == {"Active"}
    assert check(folder) == []


def test_key_list_is_newest_first_and_without_secrets(shell: Shell, folder: Path) -> None:
    alter(folder, "UPDATE access_key SET created_at = 1000")
    shell.run("account", "key")
    out = shell.run("account", "key-list").out
    lines = [line.split() for line in out.splitlines()]
    assert [line[1] for line in lines] == ["Active", "Active"]
    assert lines[1] == [KEY_ID, "Active", "1970-01-01T00:00:01Z"]
    assert SECRET not in out


def test_disabling_keys(shell: Shell, folder: Path) -> None:
    made = json.loads(shell.run("account", "key", "--json").out)["AccessKey"]["AccessKeyId"]
    ended = shell.run("account", "key-disable", KEY_ID)
    assert (ended.code, ended.out, ended.err) == (0, "", f"{KEY_ID} is disabled.\n")
    keys = json.loads(shell.run("account", "key-list", "--json").out)["AccessKeyMetadata"]
    assert {key["AccessKeyId"]: key["Status"] for key in keys} == {made: "Active", KEY_ID: "Inactive"}
    again = shell.run("account", "key-disable", KEY_ID, "--json")
    assert json.loads(again.out)["AccessKeyMetadata"][0]["Status"] == "Inactive"
    ended = shell.run("account", "key-disable", made)
    assert f"Account {ACCOUNT} has no active root access key now" in ended.err
    assert check(folder) == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("key", "--account", "999999999999"), "there is no account 999999999999: see `parastore account list`"),
        (("key-list", "--account", "999999999999"), "there is no account 999999999999: see `parastore account list`"),
        (
            ("key-disable", "AKIANONE"),
            "no account has the root access key AKIANONE: see `parastore account key-list`",
        ),
    ],
)
def test_what_is_not_there(shell: Shell, folder: Path, words: tuple[str, ...], text: str) -> None:
    ended = shell.run("account", *words)
    assert (ended.code, ended.out, ended.err) == (2, "", f"Error: {text}\n")


def test_no_folder(shell: Shell, tmp_path: Path) -> None:
    ended = shell.run("account", "list", "--data-dir", str(tmp_path / "none"))
    assert ended.code == 2
    assert "start the server once (parastore serve)" in ended.err


def test_a_folder_of_another_version(shell: Shell, folder: Path) -> None:
    alter(folder, "INSERT INTO schema_migration VALUES (9999, 'later', 1)")
    ended = shell.run("account", "create")
    assert ended.code == 2
    assert "schema step 9999 (later): is of a newer Parastore" in ended.err


@pytest.mark.parametrize("workers", [1, 2])
def test_a_running_server_takes_and_refuses_keys_at_once(shell: Shell, tmp_path: Path, workers: int) -> None:
    with Server(tmp_path / "served", workers=workers) as server:
        shell.variables.update(place(server.folder))
        made = json.loads(shell.run("account", "create", "--json").out)["AccessKey"]
        client = client_of(server, made)
        for _ in range(workers * 4):
            client.describe_parameters()
        shell.run("account", "key-disable", made["AccessKeyId"])
        for _ in range(workers * 4):
            with pytest.raises(botocore.exceptions.ClientError, match="UnrecognizedClientException"):
                client_of(server, made).describe_parameters()


def client_of(server: Server, key: dict[str, str]) -> Any:
    return botocore.session.Session().create_client(
        "ssm",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )
