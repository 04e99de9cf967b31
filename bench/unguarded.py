"""Parastore without its audit trail: what a read costs when nobody writes down that it happened.

    python -m bench.unguarded --port 0

takes the environment of `parastore serve`. There is no such setting, for nobody should have it; it is measured by
taking the trail out of the program.
"""

from __future__ import annotations

import sys

from parastore import inside, pipeline, steady
from parastore.audit.event import Said
from parastore.audit.trail import Record, Trail
from parastore.cli.main import main


def _nothing(*args: object, **more: object) -> bytes:
    return b""


def _nothing_said(*args: object) -> Said:
    return Said(b"", b"")


def _unwritten(self: Trail, *records: Record) -> None:
    """In place of `Trail.write`."""


if __name__ == "__main__":
    for module in (inside, pipeline, steady):
        for name, instead in (("of_call", _nothing), ("of_same", _nothing), ("said", _nothing_said)):
            if hasattr(module, name):
                setattr(module, name, instead)
    Trail.write = _unwritten  # type: ignore[method-assign]
    sys.argv[1:1] = ["serve"]
    main()
