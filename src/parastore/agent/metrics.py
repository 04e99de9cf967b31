"""What a Prometheus server reads of the agent."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

_LOOKUPS = ("hit", "miss", "joined", "stale")


class Metrics:
    """The agent's own registry."""

    def __init__(self, entries: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        lookups = Counter(
            "parastore_agent_lookups", "Look-ups: from the cache, from the server.", ["from"], registry=self._registry
        )
        self._lookups = {each: lookups.labels(each) for each in _LOOKUPS}
        self.answers = Counter("parastore_agent_answers", "Answers by status.", ["status"], registry=self._registry)
        self.disk_failures = Counter(
            "parastore_agent_disk_failures", "Times that the disk cache could not be written.", registry=self._registry
        )
        Gauge("parastore_agent_entries", "Answers that are kept.", registry=self._registry).set_function(entries)

    def count(self, source: str) -> None:
        """A look-up and where its answer came from."""
        self._lookups[source].inc()

    def render(self) -> tuple[bytes, str]:
        """The text and its media type."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4
