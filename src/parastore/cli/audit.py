"""`parastore audit`: is the trail what was written, and a copy of it that anybody can check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parastore.cli.folder import Unable, folder_options, location

if TYPE_CHECKING:
    from parastore.audit.examine import Report


@click.group()
def audit() -> None:
    """Check and export the audit trail."""


@audit.command()
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@folder_options
@click.option("--key", metavar="KEY", help="Public key that must have signed an export, from `parastore audit key`.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def verify(
    path: Path | None, config: Path | None, data_dir: str | None, database: str | None, key: str | None, as_json: bool
) -> None:
    """Check that nothing of the audit trail was altered, removed or moved.

    Without PATH it is the trail of the server's data, whether or not it runs; PATH is a folder that `parastore audit
    export` wrote, which needs no server and no secret. Ends with 1 and names the first broken record of each trail.
    """
    with unable():
        if path is not None:
            from parastore.audit import exported  # noqa: PLC0415 (not for --help)

            report = exported.check(path, key)
        else:
            from parastore.server import audit as trail  # noqa: PLC0415 (not for --help)

            report = trail.verify(location(config, data_dir, database))
    _tell(report, as_json)


@audit.command()
@click.argument("into", metavar="FOLDER", type=click.Path(exists=False, path_type=Path))
@folder_options
def export(into: Path, config: Path | None, data_dir: str | None, database: str | None) -> None:
    """Write the whole trail to a new FOLDER, with a signed manifest: JSON lines, a CloudTrail record each."""
    from parastore.server import audit as trail  # noqa: PLC0415 (not for --help)

    with unable():
        report = trail.export(location(config, data_dir, database), into)
    _tell(report, as_json=False)
    click.echo(
        f"Check it anywhere with: parastore audit verify {into} --key <what parastore audit key shows>", err=True
    )


@audit.command()
@folder_options
def key(config: Path | None, data_dir: str | None, database: str | None) -> None:
    """Show the public key that verifies exports. It is no secret: keep it where exports are checked."""
    from parastore.server import audit as trail  # noqa: PLC0415 (not for --help)

    with unable():
        found = trail.keys(location(config, data_dir, database))
    click.echo(found.public[found.newest])


def _tell(report: Report, as_json: bool) -> None:
    if as_json:
        broken = [{"Where": each.where, "What": each.what} for each in report.broken]
        members = {"Lines": report.lines, "Broken": broken, "Notes": report.notes, "PublicKeys": sorted(report.keys)}
        click.echo(json.dumps(members, indent=2))
    else:
        for note in report.notes:
            click.echo(f"note: {note}", err=True)
        for each in report.broken:
            click.echo(f"broken: {each}")
        if not report.broken:
            click.echo(f"The audit trail is whole: {report.lines} lines of {len(report.ends)} trails.")
    if report.broken:
        raise SystemExit(1)


@contextmanager
def unable() -> Iterator[None]:
    """Say what keeps a command from reading the trail."""
    from parastore.seal.provider import RootKeyError  # noqa: PLC0415
    from parastore.storage.protocol import StorageError  # noqa: PLC0415

    try:
        yield
    except (RootKeyError, StorageError, ValueError) as error:
        raise Unable(str(error)) from None
    except OSError as error:
        raise Unable(f"{error.strerror}: {error.filename}") from None
