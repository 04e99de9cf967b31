"""Which requests a worker throttles: the configuration's word, and that of accounts which set high throughput."""

from __future__ import annotations

from parastore.house import House
from parastore.server.settings import Settings
from parastore.ssm.rules.settings import HIGH_THROUGHPUT
from parastore.ssm.rules.throughput import Throughput
from parastore.ssm.store import settings as stored


class Throttle:
    """Keeps a house's limits up to date: `refresh` is to be called again and again."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._everyone = settings.quotas == "aws"
        self._limits = Throughput(workers=settings.workers, everyone=self._everyone, high=frozenset())
        self._high: set[tuple[str, str]] = set()
        self._set()

    async def refresh(self) -> bool:
        """Read which accounts have high throughput."""
        high = await stored.where(self._house.engine.read(), HIGH_THROUGHPUT, "true")
        if high != self._high:
            self._high, self._limits = high, self._limits.following(high)
            self._set()
        return False

    def _set(self) -> None:
        self._house.quota.limits = self._limits if self._everyone or self._high else None
