"""Commands that work on the data itself: where it is, and how they end when it cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from parastore.cli.options import read_settings
from parastore.server.location import Location


class Unable(click.ClickException):
    """Nothing was done. The text says why, and what to do. click's usage errors end with 2 as well."""

    exit_code = 2


def folder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--data-dir`, `--database` and `--config`: where `serve` keeps its data. See `location`."""
    for option in (
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="TOML file of settings."),
        click.option("--database", metavar="URL", help="The PostgreSQL database that serve has, if it has one."),
        click.option("--data-dir", metavar="PATH", help="Folder of the database and the root key, by default serve's."),
    ):
        command = option(command)
    return command


def location(config: Path | None, data_dir: str | None, database: str | None) -> Location:
    """Where the data is, from what a command with `folder_options` got."""
    return read_settings(config, {"data_dir": data_dir, "database": database}).settings.location
