"""Documents: what is none, in AWS's words, and what a statement speaks of."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from parastore.policy.document import Kind, parse
from parastore.policy.errors import DocumentError

RESOURCE = "arn:aws:ssm:us-east-1:444455556666:parameter/a/b"
STATEMENT = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": RESOURCE}
SOMEBODY = {"AWS": "arn:aws:iam::111122223333:user/a"}


def document(*statements: dict[str, Any], **members: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **members})


def covers(change: dict[str, Any], action: str = "ssm:getparameter", resource: str = RESOURCE) -> bool:
    given = {name: value for name, value in (STATEMENT | change).items() if value is not None}
    (statement,) = parse(document(given)).statements
    return statement.covers(action, resource, {})


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({}, True),
        ({"Action": "SSM:getparameter"}, True),
        ({"Action": "ssm:GetParameter*"}, True),
        ({"Action": "ssm:Get?arameter"}, True),
        ({"Action": ["ssm:PutParameter", "ssm:*"]}, True),
        ({"Action": "*"}, True),
        ({"Action": "*:*"}, True),
        ({"Action": "ssm:GetParameters"}, False),
        ({"Action": "ssm:GetParamete"}, False),
        ({"Action": "kms:*"}, False),
        ({"Action": None, "NotAction": "kms:*"}, True),
        ({"Action": None, "NotAction": ["kms:*", "ssm:Get*"]}, False),
        ({"Resource": "*"}, True),
        ({"Resource": "arn:aws:ssm:*:parameter/*/b"}, True),
        ({"Resource": ["arn:aws:ssm:*:*:parameter/x", "arn:aws:ssm:us-east-1:444455556666:parameter/a/?"]}, True),
        ({"Resource": RESOURCE.replace("/a", "/A")}, False),
        ({"Resource": RESOURCE + "?"}, False),
        ({"Resource": RESOURCE + "*"}, True),
        ({"Resource": "arn:aws:ssm:us-east-1:444455556666:parameter/a.b"}, False),
        ({"Resource": None, "NotResource": "arn:aws:ssm:*:*:parameter/secret/*"}, True),
        ({"Resource": None, "NotResource": "arn:aws:ssm:*:*:parameter/a/*"}, False),
    ],
)
def test_what_a_statement_speaks_of(change: dict[str, object], covered: bool) -> None:
    assert covers(change) is covered


def test_a_hostile_pattern_takes_no_time() -> None:
    statement = STATEMENT | {"Resource": "arn:" + "*a" * 400 + "b", "Action": "ssm:" + "*a?" * 400}
    (compiled,) = parse(document(statement)).statements
    started = time.process_time()
    assert not compiled.covers("ssm:" + "a" * 2000, "arn:" + "a" * 2000, {})
    assert not compiled.covers("ssm:" + "b" * 2000, "arn:" + "a" * 2000, {})
    assert time.process_time() - started < 2


SYNTAX = "Syntax errors in policy."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "This policy contains invalid Json"),
        ("[" * 100_000, "This policy contains invalid Json"),
        ("null", SYNTAX),
        ('{"Statement": "x"}', SYNTAX),
        ('{"Statement": []}', SYNTAX),
        ('{"Version": "2012-10-18", "Statement": {}}', SYNTAX),
        (document(STATEMENT, Foo=1), SYNTAX),
        (document(STATEMENT, Id=1), SYNTAX),
        (document(STATEMENT | {"Foo": 1}), SYNTAX),
        (document(STATEMENT | {"Sid": 1}), SYNTAX),
        (document(STATEMENT | {"Effect": "allow"}), SYNTAX),
        (
            document(STATEMENT | {"Sid": "a"}, STATEMENT | {"Sid": "a"}),
            "Statement IDs (SID) in a single policy must be",
        ),
        (document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (document({"Effect": "Allow", "Action": "*"}), "Policy statement must contain resources."),
        (document(STATEMENT | {"NotAction": "x:y"}), SYNTAX),
        (document(STATEMENT | {"Action": "GetParameter"}), "Actions/Conditions must be prefaced by a vendor"),
        (document(STATEMENT | {"Action": "a:b:c"}), "Actions/Condition can contain only one colon."),
        (document(STATEMENT | {"Action": "s sm:x"}), "Vendor s sm is not valid"),
        (document(STATEMENT | {"Resource": "/a/b"}), 'Resource /a/b must be in ARN format or "*".'),
        (document(STATEMENT | {"Principal": "*"}), "Policy document should not specify a principal."),
        (document(STATEMENT | {"Condition": "x"}), SYNTAX),
        (document(STATEMENT | {"Condition": {"StringEqual": {"a": "b"}}}), SYNTAX),
        (document(STATEMENT | {"Condition": {"NullIfExists": {"a": "true"}}}), SYNTAX),
        (document(STATEMENT | {"Condition": {"Bool": {"a": {"b": 1}}}}), SYNTAX),
        (document(STATEMENT | {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.300"}}}), SYNTAX[:-1]),
        (document(STATEMENT | {"Condition": {"NumericLessThan": {"a": "ten"}}}), SYNTAX[:-1]),
        (document(STATEMENT | {"Condition": {"DateLessThan": {"a": "tomorrow"}}}), SYNTAX[:-1]),
        ('{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}', SYNTAX),
    ],
)
def test_what_is_no_identity_policy(text: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(text)
    assert str(caught.value).startswith(said)


TRUST = {"Effect": "Allow", "Principal": SOMEBODY, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("kind", "statement", "said"),
    [
        (Kind.TRUST, TRUST | {"Resource": "*"}, "Has prohibited field Resource"),
        (Kind.TRUST, {"Effect": "Allow", "Action": "sts:AssumeRole"}, "Missing required field Principal"),
        (Kind.TRUST, TRUST | {"Principal": {"AWS": "bob"}}, 'Invalid principal in policy: "AWS":"bob"'),
        (Kind.TRUST, TRUST | {"Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}}, "Invalid principal in policy"),
        (Kind.TRUST, TRUST | {"Principal": {"Aws": "*"}}, 'Invalid principal in policy: "Aws"'),
        (Kind.TRUST, TRUST | {"Principal": {}}, "Invalid principal in policy"),
        (Kind.TRUST, TRUST | {"NotPrincipal": "*"}, SYNTAX),
        (Kind.KEY, STATEMENT, "Policy contains a statement with no principal."),
        (Kind.KEY, {"Effect": "Allow", "Principal": "*", "Resource": "*"}, "Missing required field Action"),
        (Kind.KEY, {"Effect": "Allow", "Principal": "*", "Action": "kms:*"}, "Missing required field Resource"),
        (
            Kind.KEY,
            STATEMENT | {"Principal": {"AWS": "bob"}},
            "Policy contains a statement with one or more invalid principals.",
        ),
    ],
)
def test_what_is_no_policy_of_a_resource(kind: Kind, statement: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(document(statement), kind)
    assert str(caught.value).startswith(said)
