"""`parastore import`: a file of settings into parameters."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, dry_run_option, yes_option
from parastore.cli.files import read_text
from parastore.cli.planned import carry_out
from parastore.cli.put import TYPES
from parastore.client import names, read, write
from parastore.client.connect import Place, open_client
from parastore.client.plan import Change, Wanted, plan
from parastore.formats.entry import Entry, FormatError
from parastore.formats.table import FORMATS, guess


@click.command(
    "import",
    epilog="""\b
Examples:
  parastore import .env --path /myapp/dev
  parastore import config.yaml --path /myapp/dev --dry-run
  parastore import application.properties --path /myapp --separator .
  kubectl get secret db -o yaml | parastore import - -f kubernetes --path /myapp/db --yes
""",
)
@aws_command
@dry_run_option
@yes_option
@click.argument("file", metavar="FILE|-")
@click.option("--path", required=True, help="Where the parameters go.")
@click.option("-f", "--format", "form", type=click.Choice(list(FORMATS)), help="By default what the file's name says.")
@click.option("--separator", metavar="TEXT", help="What in keys becomes /, as __ in DB__PASSWORD.")
@click.option("--case", type=click.Choice(names.CASES), default="keep", help="Letters of the names; by default kept.")
@click.option("-t", "--type", "kind", type=click.Choice(TYPES), help="Of all; by default see below.")
def import_(
    place: Place,
    dry_run: bool,
    yes: bool,
    file: str,
    path: str,
    form: str | None,
    separator: str | None,
    case: names.Case,
    kind: str | None,
) -> None:
    """Make parameters of the settings in FILE, after showing what would change and asking.

    What looks like a secret becomes a SecureString, unless the file or --type says the type; others stay what they are,
    and new ones become Strings. After a failure the same command goes on where it stopped.
    """
    entries = _read(file, form)
    wanted = [
        Wanted(names.join(path, _key(each.key, separator, case)), each.value, kind or each.kind) for each in entries
    ]
    if len({each.name for each in wanted}) < len(wanted):
        twice = sorted({each.name for each in wanted if [other.name for other in wanted].count(each.name) > 1})
        raise exits.Ended(exits.UNABLE, f"more than once: {', '.join(twice)}")
    from parastore.ssm.rules import guard  # noqa: PLC0415 (a quarter of a second)

    client = open_client(place)
    valid = [each.name for each in wanted if names.is_name(each.name)]
    there, _ = read.get_many(client, valid, decrypt=True)

    def put(change: Change) -> None:
        write.put(client, change.name, change.value, Type=change.kind, Overwrite=change.sign == "~")

    changes = plan(wanted, there, lambda name, value: bool(guard.kinds(name, value)))
    carry_out(changes, put, dry_run=dry_run, yes=yes)


def _read(file: str, form: str | None) -> list[Entry]:
    if file == "-":
        if form is None:
            raise click.UsageError("say which --format stdin has")
        text = sys.stdin.buffer.read().decode(errors="surrogateescape")
    else:
        text = read_text(Path(file))
        form = form or guess(Path(file).name, text)
        if form is None:
            raise click.UsageError(f"{file}: its name says no format; give --format")
    if any("\udc80" <= each <= "\udcff" for each in text):
        raise exits.Ended(exits.UNABLE, f"{file} is not UTF-8 text")
    try:
        return FORMATS[form].read(text)
    except FormatError as error:
        raise exits.Ended(exits.UNABLE, f"{file}: {error}") from None


def _key(key: str, separator: str | None, case: names.Case) -> str:
    key = key.replace(separator, "/") if separator else key
    return {"upper": key.upper(), "lower": key.lower(), "keep": key}[case]
