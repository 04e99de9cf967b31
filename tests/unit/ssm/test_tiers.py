"""Which tier a PutParameter gives, as a table."""

from __future__ import annotations

import pytest

from parastore.errors import ValidationException
from parastore.ssm.errors import ParameterLimitExceeded
from parastore.ssm.rules import tiers
from parastore.ssm.shapes import ParameterTier

S: ParameterTier = "Standard"
A: ParameterTier = "Advanced"
IT: ParameterTier = "Intelligent-Tiering"


@pytest.mark.parametrize(
    ("asked", "current", "default", "size", "policies", "count", "chosen"),
    [
        # creation
        (None, None, S, 10, False, 0, S),
        (None, None, A, 10, False, 0, A),
        (None, None, IT, 10, False, 0, S),
        (None, None, IT, 4097, False, 0, A),
        (S, None, A, 10, False, 0, S),
        (A, None, S, 8192, True, 0, A),
        (IT, None, S, 4096, False, 9_999, S),
        (IT, None, S, 4097, False, 0, A),
        (IT, None, S, 10, True, 0, A),
        (IT, None, S, 10, False, 10_000, A),
        # overwriting
        (None, S, S, 10, False, 0, S),
        (None, S, A, 10, False, 0, S),
        (None, S, IT, 5000, False, 0, A),
        (None, A, S, 10, False, 0, A),
        (None, A, S, 8192, True, 0, A),
        (IT, A, S, 10, False, 0, A),
        (IT, S, S, 10, False, 10_000, S),
        (A, S, S, 10, False, 0, A),
    ],
)
def test_chosen(
    asked: ParameterTier | None,
    current: ParameterTier | None,
    default: ParameterTier,
    size: int,
    policies: bool,
    count: int,
    chosen: str,
) -> None:
    assert tiers.choose(asked, current, default, size=size, policies=policies, standard_count=count) == chosen


@pytest.mark.parametrize(
    ("asked", "current", "size", "policies", "text"),
    [
        (S, A, 10, False, "You can't downgrade a parameter"),
        (S, None, 4097, False, "maximum parameter value of 4096 characters"),
        (None, S, 4097, False, "maximum parameter value of 4096 characters"),
        (S, None, 10, True, "You can't assign parameter policies to a standard-parameter tier."),
        (None, None, 10, True, "You can't assign parameter policies to a standard-parameter tier."),
        (A, None, 8193, False, "maximum parameter value of 8192 characters"),
        (IT, None, 8193, False, "maximum parameter value of 8192 characters"),
    ],
)
def test_refused(
    asked: ParameterTier | None, current: ParameterTier | None, size: int, policies: bool, text: str
) -> None:
    with pytest.raises(ValidationException) as caught:
        tiers.choose(asked, current, S, size=size, policies=policies, standard_count=0)
    assert text in caught.value.message


def test_quotas() -> None:
    tiers.check_quota("Standard", 9_999)
    tiers.check_quota("Advanced", 99_999)
    with pytest.raises(ParameterLimitExceeded) as caught:
        tiers.check_quota("Standard", 10_000)
    assert caught.value.message == (
        "You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add"
        " more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply)."
    )
    with pytest.raises(ParameterLimitExceeded):
        tiers.check_quota("Advanced", 100_000)
