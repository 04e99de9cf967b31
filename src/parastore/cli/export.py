"""`parastore export`, `env`: parameters as files and as a shell's variables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names, say, transform_options
from parastore.cli.environment import folder_of, records_of, variables_of
from parastore.cli.files import write_private
from parastore.client import names, read
from parastore.client.connect import Place, open_client
from parastore.client.names import Transform
from parastore.formats.entry import Entry, FormatError
from parastore.formats.kubernetes import write_kubernetes
from parastore.formats.lines import github_masks
from parastore.formats.table import FORMATS, TYPED


@click.command(epilog='Example: eval "$(parastore env /myapp/prod)"')
@aws_command
@transform_options
@click.argument("paths", shell_complete=complete_names, metavar="PATH...", nargs=-1, required=True)
def env(place: Place, transform: Transform, paths: tuple[str, ...]) -> None:
    """Print `export KEY='value'` lines for a POSIX shell; later paths win."""
    found = records_of(open_client(place), paths, strict=True)
    click.echo(_written("shell", list(variables_of(found, transform).values())), nl=False)


@click.command(
    epilog="""\b
Examples:
  parastore export /myapp/prod -f dotenv -o .env
  parastore export /myapp/prod -f json --types > backup.json
  parastore export /myapp/prod -f kubernetes --name myapp | kubectl apply -f -
  parastore export /myapp/ci -f github          in a GitHub Actions step: sets and masks them
"""
)
@aws_command
@transform_options
@click.argument("paths", shell_complete=complete_names, metavar="PATH...", nargs=-1, required=True)
@click.option("-f", "--format", "form", type=click.Choice(list(FORMATS)), default="dotenv", help="By default dotenv.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write, with mode 0600.")
@click.option("--types", is_flag=True, help="With the types of parameters (json, yaml).")
@click.option("--separator", default="/", metavar="TEXT", help="In place of / in keys, as . for properties.")
@click.option("--name", default="parastore", metavar="NAME", help="Name of the Secret and ConfigMap.")
def export(
    place: Place,
    transform: Transform,
    paths: tuple[str, ...],
    form: str,
    output: Path | None,
    types: bool,
    separator: str,
    name: str,
) -> None:
    """Write the parameters below each PATH, decrypted, in a format that other programs read; later paths win.

    Formats of variables (dotenv, shell, docker, github, tfvars, kubernetes) have keys such as DB_PASSWORD, the others
    db/password.
    """
    if types and form not in TYPED:
        raise click.UsageError(f"--types is for {' and '.join(TYPED)}")
    found = records_of(open_client(place), paths, strict=True)
    if FORMATS[form].variables:
        entries = list(variables_of(found, transform).values())
    else:
        entries = list(_by_path(found, separator).values())
    text = _written(form, entries, types=types, name=name)
    if form == "github" and output is None and os.environ.get("GITHUB_ENV"):
        click.echo(github_masks([each.value for each in entries if each.kind == "SecureString"]), nl=False)
        with Path(os.environ["GITHUB_ENV"]).open("a", encoding="utf-8", newline="") as file:
            file.write(text)
    elif output is None:
        click.echo(text, nl=False)
    else:
        write_private(output, text)
        say(f"{len(entries)} in {output}")


def _by_path(found: Sequence[tuple[str, read.Record]], separator: str) -> dict[str, Entry]:
    made = {}
    for path, each in found:
        key = names.relative(each["Name"], folder_of(path, [each["Name"]])).replace("/", separator)
        made[key] = Entry(key, each["Value"], each["Type"])
    return made


def _written(form: str, entries: list[Entry], *, types: bool = False, name: str = "parastore") -> str:
    try:
        if types:
            return TYPED[form](entries, types=True)
        return write_kubernetes(entries, name=name) if form == "kubernetes" else FORMATS[form].write(entries)
    except FormatError as error:
        raise exits.Ended(exits.UNABLE, str(error)) from None
