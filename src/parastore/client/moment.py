"""What a parameter was at a moment, by its history. Pure.

A history is what GetParameterHistory gives, oldest first: the last hundred versions. One that does not begin with
version 1 has lost its beginning. One that does, and later than the moment, is of a parameter that was not there then,
or was deleted since and made again, which nobody can tell apart from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from parastore.client.plan import Change

Version = dict[str, Any]


def as_of(versions: Sequence[Version], moment: datetime) -> Version | None:
    """The version that was current at the moment, None when none is known."""
    return next((each for each in reversed(versions) if each["LastModifiedDate"] <= moment), None)


def was_made_since(versions: Sequence[Version], moment: datetime) -> bool:
    """Whether the parameter began after the moment."""
    return bool(versions[0]["Version"] == 1 and versions[0]["LastModifiedDate"] > moment)


def back_to(versions: Sequence[Version], moment: datetime) -> Change:
    """What putting that version again changes. The sign is `!` when it is lost."""
    now, oldest, was = versions[-1], versions[0], as_of(versions, moment)
    if was is None:
        if was_made_since(versions, moment):
            return Change("=", now["Name"], now["Type"], now["Value"], now["Value"])
        made = f"{oldest['LastModifiedDate']:%Y-%m-%d %H:%M:%S}"
        why = f"its version of then is not kept any more: the oldest is {oldest['Version']}, of {made}"
        return Change("!", now["Name"], now["Type"], now["Value"], None, why)
    note = f"as version {was['Version']}"
    if was["Type"] != now["Type"]:
        note += f", was a {now['Type']}"
    same = (was["Type"], was["Value"]) == (now["Type"], now["Value"])
    return Change("=" if same else "~", now["Name"], was["Type"], was["Value"], now["Value"], note)
