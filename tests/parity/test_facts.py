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

from parastore.testing.server import Keys, Server

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
        assert (answer.status, json.loads(answer.body)["__type"]) == (400, call.code)
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


def test_every_fact_is_said_once() -> None:
    assert len({each.text for each in FACTS}) == len(FACTS)
    assert json.dumps([each.text for each in FACTS]).isascii()
