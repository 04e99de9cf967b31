"""The checker itself: what is right passes, and every kind of wrong is seen."""

from __future__ import annotations

import pytest
from tests.cluster.history import Seen, faults, longest_gap

RIGHT = [
    Seen(0, 1, "put", 1, "a"),
    Seen(1, 2, "put", None, "b"),
    Seen(2, 3, "get", 1, "a"),
    Seen(4, 5, "put", 3, "c"),  # so b was version 2
    Seen(4, 6, "get", 1, "a"),
    Seen(7, 8, "get", 3, "c"),
]
STORED = {1: "a", 2: "b", 3: "c"}


def test_what_is_right() -> None:
    assert faults(RIGHT, STORED) == []
    assert faults([], {}) == []
    assert faults([each for each in RIGHT if each.value == "a"], {1: "a"}) == []


@pytest.mark.parametrize(
    ("more", "stored", "said"),
    [
        ([Seen(0, 1, "put", 3, "d")], STORED, "was given to"),
        ([Seen(8, 9, "put", 4, "d")], STORED, "is lost"),
        ([], {1: "a", 2: "b", 3: "x"}, "was acknowledged as c and is x"),
        ([], STORED | {4: "x"}, "is nobody's"),
        ([], {1: "a", 3: "c"}, "kept versions are"),
        ([Seen(8, 9, "get", 2, "b")], STORED, "a get gave version 2 after version 3"),
        ([Seen(8, 9, "put", 2, "b")], STORED, "a put gave version 2 after version 3"),
        ([Seen(8, 9, "get", 0, "")], STORED, "a get gave version 0 after version 3"),
        ([Seen(8, 9, "put", 6, "f")], {4: "b", 5: "b", 6: "f"}, "6 versions, 3 acknowledged and 1 unknown"),
    ],
)
def test_what_is_wrong(more: list[Seen], stored: dict[int, str], said: str) -> None:
    assert any(said in fault for fault in faults([*RIGHT, *more], stored))


def test_the_longest_gap() -> None:
    assert longest_gap([3, 1, 2, 7]) == 4
    assert longest_gap([]) == 0
