"""`parastore config`: what the settings are and where they come from."""

from __future__ import annotations

import dataclasses
import json
import shlex
from pathlib import Path
from typing import Any

import click

from parastore.cli.options import read_settings, settings_options
from parastore.context import SecretValue
from parastore.server.location import DatabaseUrl


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@settings_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(config: Path | None, as_json: bool, **flags: Any) -> None:
    """Show each setting, its value and where it comes from. Secrets are hidden.

    Takes the options of `serve` and shows what they would give.
    """
    resolved = read_settings(config, flags)
    rows = {
        row.name: (_plain(getattr(resolved.settings, row.name)), resolved.sources[row.name])
        for row in dataclasses.fields(resolved.settings)
    }
    if as_json:
        table = {name: {"value": value, "source": source} for name, (value, source) in rows.items()}
        click.echo(json.dumps(table, indent=2))
        return
    lines = [("setting", "value", "source")]
    lines += [(name, _text(value), source) for name, (value, source) in rows.items()]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    for name, value, source in lines:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return shlex.join(value)
    if isinstance(value, tuple):
        return ", ".join(f"{sink.name} ({type(sink).__name__})" for sink in value)
    return str(value) if isinstance(value, Path | SecretValue | DatabaseUrl) else value


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
