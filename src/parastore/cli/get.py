"""`parastore get`: raw values, for people and for `$(...)`."""

from __future__ import annotations

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names
from parastore.cli.output import Output, output_options
from parastore.client import read
from parastore.client.connect import Place, open_client


@click.command(
    epilog="""\b
Examples:
  parastore get /myapp/prod/db/password
  parastore get /myapp/prod/db/password:3        an older version
  parastore get /myapp/prod/db/password:stable   the version with a label
  parastore get -o json /myapp/prod/db/password
"""
)
@aws_command
@output_options
@click.argument("names", shell_complete=complete_names, metavar="NAME[:VERSION|:LABEL]...", nargs=-1, required=True)
@click.option("-n", "no_newline", is_flag=True, help="No line break after the value.")
def get(place: Place, output: Output, names: tuple[str, ...], no_newline: bool) -> None:
    """Print the value of a parameter, decrypted; of several, one after another.

    Ends with 3 when one of them is not there; then nothing is printed.
    """
    client = open_client(place)
    if len(names) == 1:
        found = {names[0]: read.get_one(client, names[0], decrypt=True)}
    else:
        found, missing = read.get_many(client, names, decrypt=True)
        if missing:
            raise exits.Ended(exits.NOT_FOUND, f"not there: {', '.join(missing)}")
    records = [found[name] for name in names]
    if output.form == "table" and output.query is None:
        for each in records:
            click.echo(each["Value"], nl=not no_newline)
        return
    output.show(records[0] if len(records) == 1 else records, ("Name", "Value"))
