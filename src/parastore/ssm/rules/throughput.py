"""How many requests a second an account may send in a Region: AWS's numbers, as token buckets.

Each worker counts by itself and so allows its share. Nothing is limited of which AWS publishes no number.
"""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

_STANDARD = {
    "ssm:GetParameter": ("read", 40),
    "ssm:GetParameters": ("read", 40),
    "ssm:GetParametersByPath": ("read", 40),
    "ssm:PutParameter": ("put", 3),
}
_HIGH = {
    "ssm:GetParameter": ("get", 10_000),
    "ssm:GetParameters": ("get many", 1_000),
    "ssm:GetParametersByPath": ("by path", 100),
    "ssm:PutParameter": ("put", 10),
}
_BUCKETS = 10_000  # signed requests may name any Region


class _Bucket(NamedTuple):
    tokens: float
    at: int


class Throughput:
    """What one of `workers` workers allows.

    `high` are the accounts and Regions with high throughput. They are limited always, to the higher numbers; others
    are with `everyone`. Times are milliseconds since the epoch.
    """

    __slots__ = ("_buckets", "_everyone", "_high", "_workers")

    def __init__(self, *, workers: int, everyone: bool, high: Set[tuple[str, str]]) -> None:
        self._workers = workers
        self._everyone = everyone
        self._high = high
        self._buckets: dict[tuple[str, str, str, bool], _Bucket] = {}

    def following(self, high: Set[tuple[str, str]]) -> Throughput:
        """The same with other accounts of high throughput; what was used stays used."""
        other = Throughput(workers=self._workers, everyone=self._everyone, high=high)
        other._buckets = self._buckets
        return other

    def admits(self, account: str, region: str, action: str, now: int) -> bool:
        """Take a request's token; False when there is none."""
        high = (account, region) in self._high
        limited = _HIGH if high else _STANDARD if self._everyone else {}
        if action not in limited:
            return True
        group, rate = limited[action]
        share = rate / self._workers
        most = max(1.0, share)  # of a burst, and of one request in any case
        key = (account, region, group, high)
        bucket = self._buckets.pop(key, None) or _Bucket(most, now)
        tokens = min(most, bucket.tokens + max(0, now - bucket.at) * share / 1000)
        admitted = tokens >= 1
        if len(self._buckets) >= _BUCKETS:
            del self._buckets[next(iter(self._buckets))]  # the one that was unused for longest
        self._buckets[key] = _Bucket(tokens - admitted, now)
        return admitted
