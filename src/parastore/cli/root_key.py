"""`parastore root-key`: who holds the root key, a new one, another holder; on the data folder, servers go on.

What is shown is data and goes to stdout; progress and what to do next is talk. Passphrases and PINs come from files,
systemd credentials or the terminal, never from the command line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parastore.cli.folder import Unable, folder_options, location
from parastore.cli.options import read_settings
from parastore.server.settings import HELP, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parastore.server.root_key import Shown

_PREFIX = "root_key_"
_TOLD = {
    "made": "made a new root key and tried it out",
    "written": "wrote root.key, the old root key still in it",
    "wrapped": "wrapped the key ring by the new root key; a new term seals from now on",
    "cleared": "took the old root key out of root.key",
    "emptied": "emptied the database's log of what the old root key wraps",
}


@click.group("root-key")
def root_key() -> None:
    """Look at the root key, make a new one, let another hold it."""


@root_key.command()
@folder_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(config: Path | None, data_dir: str | None, database: str | None, as_json: bool) -> None:
    """Show who holds the root key, how that is reached, since when, and the terms it wraps. No secret."""
    where = location(config, data_dir, database)
    from parastore.server import root_key  # noqa: PLC0415 (not for --help)

    with _unable():
        _show(root_key.show(where), as_json)


@root_key.command()
@folder_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def rotate(config: Path | None, data_dir: str | None, database: str | None, as_json: bool) -> None:
    """Make a new root key with the same provider, and a new term of the key ring.

    Servers go on. What is written from now on does not open with the old root key and any copy of the data folder. A
    passphrase must be a new one: the last line of its file, below the old one, or typed.
    """
    where = location(config, data_dir, database)
    from parastore.seal.secret import Secrets  # noqa: PLC0415
    from parastore.server import root_key  # noqa: PLC0415

    with _unable():
        made = root_key.rotate(where, Secrets.at_terminal(), _tell)
    _show(made, as_json)
    _advise(made, where.folder)


def _provider_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for name in reversed([name for name in TABLE if name.startswith(_PREFIX)]):
        flag = "--" + name.removeprefix(_PREFIX).replace("_", "-")
        command = click.option(flag, name, metavar=TABLE[name].placeholder, help=HELP[name])(command)
    return command


@root_key.command()
@folder_options
@click.option("--to", "provider", metavar="PROVIDER", required=True, help="file, passphrase, command, kms or pkcs11.")
@_provider_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def move(
    config: Path | None, data_dir: str | None, database: str | None, provider: str, as_json: bool, **flags: Any
) -> None:
    """Let another provider hold the root key: a new root key there, and a new term of the key ring.

    Servers go on, and must reach the new provider too. What is not said by an option is taken from the settings
    (root_key_...). A provider may be moved to itself, to use another key, program or token.
    """
    settings = read_settings(
        config, {"data_dir": data_dir, "database": database, "root_key": provider, **flags}
    ).settings
    from parastore.seal.secret import Secrets  # noqa: PLC0415
    from parastore.server import root_key  # noqa: PLC0415

    with _unable():
        made = root_key.move(settings.location, settings, Secrets.at_terminal(), _tell)
    _show(made, as_json)
    _advise(made, settings.data_dir)


@contextmanager
def _unable() -> Iterator[None]:
    from parastore.seal.provider import RootKeyError  # noqa: PLC0415
    from parastore.storage.protocol import StorageError  # noqa: PLC0415

    try:
        yield
    except (RootKeyError, StorageError) as error:
        raise Unable(str(error)) from None
    except OSError as error:
        raise Unable(f"cannot use the data folder: {error.strerror}: {error.filename}") from None


def _tell(step: str) -> None:
    click.echo(_TOLD[step], err=True)


def _show(found: Shown, as_json: bool) -> None:
    terms = [{"Term": number, "CreateDate": _date(made)} for number, made in found.terms]
    if as_json:
        members = {"Provider": found.provider, "Parameters": found.parameters, "CreateDate": _date(found.since)}
        click.echo(json.dumps({"RootKey": {**members, "Terms": terms}}, indent=2))
        return
    click.echo(f"Provider  {found.provider}")
    for name, value in found.parameters.items():
        click.echo(f"          {name} {' '.join(value) if isinstance(value, list) else value}")
    click.echo(f"Since     {_date(found.since)}")
    for each in terms:
        click.echo(f"Term {each['Term']:<5}{each['CreateDate']}")


def _advise(made: Shown, folder: Path) -> None:
    if made.provider == "file":
        words = f"Keep a copy of {folder / 'root.key'} in a safe place: without it nothing opens."
    elif made.provider == "passphrase":
        words = "Keep the new passphrase in a safe place: without it nothing opens."
    else:
        words = f"Nothing opens without the key that {made.provider} holds now: see to its backup."
    click.echo(f"{words} The old root key opens copies made before now, so keep it as long as those.", err=True)


def _date(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat().replace("+00:00", "Z")
