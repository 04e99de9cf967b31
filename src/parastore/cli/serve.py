"""`parastore serve`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parastore.cli.options import read_settings, settings_options

if TYPE_CHECKING:
    from parastore.server.settings import Settings


@click.command()
@click.option("--ephemeral", is_flag=True, help="Keep nothing: a new data folder, gone when the server ends.")
@click.option(
    "--seed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --ephemeral: a file of parameters to begin with (JSON, YAML, CSV, .env).",
)
@settings_options
def serve(config: Path | None, ephemeral: bool, seed: Path | None, **flags: Any) -> None:
    """Serve Parameter Store until SIGTERM or Ctrl-C.

    A flag wins over the environment, the environment over the file, the file over the default.
    """
    if seed is not None and not ephemeral:
        raise click.UsageError("--seed is for --ephemeral: `parastore import` puts parameters into a server that stays")
    if ephemeral and flags.get("data_dir") is not None:
        raise click.UsageError("--ephemeral makes a data folder of its own: leave out --data-dir")
    settings = read_settings(config, flags).settings
    if ephemeral and settings.database is not None:
        raise click.UsageError("--ephemeral keeps nothing: leave out the database")
    # The server is not loaded for `--help` or a wrong flag.
    from parastore.server.errors import StartError  # noqa: PLC0415
    from parastore.server.run import serve as run  # noqa: PLC0415

    try:
        if ephemeral:
            _serve_ephemeral(settings, seed)
        else:
            run(settings)
    except StartError as error:
        raise click.ClickException(str(error)) from None


def _serve_ephemeral(settings: Settings, file: Path | None) -> None:
    from parastore.context import SecretValue  # noqa: PLC0415
    from parastore.iam import rules  # noqa: PLC0415
    from parastore.server import bootstrap, ephemeral  # noqa: PLC0415
    from parastore.server.run import serve as run  # noqa: PLC0415
    from parastore.sigv4.sign import Key  # noqa: PLC0415

    entries = ephemeral.read_seed(file) if file else []
    given = settings.root_secret_access_key is not None
    key_id = settings.root_access_key_id or rules.new_access_key_id()
    secret = settings.root_secret_access_key or SecretValue(rules.new_secret())

    def first_start(settings: Settings) -> bootstrap.FirstStart | None:
        made = bootstrap.first_start(settings)
        if entries:
            ephemeral.seed(settings, Key(key_id, secret.reveal()), entries)
        return dataclasses.replace(made, secret=None if given else secret) if made else None

    with ephemeral.ephemeral_folder() as folder:
        settings = dataclasses.replace(
            settings, data_dir=folder, root_access_key_id=key_id, root_secret_access_key=secret
        )
        run(settings, first_start=first_start)
