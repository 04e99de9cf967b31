"""Where botocore's source distribution lies unpacked. It ships AWS's own vectors, which its wheel leaves out."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def folder() -> Path:
    """The unpacked tests of the botocore that is installed, with `tests/` directly inside. Raises RuntimeError."""
    found = ROOT / ".cache" / f"botocore-{version('botocore')}"
    if not found.is_dir():
        raise RuntimeError(f"{found} is not there: run `make setup`, which fetches botocore's own tests")
    return found
