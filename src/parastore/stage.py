"""Where requests that came together wait for each other, so that all are verified before any is answered.

What runs for one request after another stays in the processor's caches; what runs in turns with other code is fetched
into them anew each time (docs/adr/0006).
"""

from __future__ import annotations

import types
from collections.abc import Generator


@types.coroutine
def next_stage() -> Generator[None, None, None]:
    """Let the others of this turn come as far (`server.turn`); where there are none, one pass of the event loop."""
    yield
