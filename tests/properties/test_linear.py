"""The checker of histories itself."""

from __future__ import annotations

import pytest
from tests.properties.linear import Seen, is_linearizable

A, B = (1, "a"), (2, "b")


@pytest.mark.parametrize(
    "history",
    [
        [],
        [Seen(0, 1, "put", A), Seen(2, 3, "get", A), Seen(4, 5, "delete", A), Seen(6, 7, "get", None)],
        # Overlapping: either order will do.
        [Seen(0, 5, "put", A), Seen(1, 2, "get", None), Seen(3, 4, "get", A)],
        [Seen(0, 5, "put", B), Seen(0, 5, "put", A), Seen(6, 7, "get", B)],
        [Seen(0, 1, "put", A), Seen(2, 9, "delete", A), Seen(3, 8, "put", (1, "c")), Seen(10, 11, "get", (1, "c"))],
    ],
)
def test_what_can_have_happened(history: list[Seen]) -> None:
    assert is_linearizable(history)


@pytest.mark.parametrize(
    "history",
    [
        [Seen(0, 1, "put", A), Seen(2, 3, "get", None)],  # an answered write is not seen
        [Seen(0, 1, "put", A), Seen(0, 1, "put", (1, "b"))],  # a version given twice
        [Seen(0, 1, "put", A), Seen(2, 3, "put", (3, "c"))],  # a version left out
        [Seen(0, 1, "put", A), Seen(2, 3, "get", (1, "b"))],  # another's value
        [Seen(0, 9, "put", A), Seen(1, 2, "get", A), Seen(3, 4, "get", None)],  # seen, and then not
        [Seen(0, 1, "put", A), Seen(2, 3, "delete", A), Seen(4, 5, "put", B)],  # a new life does not go on from the old
    ],
)
def test_what_cannot(history: list[Seen]) -> None:
    assert not is_linearizable(history)
