"""Statements: what their wildcards match, and whom they speak of."""

from __future__ import annotations

import json
import time

import pytest

from parastore.context import Caller
from parastore.policy.document import DocumentError, allows, parse

CALLER = Caller("111122223333", "arn:aws:iam::111122223333:root", "111122223333", "AKIAAAAAAAAAAAAAAAAA")
RESOURCE = "arn:aws:ssm:us-east-1:444455556666:parameter/a/b"


def document(**change: object) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ssm:GetParameter", "Resource": RESOURCE}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | change]})


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"Action": "SSM:getparameter"}, True),
        ({"Action": "ssm:GetParameter*"}, True),
        ({"Action": "ssm:Get?arameter"}, True),
        ({"Action": ["ssm:PutParameter", "ssm:*"]}, True),
        ({"Action": "ssm:GetParameters"}, False),
        ({"Action": "ssm:GetParamete"}, False),
        ({"Resource": "*"}, True),
        ({"Resource": "arn:aws:ssm:*:parameter/*/b"}, True),
        ({"Resource": RESOURCE.upper()}, False),
        ({"Resource": RESOURCE + "?"}, False),
        ({"Effect": "Deny"}, False),
        ({"Principal": {"AWS": "111122223333"}}, True),
        ({"Principal": {"AWS": ["999988887777", "arn:aws:iam::111122223333:root"]}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:user/a"}}, False),
        ({"Principal": {"AWS": "999988887777"}}, False),
    ],
)
def test_what_a_statement_allows(change: dict[str, object], allowed: bool) -> None:
    assert allows(parse(document(**change)), CALLER, "ssm:GetParameter", RESOURCE) is allowed


def test_denial_outweighs_in_any_order() -> None:
    one, other = parse(document()), parse(document(Effect="Deny"))
    for both in ((*one, *other), (*other, *one)):
        assert not allows(both, CALLER, "ssm:GetParameter", RESOURCE)


def test_a_hostile_pattern_takes_no_time() -> None:
    statements = parse(document(Resource="*a" * 400 + "b"))
    started = time.process_time()
    assert not allows(statements, CALLER, "ssm:GetParameter", "a" * 2000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("text", ["", "[" * 100_000, "null", '{"Statement": "x"}'])
def test_what_is_no_document(text: str) -> None:
    with pytest.raises(DocumentError):
        parse(text)
