"""AllowedPattern: full matches, Java's dialect, and patterns written to do harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parastore.errors import ServiceError
from parastore.ssm.errors import InvalidAllowedPatternException, ParameterPatternMismatchException
from parastore.ssm.rules import patterns


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        (r"\d+", "123", True),
        (r"\d+", "123x", False),
        (r"\d+", "x123", False),
        (r"^\d+$", "123", True),
        (r"[a-z]", "ab", False),
        (r".*", "", True),
        (r"a|ab", "ab", True),
        (r"\d+", "٣", False),  # \d is ASCII in Java
        (r"\w+", "é", False),
        (r"(?i)abc", "ABC", True),
        (r"(?=.*\d)(?=.*[A-Z]).{8,}", "Passw0rdX", True),
        (r"(?=.*\d)(?=.*[A-Z]).{8,}", "password", False),
        (r"(a)(b)\2\1", "abba", True),
        (r"a++b", "aab", True),
        (r"[a-z&&[^aeiou]]+", "xyz", True),
        (r"[a-z&&[^aeiou]]+", "xaz", False),
        (r"(?<year>\d{4})", "2026", True),
        (r"(?!secret).*", "secret", False),
    ],
)
def test_matching(pattern: str, value: str, *, matches: bool) -> None:
    if matches:
        patterns.check_match(pattern, [value])
    else:
        with pytest.raises(ParameterPatternMismatchException) as caught:
            patterns.check_match(pattern, [value])
        assert caught.value.message == f"Parameter value, cannot be validated against allowedPattern: {pattern}"


@pytest.mark.parametrize("pattern", ["[", "(", "*a", "a{2,1}", "(?P<x>a)", r"\\(?P<x>a)", "[z-a]"])
def test_no_regular_expression(pattern: str) -> None:
    with pytest.raises(InvalidAllowedPatternException) as caught:
        patterns.check_syntax(pattern)
    assert caught.value.message == "The syntax of the allowedPattern parameter is invalid."


def test_an_escaped_group_is_fine() -> None:
    patterns.check_match(r"\(?P", ["(P"])


@pytest.mark.parametrize(
    ("pattern", "items"),
    [
        (r"(a+)+$", ["a" * 4000 + "b"]),
        (r"(?=a)(a+)+$", ["a" * 4000 + "b"]),
        (r"(?=a)(a|aa)+$", ["a" * 60 + "b"] * 2000),
        (r"(?!b)(.*,)*x", ["," * 4000]),
        (r"(.*)(.*)(.*)(.*)(.*)\1z", ["a" * 4000]),
        ("(?=x)" + "(" * 100 + "a*" + ")*" * 100, ["a" * 4000]),
        ("(?:(?:(?:a{0,1000}){0,1000}){0,1000}){0,1000}(?=b)", ["a" * 4000]),
    ],
)
def test_a_pattern_that_backtracks_for_ever_is_stopped(pattern: str, items: list[str]) -> None:
    patterns.check_syntax(pattern)
    started = time.process_time()
    with pytest.raises(ParameterPatternMismatchException):
        patterns.check_match(pattern, items)
    # Twenty times the budget: the test must not depend on the machine's mood, only on an end.
    assert time.process_time() - started < 20 * patterns.BUDGET


@given(st.text(alphabet="ab[](){}*+?|^$\\.,-&!=<>:P1dw", max_size=40), st.text(alphabet="ab1,", max_size=40))
def test_any_pattern_gives_an_answer_in_time(pattern: str, value: str) -> None:
    started = time.process_time()
    try:
        patterns.check_syntax(pattern)
        patterns.check_match(pattern, [value])
    except ServiceError:
        pass
    assert time.process_time() - started < 20 * patterns.BUDGET
