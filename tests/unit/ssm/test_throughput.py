"""Token buckets by account, Region and group of operations."""

from __future__ import annotations

import pytest

from parastore.ssm.rules import throughput
from parastore.ssm.rules.throughput import Throughput

A, B, HERE, THERE = "111122223333", "444455556666", "us-east-1", "eu-west-1"


def admitted(limits: Throughput, action: str, now: int = 0, account: str = A, region: str = HERE) -> int:
    count = 0
    while count < 20_000 and limits.admits(account, region, f"ssm:{action}", now):
        count += 1
    return count


@pytest.mark.parametrize(
    ("high", "action", "rate"),
    [
        (False, "GetParameter", 40),
        (False, "GetParameters", 40),
        (False, "GetParametersByPath", 40),
        (False, "PutParameter", 3),
        (True, "GetParameter", 10_000),
        (True, "GetParameters", 1_000),
        (True, "GetParametersByPath", 100),
        (True, "PutParameter", 10),
        (False, "DescribeParameters", 20_000),
    ],
)
def test_rates(high: bool, action: str, rate: int) -> None:
    limits = Throughput(workers=1, everyone=True, high={(A, HERE)} if high else set())
    assert admitted(limits, action) == rate
    assert admitted(limits, action, 1000) == rate
    assert admitted(limits, action, 1_000_000) == rate  # nothing is saved up


def test_reads_share_and_accounts_and_regions_do_not() -> None:
    limits = Throughput(workers=1, everyone=True, high=set())
    assert admitted(limits, "GetParameter") == 40
    assert admitted(limits, "GetParametersByPath") == 0
    assert admitted(limits, "PutParameter") == 3
    assert admitted(limits, "GetParameter", account=B) == 40
    assert admitted(limits, "GetParameter", region=THERE) == 40


def test_workers_share() -> None:
    assert admitted(Throughput(workers=2, everyone=True, high=set()), "GetParameter") == 20
    many = Throughput(workers=12, everyone=True, high=set())
    assert admitted(many, "PutParameter") == 1
    assert admitted(many, "PutParameter", 3999) == 0
    assert admitted(many, "PutParameter", 4000) == 1


def test_only_those_with_high_throughput() -> None:
    limits = Throughput(workers=1, everyone=False, high={(A, HERE)})
    assert admitted(limits, "PutParameter") == 10
    assert admitted(limits, "PutParameter", account=B) == 20_000
    after = limits.following({(A, HERE), (B, HERE)})
    assert admitted(after, "PutParameter") == 0
    assert admitted(after, "PutParameter", account=B) == 10


def test_a_clock_that_goes_back_takes_nothing() -> None:
    limits = Throughput(workers=1, everyone=True, high=set())
    assert admitted(limits, "PutParameter", 10_000) == 3
    assert admitted(limits, "PutParameter", 0) == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "_BUCKETS", 2)
    limits = Throughput(workers=1, everyone=True, high=set())
    for region in ("a", "b", "c"):
        assert admitted(limits, "PutParameter", region=region) == 3
    assert admitted(limits, "PutParameter", region="c") == 0
    assert admitted(limits, "PutParameter", region="a") == 3  # forgotten
