"""AllowedPattern: full matches in Java's dialect, kept from version to version, and patterns written to do harm."""

from __future__ import annotations

import concurrent.futures
import itertools
import threading
import time
from typing import Any

import pytest
from tests.conftest import Client
from tests.sdk.raw import Error, Raw


def put(raw: Raw, pattern: str, value: str, kind: str = "String") -> Error | None:
    members = {"Name": "/p", "Value": value, "Type": kind, "AllowedPattern": pattern, "Overwrite": True}
    answer = raw.call("PutParameter", members)
    return None if answer.status == 200 else answer.error


def mismatch(pattern: str) -> Error:
    return Error(
        "ParameterPatternMismatchException",
        "message",
        f"Parameter value, cannot be validated against allowedPattern: {pattern}",
    )


INVALID = Error("InvalidAllowedPatternException", "message", "The syntax of the allowedPattern parameter is invalid.")


@pytest.mark.parametrize(
    ("pattern", "kind", "good", "bad"),
    [
        # [R] the whole value, not a part of it
        ("[0-9]+", "String", "42", "42 apples"),
        ("[0-9]+", "SecureString", "42", "forty-two"),
        ("^[0-9]+$", "String", "42", "42 "),
        ("a|ab", "String", "ab", "abc"),
        (".{3}", "String", "한국어", "한국"),
        # [Q] item by item
        ("[0-9]+", "StringList", "1,22,333", "1,2 2,333"),
        ("[0-9]*", "StringList", "1,,3,", "1,x"),
        ("[0-9,]+", "String", "1,2", "1;2"),
        # Java's dialect [?]
        (r"\d+", "String", "1", "\u0661"),
        (r"(?i)prod|test", "String", "PROD", "dev"),
        (r"\p{Lu}\p{L}*", "String", "Élan", "élan"),
        (r"(?=.*\d)(?=.*[A-Z]).{8,}", "SecureString", "Passw0rdX", "password"),
        (r"(?!.*(secret|password)).*", "String", "fine", "my password"),
        (r"(?<q>['\"]).*\k<q>", "String", "'quoted'", "'half\""),
        (r"a++b", "String", "aab", "b"),
        (r"[a-z&&[^aeiou]]+", "String", "xyz", "xaz"),
    ],
)
def test_matching(raw: Raw, pattern: str, kind: str, good: str, bad: str) -> None:
    assert put(raw, pattern, good, kind) is None
    assert put(raw, pattern, bad, kind) == mismatch(pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", "a{2,1}", "a)", "[z-a]", "(?P<name>a)", "(?<name", "\\"])
def test_what_is_no_pattern(raw: Raw, pattern: str) -> None:
    assert put(raw, pattern, "a") == INVALID  # [R]


def test_a_kept_pattern_holds_for_later_values(raw: Raw, ssm: Client) -> None:
    """[R]"""
    ssm.put_parameter(Name="/p", Value="1", Type="String", AllowedPattern="[0-9]+")
    for wrong in ({"Value": "x"}, {"Value": "x", "Type": "SecureString"}, {"Value": "1,x", "Type": "StringList"}):
        answer = raw.call("PutParameter", {"Name": "/p", "Overwrite": True, **wrong})
        assert answer.error == mismatch("[0-9]+")
    assert ssm.put_parameter(Name="/p", Value="1,22", Type="StringList", Overwrite=True)["Version"] == 2
    assert ssm.put_parameter(Name="/p", Value="x", Overwrite=True, AllowedPattern="x")["Version"] == 3
    assert ssm.put_parameter(Name="/p", Value="any", Overwrite=True, AllowedPattern="")["Version"] == 4


HOSTILE = [
    ("(a+)+$", "a" * 4000 + "b"),
    ("(?=a)(a+)+$", "a" * 4000 + "b"),
    ("(?=a)(a|aa)+$", "a" * 4000 + "b"),
    (r"(?!b)(.*,)*x", "," * 4000),
    (r"(.*)(.*)(.*)(.*)(.*)\1z", "a" * 4000),
    ("(?=a)(?:a{1,999}){1,999}b", "a" * 4000),
    # Unrolled as it stands this takes all memory there is: 100 million parts.
    ("(?=a)a{100000000}", "a"),
    ("((((a{1000}){1000}){1000}){1000})", "a"),
    ("(?x)(?=a)((a{1000}) {1000} {1000})", "a"),
]


@pytest.mark.parametrize(("pattern", "value"), HOSTILE, ids=[pattern for pattern, _ in HOSTILE])
def test_a_hostile_pattern_is_refused(raw: Raw, pattern: str, value: str) -> None:
    assert put(raw, pattern, value) == mismatch(pattern)


def test_others_are_served_while_patterns_backtrack(raw: Raw, ssm: Client) -> None:
    """Two clients send the worst there is without a pause; a third reads, and is served between any two of them."""
    ssm.put_parameter(Name="/read", Value="v", Type="String")
    stop = threading.Event()
    refused = itertools.count()

    def attack(name: str) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            pattern, value = HOSTILE[number % len(HOSTILE)]
            # Each pattern is new, so that nothing remembers it.
            members: dict[str, Any] = {"Name": name, "Value": value, "Type": "String"}
            answer = raw.call("PutParameter", {**members, "AllowedPattern": f"{pattern}|no{name[1:]}{number}"})
            assert answer.error.code == "ParameterPatternMismatchException"
            next(refused)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        attackers = [pool.submit(attack, name) for name in ("/x", "/y")]
        reads = 0
        ends = time.monotonic() + 2
        while time.monotonic() < ends:
            assert raw.call("GetParameter", {"Name": "/read"}).status == 200
            reads += 1
        stop.set()
        for attacker in attackers:
            attacker.result()
    attacks = next(refused)
    assert attacks > 4
    # An attack costs the server a hundred times what a read does; a reader that waits for its turn still comes to more.
    assert reads > attacks / 5
