"""`parastore serve` with a clock that a test moves: `python -m parastore.testing.clocked FILE`, set up by environment.

FILE holds by how many milliseconds the server's clock is ahead of the real one; it is read again for every look at the
clock. Everything goes by that clock, signatures too, so a client signs for the moved time.
"""

from __future__ import annotations

import functools
import sys
import time
from pathlib import Path

from parastore.server.run import serve
from parastore.server.settings import resolve
from parastore.server.wiring import open_service


def moved(file: Path) -> int:
    """Milliseconds since the epoch, moved by what stands in `file`."""
    return time.time_ns() // 1_000_000 + int(file.read_text(encoding="ascii") or 0)


if __name__ == "__main__":
    serve(resolve().settings, functools.partial(open_service, clock=functools.partial(moved, Path(sys.argv[1]))))
