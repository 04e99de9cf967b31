"""`parastore check`: findings to stdout, one a line; the rest is talk. Ends with 0 clean, 1 findings, 2 unable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parastore.cli.folder import Unable, folder_options, location

if TYPE_CHECKING:
    from parastore.server.check import Progress
    from parastore.storage.check import Finding

FOUND = 1


@click.command()
@folder_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def check(config: Path | None, data_dir: str | None, database: str | None, as_json: bool) -> None:
    """Check that a data folder or database holds what it must, also while a server runs on it.

    Ends with 0 when nothing is wrong, 1 with findings, 2 when the folder cannot be checked. Shows no values.
    """
    where = location(config, data_dir, database)
    from parastore.server.check import CannotCheck, findings  # noqa: PLC0415 (not for --help)

    found: list[Finding] = []
    count, failure = 0, None
    try:
        with _progress() as progress:
            for finding in findings(where, progress):
                count += 1
                if as_json:
                    found.append(finding)
                else:
                    _show(finding)
    except CannotCheck as error:
        failure = str(error)
    if as_json:
        click.echo(json.dumps({"findings": [each._asdict() for each in found], "error": failure}, indent=2))
    if failure is not None:
        raise Unable(failure)
    things = "nothing wrong" if count == 0 else "1 finding" if count == 1 else f"{count} findings"
    click.echo(f"{where}: {things}", err=True)
    if count:
        sys.exit(FOUND)


def _show(finding: Finding) -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)  # the progress bar draws itself again
    click.echo(str(finding))


@contextmanager
def _progress() -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield lambda seen, total: None
        return
    with click.progressbar(length=1, label="Checking", file=sys.stderr) as bar:

        def progress(seen: int, total: int) -> None:
            bar.length = total
            bar.update(seen - bar.pos)

        yield progress
