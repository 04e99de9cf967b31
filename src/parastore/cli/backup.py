"""`parastore backup`, `restore` and `migrate`: data as a whole. Nothing is overwritten; talk goes to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from parastore.cli.folder import Unable, folder_options, location
from parastore.cli.options import read_settings
from parastore.server.location import DatabaseUrl, Location

if TYPE_CHECKING:
    from parastore.storage.tables import Progress


@click.command()
@folder_options
@click.option(
    "--recipient",
    "recipients",
    metavar="age1...",
    multiple=True,
    help="Whose age identity may restore it too; can be repeated.",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(
    config: Path | None, data_dir: str | None, database: str | None, recipients: tuple[str, ...], file: Path
) -> None:
    """Write everything, as of this moment, into an encrypted FILE, also while servers run.

    It can be restored with the root key, which is not in it: keep a copy of root.key somewhere else. With --recipient,
    the identity that age-keygen made with that public key opens it too, without the root key.
    """
    where = location(config, data_dir, database)
    from parastore.seal.secret import Secrets  # noqa: PLC0415 (not for --help)
    from parastore.server.backup import back_up  # noqa: PLC0415

    with _unable(), _new_file(file) as written, _progress("Backing up") as progress:
        taken = back_up(where, written, Secrets.at_terminal(), progress, recipients)
    click.echo(f"{sum(taken.rows.values())} rows as of {_date(taken.created_at)} in {file}", err=True)


@click.command()
@folder_options
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File of age identities, of which one opens a backup that was made for it. Makes a new root key.",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(config: Path | None, data_dir: str | None, database: str | None, identity: Path | None, file: Path) -> None:
    """Restore a backup FILE into a new data folder or an empty database, and check all of it.

    Put the root.key that goes with the backup into the data folder first, or give --identity. A damaged or cut off file
    is refused with its first bad place, and nothing is written.
    """
    settings = read_settings(config, {"data_dir": data_dir, "database": database}).settings
    where = settings.location
    from parastore.seal.secret import Secrets  # noqa: PLC0415 (not for --help)
    from parastore.server.backup import ByIdentity  # noqa: PLC0415
    from parastore.server.backup import restore as run  # noqa: PLC0415
    from parastore.server.bind import require_data_dir  # noqa: PLC0415
    from parastore.server.check import findings  # noqa: PLC0415

    with _unable():
        require_data_dir(where.folder)
        with file.open("rb") as opened, _progress("Restoring") as progress:
            by = ByIdentity(identity, settings) if identity else None
            taken = run(where, opened, Secrets.at_terminal(), progress, by)
        with _progress("Checking") as progress:
            found = list(findings(where, progress))
    for finding in found:
        click.echo(str(finding))
    click.echo(f"{sum(taken.rows.values())} rows as of {_date(taken.created_at)} in {where}", err=True)
    if identity:
        click.echo(f"It has a new root key: keep a copy of {where.folder / 'root.key'} in a safe place.", err=True)
    if found:
        raise click.ClickException("what was backed up was not whole: see the findings above")


@click.command()
@click.option("--from", "source", metavar="sqlite:DIR|URL", required=True, help="Where the data is.")
@click.option("--to", "target", metavar="sqlite:DIR|URL", required=True, help="An empty folder or database.")
def migrate(source: str, target: str) -> None:
    """Move all data to another database: sqlite:DIR is a data folder, postgresql://user@host/name a database.

    Stop the servers first. When it is interrupted, do it again: it goes on where it was. All rows are compared before
    it ends. Nothing is decrypted; copy root.key to the data folder of every server on the new database.
    """
    from parastore.server.move import move  # noqa: PLC0415 (not for --help)

    with _unable(), _progress("Moving") as progress:
        moved = move(_location(source), _location(target), progress)
    click.echo(f"{moved.rows} rows are the same on both sides, seen in pass {moved.passes}.", err=True)
    click.echo("Next: copy root.key to every server's data folder, and start them with --database.", err=True)


def _location(text: str) -> Location:
    if text.startswith("sqlite:"):
        return Location(Path(text.removeprefix("sqlite:")).expanduser().absolute())
    try:
        database = DatabaseUrl(text)
    except ValueError:
        raise click.UsageError("--from and --to take sqlite:DIR or postgresql://user@host:5432/name.") from None
    if database.has_password:
        raise click.UsageError(
            "others on this machine can read a password in a command line: give it as PGPASSWORD or in ~/.pgpass."
        )
    return Location(Path(), database)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is whole, readable to its owner only."""
    if path.exists():
        raise Unable(f"{path} exists: name another file")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            os.unlink(draft)


@contextmanager
def _unable() -> Iterator[None]:
    from parastore.seal.age import AgeError  # noqa: PLC0415
    from parastore.seal.provider import RootKeyError  # noqa: PLC0415
    from parastore.server.backup import BackupError  # noqa: PLC0415
    from parastore.server.check import CannotCheck  # noqa: PLC0415
    from parastore.server.errors import StartError  # noqa: PLC0415
    from parastore.server.move import MoveError  # noqa: PLC0415
    from parastore.storage.protocol import StorageError  # noqa: PLC0415

    try:
        yield
    except (AgeError, BackupError, MoveError, CannotCheck, StartError, StorageError, RootKeyError) as error:
        raise Unable(str(error)) from None
    except OSError as error:
        raise Unable(f"{error.strerror}: {error.filename or 'the file'}") from None


@contextmanager
def _progress(label: str) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield progress


def _date(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat().replace("+00:00", "Z")
