"""Marker and NextMarker: where a listing goes on.

A marker says what came last and for which listing; it opens nothing that its holder may not list anyway, so that it is
not sealed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from parastore.kms.errors import InvalidMarkerException

T = TypeVar("T")


def read_marker(marker: str | None, listing: str) -> str:
    """What came last, empty at the start. Raises InvalidMarkerException."""
    if marker is None:
        return ""
    try:
        name, _, last = (
            base64.b64decode(marker.encode("latin-1"), altchars=b"-_", validate=True).decode().partition(" ")
        )
    except (binascii.Error, UnicodeError):
        raise InvalidMarkerException from None
    if name != listing or not last:
        raise InvalidMarkerException
    return last


def cut(found: Sequence[T], limit: int, listing: str, place: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """A page of `limit` of what was found, and its NextMarker, None when nothing is behind it."""
    if len(found) <= limit:
        return found, None
    page = found[:limit]
    return page, base64.urlsafe_b64encode(f"{listing} {place(page[-1])}".encode()).decode()
