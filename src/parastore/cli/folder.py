"""Commands that work on a data folder itself: where it is, and how they end when it cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class Unable(click.ClickException):
    """Nothing was done. The text says why, and what to do. click's usage errors end with 2 as well."""

    exit_code = 2


def folder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--data-dir` and `--config`, which say where `serve` keeps its data."""
    for option in (
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="TOML file of settings."),
        click.option("--data-dir", metavar="PATH", help="Folder of the database and the root key, by default serve's."),
    ):
        command = option(command)
    return command
