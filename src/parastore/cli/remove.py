"""`parastore rm`."""

from __future__ import annotations

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names, confirm, dry_run_option, progress_bar, say, yes_option
from parastore.client import read, write
from parastore.client.connect import Place, open_client


@click.command(
    epilog="""\b
Examples:
  parastore rm /myapp/prod/old
  parastore rm -r /myapp/test
  parastore rm -r --dry-run /myapp/test
"""
)
@aws_command
@dry_run_option
@yes_option
@click.argument("names", shell_complete=complete_names, metavar="NAME...", nargs=-1, required=True)
@click.option("-r", "--recursive", is_flag=True, help="Each NAME and all below it.")
def rm(place: Place, dry_run: bool, yes: bool, names: tuple[str, ...], recursive: bool) -> None:
    """Delete parameters with all their versions, after showing which and asking."""
    client = open_client(place)
    found, missing = read.get_many(client, [each.rstrip("/") for each in names if each.rstrip("/")], decrypt=False)
    doomed = list(found)
    if recursive:
        doomed += [each["Name"] for path in names for each in read.describe(client, path)]
    elif missing:
        raise exits.Ended(exits.NOT_FOUND, f"not there: {', '.join(missing)} (-r deletes what is below a path)")
    doomed = list(dict.fromkeys(doomed))
    if not doomed:
        raise exits.Ended(exits.NOT_FOUND, f"nothing below {', '.join(names)}")
    for name in doomed:
        say(f"- {name}")
    if dry_run:
        return
    confirm(f"Delete {len(doomed)} parameter{'s' if len(doomed) > 1 else ''} with all versions?", yes)
    with progress_bar("Deleting") as progress:
        write.delete(client, doomed, progress)
    say(f"deleted {len(doomed)}")
