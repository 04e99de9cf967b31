"""References in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parastore.client.references import Reference, fill, find

ARN = "arn:aws:ssm:us-east-1:111122223333:parameter/a/b"


@pytest.mark.parametrize(
    ("text", "asked", "secure"),
    [
        ("{{ssm:name}}", "name", False),
        ("{{ssm:/a/b.c-d_e}}", "/a/b.c-d_e", False),
        ("{{ssm:/a/b:3}}", "/a/b:3", False),
        ("{{ssm:/a/b:stable}}", "/a/b:stable", False),
        ("{{ssm-secure:/a/b}}", "/a/b", True),
        ("{{resolve:ssm:/a/b:3}}", "/a/b:3", False),
        ("{{resolve:ssm-secure:/a/b:3}}", "/a/b:3", True),
        ("{{ ssm:/a/b }}", "/a/b", False),
        ("{{ssm: /a/b}}", "/a/b", False),
        (f"{{{{ssm:{ARN}}}}}", ARN, False),
        (f"{{{{ssm:{ARN}:3}}}}", f"{ARN}:3", False),
        ("x={{{ssm:/a}}}", "/a", False),
    ],
)
def test_found(text: str, asked: str, secure: bool) -> None:
    [found] = find(text)
    assert found == Reference(asked, secure, 1)
    assert found.valid


@pytest.mark.parametrize(
    "text",
    [
        "{{ssm}}",
        "{ssm:/a}",
        "{{ssmx:/a}}",
        "{{ secret }}",
        "${{ secrets.X }}",
        "{{ssm:/a} }",
        "{{ssm:{{x}}",
        "{{ssm:a b}}",
    ],
)
def test_not_references(text: str) -> None:
    assert find(text) == []
    assert fill(text, lambda asked: "filled") == text


@pytest.mark.parametrize("name", ["", "/a//b", "/a/", "a:b:c", "/a:", "päth", "/a:1:2"])
def test_references_that_cannot_be_asked_for(name: str) -> None:
    [found] = find(f"{{{{ssm:{name}}}}}")
    assert not found.valid


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        (r"\{{ssm:/a}}", "{{ssm:/a}}"),
        (r"\\{{ssm:/a}}", r"\VALUE"),
        (r"\\\{{ssm:/a}}", r"\{{ssm:/a}}"),
        (r"C:\x\{{other}}", r"C:\x\{{other}}"),
        ("{{ssm:/a}}{{ssm:/a}}", "VALUEVALUE"),
        (r"\{{ssm:/a}}{{ssm:/a}}", "{{ssm:/a}}VALUE"),
    ],
)
def test_escapes(text: str, filled: str) -> None:
    assert fill(text, lambda asked: "VALUE") == filled


def test_values_are_not_looked_at_again() -> None:
    values = {"/a": "{{ssm:/b}}", "/b": r"\1\g<0>"}
    assert fill("{{ssm:/a}} {{ssm:/b}}", values.__getitem__) == r"{{ssm:/b}} \1\g<0>"


def test_lines() -> None:
    assert [each.line for each in find("{{ssm:/a}}\n\n{{ssm:/b}} {{ssm:/c}}\n")] == [1, 3, 3]


@given(st.text("{}sm:/a\\ \n-"))
def test_a_text_without_references_does_not_change(text: str) -> None:
    if "{{ssm" not in text.replace(" ", "").replace("\n", ""):
        assert fill(text, lambda asked: "x") == text
