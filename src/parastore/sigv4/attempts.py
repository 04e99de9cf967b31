"""Failed signatures of late: who goes on failing with a key is refused for a while, before anything is computed.

Counted by key and address together, so nobody else who uses the key, and nobody else at the address, is affected.
"""

from __future__ import annotations

from parastore.errors import ThrottlingException

MOST = 50
WINDOW = 10_000  # milliseconds
_KEPT = 10_000  # pairs: a flood of key ids cannot grow it further


class Attempts:
    """One worker's count. Times are milliseconds since the epoch."""

    __slots__ = ("_failed",)

    def __init__(self) -> None:
        # The beginning of a window, and how many failed in it.
        self._failed: dict[tuple[str, str], tuple[int, int]] = {}

    def check(self, key_id: str, client: str, now: int) -> None:
        """Raise ThrottlingException when there were too many."""
        if self._failed:
            began, count = self._failed.get((key_id, client), (0, 0))
            if count >= MOST and now < began + WINDOW:
                raise ThrottlingException(
                    f"Rate exceeded: {count} requests from this address were not signed with the secret of {key_id}."
                    f" Correct the secret, and try again in {(began + WINDOW - now) // 1000 + 1} seconds."
                )

    def failed(self, key_id: str, client: str, now: int) -> None:
        """Count one."""
        began, count = self._failed.get((key_id, client), (now, 0))
        if now >= began + WINDOW:
            began, count = now, 0
        if len(self._failed) >= _KEPT:
            self._failed = {pair: each for pair, each in self._failed.items() if now < each[0] + WINDOW}
            if len(self._failed) >= _KEPT:
                self._failed.clear()
        self._failed[(key_id, client)] = (began, count + 1)
