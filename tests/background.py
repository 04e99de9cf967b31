"""What goes on beside a test, in threads, for as long as it is entered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Self


class Background:
    """Runs its tasks from entering until leaving; each looks at `_stop` again and again, and returns when it is set."""

    def __init__(self, tasks: Sequence[Callable[[], object]]) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=task) for task in tasks]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
