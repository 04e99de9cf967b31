"""Every fact of the parity page holds: its calls are made on a running server, or the test it names is there."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.parity.catalogue import SECTIONS
from tests.parity.facts import ANY, Call, Fact
from tests.sdk.raw import Error, Raw

from parastore.errors import ServiceError
from parastore.ssm import errors as ssm_errors
from parastore.ssm.operations import OPERATIONS
from parastore.testing.server import Keys, Server
from parastore.violations import members

TESTS = Path(__file__).parents[1]
FACTS = [each for facts in SECTIONS.values() for each in facts]
REPLAYED = [each for each in FACTS if each.calls]


@pytest.fixture(scope="module")
def account(shared_server: Server) -> Keys:
    return shared_server.new_account()


def region(number: int) -> str:
    """A Region of a fact's own, where nothing is yet."""
    return f"fact-{chr(97 + number // 26)}{chr(97 + number % 26)}-1"


def placed(value: Any, account: str, region: str) -> Any:
    if isinstance(value, str):
        return value.replace("ACCOUNT", account).replace("REGION", region)
    if isinstance(value, dict):
        return {name: placed(each, account, region) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [placed(each, account, region) for each in value]
    return value


def check(call: Call, client: Raw, account: str, region: str) -> None:
    answer = client.call(call.operation, placed(call.members, account, region))
    if call.text is ANY:
        told = json.loads(answer.body)
        assert (answer.status, told["__type"]) == (400, call.code)
        assert told[call.member], told  # some text, in the member that carries it
    elif call.code:
        assert answer.error == Error(call.code, call.member or None, placed(call.text, account, region))
    else:
        assert answer.json == placed(call.answer, account, region)


@pytest.mark.parametrize("number", range(len(REPLAYED)), ids=[each.text for each in REPLAYED])
def test_a_fact_holds(number: int, shared_server: Server, account: Keys) -> None:
    """As bytes, so that no client's own checks come first."""
    client = Raw(shared_server, account, region=region(number))
    for call in REPLAYED[number].calls:
        check(call, client, account.account, region(number))


@cache
def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("each", [each for each in FACTS if not each.calls], ids=lambda each: each.text)
def test_a_test_that_is_named_is_there(each: Fact) -> None:
    path, _, name = each.held.partition("::")
    assert name in functions(TESTS / path)


def test_every_error_is_shown() -> None:
    """Those of Parameter Store, by a replay; the others take more than calls, and a test of their own."""
    shown = {call.code for each in REPLAYED for call in each.calls}
    errors = [each for each in vars(ssm_errors).values() if isinstance(each, type) and issubclass(each, ServiceError)]
    assert {each.code for each in errors if each is not ServiceError} - shown == {
        "ParameterLimitExceeded",  # test_tiers: ten thousand parameters
        "ResourcePolicyConflictException",  # test_sharing: the hash of an answer
        "TooManyUpdates",  # test_images: a validation under way
    }


def test_every_member_is_sent() -> None:
    sent: dict[str, set[str]] = {}
    for call in (call for each in REPLAYED for call in each.calls):
        sent.setdefault(call.operation, set()).update(call.members)
    for operation in OPERATIONS:
        missing = {member.name for member in members(operation.request)} - sent[operation.name]
        # How a share is ended is for shares by RAM, which are not here.
        assert missing == ({"DeletionMode"} if operation.name == "DeleteResourcePolicy" else set()), operation.name


def test_every_fact_is_said_once() -> None:
    assert len({each.text for each in FACTS}) == len(FACTS)
    assert json.dumps([each.text for each in FACTS]).isascii()
