"""Parastore: AWS Systems Manager Parameter Store, run by yourself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parastore.caching import cached as cached

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The command loads this file first, and needs none of the library.
    if name == "cached":
        from parastore.caching import cached  # noqa: PLC0415

        return cached
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
