"""`parastore serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from parastore.cli.options import read_settings, settings_options


@click.command()
@settings_options
def serve(config: Path | None, **flags: Any) -> None:
    """Serve Parameter Store until SIGTERM or Ctrl-C.

    A flag wins over the environment, the environment over the file, the file over the default.
    """
    settings = read_settings(config, flags).settings
    # The server is not loaded for `--help` or a wrong flag.
    from parastore.server.errors import StartError  # noqa: PLC0415
    from parastore.server.run import serve as run  # noqa: PLC0415

    try:
        run(settings)
    except StartError as error:
        raise click.ClickException(str(error)) from None
