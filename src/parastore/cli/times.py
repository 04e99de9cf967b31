"""Times as options take them: a period, and a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


class Period(click.ParamType[int]):
    """`7d`, `12h`: seconds."""

    name = "period"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """See click.ParamType."""
        match = re.fullmatch(r"([1-9]\d{0,5})([mhdw])", value)
        if match is None:
            self.fail(f"{value!r} is no time such as 30m, 12h, 7d or 4w", param, ctx)
        return int(match[1]) * _UNITS[match[2]]


class Moment(click.ParamType[datetime]):
    """`2026-11-27T08:15`, in the zone of this machine unless it says its own, or how long ago: `30m`."""

    name = "moment"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """See click.ParamType."""
        if isinstance(value, datetime):
            return value
        if re.fullmatch(r"\d+\w", value):
            return datetime.now(UTC) - timedelta(seconds=Period().convert(value, param, ctx))
        try:
            return datetime.fromisoformat(value).astimezone()
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-11-27T08:15, 2026-11-27T08:15:30+09:00 or 30m", param, ctx)
