"""Whether what was measured again and again grows: a straight line through the samples, by least squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Bound(NamedTuple):
    """How much a figure may grow from the first to the last sample: this much, or this share of its mean."""

    amount: float
    share: float


def growth(values: Sequence[float]) -> float:
    """How much the line through equally distant samples rises from the first to the last."""
    number = len(values)
    if number < 2:
        return 0.0
    middle, mean = (number - 1) / 2, sum(values) / number
    spread = sum((position - middle) ** 2 for position in range(number))
    slope = sum((position - middle) * (value - mean) for position, value in enumerate(values)) / spread
    return slope * (number - 1)


def grows(values: Sequence[float], bound: Bound) -> bool:
    """Whether it grows by more than it may."""
    return growth(values) > max(bound.amount, bound.share * sum(values) / len(values))
