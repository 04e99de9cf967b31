"""Where statements stand in a document's text."""

from __future__ import annotations

import pytest

from parastore.policy.positions import of_statement

ONE = '{"Effect": "Allow", "Action": ["a:b"], "Resource": "*"}'
TWO = '{"Effect": "Deny", "Action": "a:}]", "Resource": "*"}'


@pytest.mark.parametrize(
    "text",
    [
        f'{{"Version":"2012-10-17","Statement":[{ONE},{TWO}]}}',
        f'{{\n  "Statement" : [\n    {ONE} ,\n\n    {TWO}\n  ],\n  "Version": "2012-10-17"\n}}\n',
        f' {{"Id": "Statement", "Statement": [ {ONE}, {TWO} ] }}',
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_statements_are_found(text: str, number: int) -> None:
    start, end = of_statement(text, number)
    lines = text.split("\n")
    assert start.line == end.line
    assert lines[start.line - 1][start.column - 1 : end.column - 1] == (ONE, TWO)[number]


def test_a_single_statement() -> None:
    start, end = of_statement(f'{{"Statement": {ONE}}}', 0)
    assert (start, end) == ((1, 15), (1, 15 + len(ONE)))
