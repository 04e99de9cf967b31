"""Options of `parastore serve`, made from the table of settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from parastore.server.errors import SettingsError
from parastore.server.settings import DEFAULTS, HELP, TABLE, Resolved, resolve


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--config` and one option per setting. The command gets what `read_settings` takes.

    A secret has no option: command lines can be read by everybody on the machine.
    """
    for name in reversed(TABLE):
        if not TABLE[name].secret:
            command = _option(name)(command)
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="TOML file of settings.  [PARASTORE_CONFIG]",
    )(command)


def read_settings(config: Path | None, flags: dict[str, Any]) -> Resolved:
    """The settings from what the command got; what is wrong with them is a usage error."""
    try:
        return resolve(flags, config=config)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def _option(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    kind = TABLE[name]
    flag = "--" + name.replace("_", "-")
    default = DEFAULTS[name]
    notes = [f"PARASTORE_{name.upper()}"]
    if default not in (None, False) and name != "data_dir":
        notes.append(f"default {default:g}" if isinstance(default, float) else f"default {default}")
    text = f"{HELP[name]}  [{', '.join(notes)}]"
    if isinstance(default, bool):
        return click.option(f"{flag}/--no-{name.replace('_', '-')}", name, default=None, help=text)
    return click.option(flag, name, metavar=kind.placeholder, help=text)
