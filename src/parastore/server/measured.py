"""How many requests of each kind there were, how they ended and how long they took.

A request costs one look-up and three additions, half a microsecond; prometheus_client's own histogram takes four, of a
request that takes thirty. The series are made when they are asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

# Seconds: from a read in memory to a write that waits for a failover.
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NAMES = [*map(str, BUCKETS), "+Inf"]


class Requests(Collector):
    """The requests of one worker. `code` is the AWS error code, "" of a success."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[float]] = {}

    def watch(self, action: str, code: str, seconds: float) -> None:
        """Count a request; `action` is `ssm:GetParameter`, or "" when there is no such operation."""
        row = self._rows.get((action, code))
        if row is None:
            row = self._rows[action, code] = [0.0] * (len(BUCKETS) + 2)
        row[bisect_left(BUCKETS, seconds)] += 1
        row[-1] += seconds

    def withdraw(self, action: str, code: str, instead: str) -> None:
        """Count a request that ended with `code` as one that ended with another: it was not answered yet."""
        row = self._rows.get((action, code), [])
        # Any of its buckets: how long an action took is told for all codes together.
        for bucket, count in enumerate(row[:-1]):
            if count:
                row[bucket] -= 1
                self._rows.setdefault((action, instead), [0.0] * len(row))[bucket] += 1
                return

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        ended = CounterMetricFamily("parastore_requests", "Requests by how they ended.", labels=["operation", "code"])
        took = HistogramMetricFamily("parastore_request_seconds", "How long requests took.", labels=["operation"])
        taken: dict[str, list[float]] = {}
        for (action, code), row in list(self._rows.items()):
            ended.add_metric([action, code], sum(row[:-1]))
            taken[action] = [one + other for one, other in zip(taken.get(action, [0.0] * len(row)), row, strict=True)]
        for action, row in taken.items():
            counts = [sum(row[: position + 1]) for position in range(len(_NAMES))]
            took.add_metric([action], list(zip(_NAMES, counts, strict=True)), row[-1])
        yield ended
        yield took
