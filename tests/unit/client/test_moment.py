"""What a parameter was at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parastore.client.moment import as_of, back_to, was_made_since

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def versions(*each: tuple[int, str, int], kind: str = "String") -> list[dict[str, Any]]:
    """Number, value and minute of each."""
    return [
        {"Name": "/a", "Version": number, "Value": value, "Type": kind, "LastModifiedDate": at(minute)}
        for number, value, minute in each
    ]


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


HISTORY = versions((1, "one", 0), (2, "two", 10), (3, "one", 20), (4, "four", 30))


@pytest.mark.parametrize(
    ("minute", "number", "sign", "value"),
    [
        (-1, None, "=", "four"),  # it was not there
        (0, 1, "~", "one"),
        (9, 1, "~", "one"),
        (10, 2, "~", "two"),
        (25, 3, "~", "one"),
        (30, 4, "=", "four"),
        (99, 4, "=", "four"),
    ],
)
def test_as_of(minute: int, number: int | None, sign: str, value: str) -> None:
    found = as_of(HISTORY, at(minute))
    assert (found and found["Version"]) == number
    change = back_to(HISTORY, at(minute))
    assert (change.sign, change.value) == (sign, value)
    assert was_made_since(HISTORY, at(minute)) == (minute < 0)


def test_a_version_that_is_not_kept_any_more_is_lost() -> None:
    change = back_to(HISTORY[1:], at(5))
    assert change.sign == "!"
    assert change.note == "its version of then is not kept any more: the oldest is 2, of 2026-11-27 12:10:00"


def test_the_same_value_in_a_later_version_is_no_change() -> None:
    assert back_to(HISTORY[:3], at(5)).sign == "="


def test_a_type_that_changed_is_told_so_that_the_secret_is_masked() -> None:
    history = versions((1, "plain", 0)) + versions((2, "hush", 10), kind="SecureString")
    change = back_to(history, at(5))
    assert (change.sign, change.kind, change.value, change.before) == ("~", "String", "plain", "hush")
    assert change.note == "as version 1, was a SecureString"
