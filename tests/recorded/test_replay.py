"""Recorded answers of AWS: the same calls, and every answer compared whole."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk.raw import Raw

from parastore.testing.server import Keys, Server

HERE = Path(__file__).parent
FACTS = json.loads((HERE / "parameter_store.json").read_text("utf-8"))["facts"]
FACTS += json.loads((HERE / "tiers_and_policies.json").read_text("utf-8"))["facts"]
FACTS += json.loads((HERE / "labels_and_tags.json").read_text("utf-8"))["facts"]
LOCALSTACK = json.loads((HERE / "localstack.json").read_text("utf-8"))["recordings"]


def of_account(recorded: Any, account: str) -> Any:
    return json.loads(json.dumps(recorded).replace("ACCOUNT", account))


def undated(answer: Any) -> Any:
    """The answer with DATE for its dates, which must be numbers."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name == "LastModifiedDate":
                assert isinstance(value, float)
                answer[name] = "DATE"
            else:
                undated(value)
    elif isinstance(answer, list):
        for each in answer:
            undated(each)
    return answer


@pytest.mark.parametrize("fact", FACTS, ids=[fact["fact"] for fact in FACTS])
def test_what_is_known_of_aws(fact: dict[str, Any], server: Server, keys: Keys) -> None:
    """As bytes: the order of members and the member that carries an error's text count too."""
    client = Raw(server, keys)
    for call in of_account(fact["calls"], keys.account):
        answer = client.call(call["operation"], call["members"])
        if "error" in call:
            assert answer.status == 400
            assert list(json.loads(answer.body).items()) == list(call["error"].items())
        else:
            assert undated(answer.json) == call["answer"]
            assert list(answer.json) == list(call["answer"])


def dated(value: Any) -> str:
    assert isinstance(value, datetime)
    return "<datetime>"


def as_localstack_writes(answer: Any, account: str, names: dict[str, str]) -> Any:
    """A boto answer with the placeholders of LocalStack's snapshots."""
    del answer["ResponseMetadata"]
    text = json.dumps(answer, default=dated)
    for real, placeholder in {
        "arn:aws:ssm:us-east-1:": "arn:<partition>:ssm:<region>:",
        account: "1" * 12,
        **names,
    }.items():
        text = text.replace(real, placeholder)
    return json.loads(text)


@pytest.mark.parametrize("recording", LOCALSTACK, ids=[each["source"].rpartition("::")[2] for each in LOCALSTACK])
def test_what_localstack_recorded(
    recording: dict[str, Any], server: Server, keys: Keys, client_for: ClientFactory
) -> None:
    client: Client = client_for(server, keys, parameter_validation=False)
    for call in of_account(recording["calls"], keys.account):
        try:
            answer = getattr(client, xform_name(call["operation"]))(**call["members"])
        except ClientError as error:
            answer = error.response
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        assert status == call.get("status", 200)
        if "answer" in call:
            assert as_localstack_writes(answer, keys.account, recording["names"]) == call["answer"]
