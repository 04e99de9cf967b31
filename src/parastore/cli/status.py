"""`parastore status`: what an installation is and how it is, as text for people or JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from parastore.cli.folder import Unable, folder_options, location


@click.command()
@folder_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def status(config: Path | None, data_dir: str | None, database: str | None, as_json: bool) -> None:
    """Show what is stored where, and how it is, also while servers run. Shows no values."""
    where = location(config, data_dir, database)
    from parastore.server.status import status as look  # noqa: PLC0415 (not for --help)
    from parastore.storage.protocol import StorageError  # noqa: PLC0415

    try:
        facts = look(where)
    except StorageError as error:
        raise Unable(str(error)) from None
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        parts = [f"{each} {number}" for each, number in value.items()] if isinstance(value, dict) else value
        shown = ", ".join(parts) or "-" if isinstance(parts, list) else value
        click.echo(f"{name:<{width}}  {shown}")
