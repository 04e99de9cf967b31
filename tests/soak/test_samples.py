from __future__ import annotations

import random

import pytest
from tests.soak.samples import Bound, grows, growth

BOUND = Bound(amount=5, share=0.1)


def test_the_line_through_a_line() -> None:
    assert growth([10, 11, 12, 13]) == pytest.approx(3)
    assert growth([7, 7, 7]) == 0
    assert growth([7]) == 0
    assert growth([]) == 0


def test_a_leak_is_seen_through_noise() -> None:
    dice = random.Random(1)
    flat = [100 + dice.uniform(-10, 10) for _ in range(60)]
    assert not grows(flat, BOUND)
    assert grows([value + position / 2 for position, value in enumerate(flat)], BOUND)


def test_the_larger_of_both_bounds_counts() -> None:
    assert not grows([0, 2, 4], BOUND)
    assert grows([0, 3, 6], BOUND)
    assert not grows([100, 104, 108], BOUND)
