"""`parastore cp`, `mv`: parameters under another name, with all that belongs to them."""

from __future__ import annotations

from typing import Any

import click

from parastore.cli import exits
from parastore.cli.aws import (
    Command,
    aws_command,
    complete_names,
    confirm,
    dry_run_option,
    progress_bar,
    say,
    yes_option,
)
from parastore.client import names, read, write
from parastore.client.connect import Failure, Place, open_client


def _arguments(run: Command) -> Command:
    for each in (
        click.option("--overwrite", is_flag=True, help="Also where a parameter of the new name exists."),
        click.option("-r", "--recursive", is_flag=True, help="SOURCE and all below it."),
        click.argument("destination", shell_complete=complete_names),
        click.argument("source", shell_complete=complete_names),
        yes_option,
        dry_run_option,
    ):
        run = each(run)
    return aws_command(run)


@click.command(
    epilog="""\b
Examples:
  parastore cp /myapp/dev/db/host /myapp/test/db/host
  parastore cp -r /myapp/dev /myapp/test
"""
)
@_arguments
@click.option("--history", is_flag=True, help="All versions with their labels, not only the current one.")
def cp(place: Place, source: str, destination: str, history: bool, **how: Any) -> None:
    """Copy a parameter: value, type, key, tier, policies, pattern, description, tags, and the labels of the version.

    DESTINATION is a name, or with a slash at its end a path to copy into.
    """
    client = open_client(place)
    _transfer(client, _plan(client, source, destination, how["recursive"]), "Copy", history=history, **how)


@click.command(
    epilog="""\b
Examples:
  parastore mv /myapp/db/pass /myapp/db/password
  parastore mv -r /myapp/dev /myapp/development
"""
)
@_arguments
def mv(place: Place, source: str, destination: str, **how: Any) -> None:
    """Rename parameters: a copy with all versions and labels, then a deletion. Versions are numbered anew, from 1.

    What is moved is deleted only when all copies are there.
    """
    client = open_client(place)
    plan = _plan(client, source, destination, how["recursive"])
    if _transfer(client, plan, "Move", history=True, **how):
        write.delete(client, list(plan))


def _plan(client: Any, source: str, destination: str, recursive: bool) -> dict[str, str]:
    """Old name -> new name."""
    if recursive:
        found, _ = read.get_many(client, [source.rstrip("/")] if source.rstrip("/") else [], decrypt=False)
        old = [*found, *(each["Name"] for each in read.describe(client, source))]
        if not old:
            raise exits.Ended(exits.NOT_FOUND, f"nothing below {source}")
        return {
            name: names.join(destination, names.relative(name, source)) if name in old[len(found) :] else destination
            for name in old
        }
    read.get_one(client, source, decrypt=False)
    return {source: names.join(destination, names.leaf(source)) if destination.endswith("/") else destination}


def _transfer(
    client: Any,
    plan: dict[str, str],
    verb: str,
    *,
    history: bool,
    overwrite: bool,
    dry_run: bool,
    yes: bool,
    recursive: bool,
) -> bool:
    """Whether it was done."""
    if both := set(plan) & set(plan.values()):
        raise exits.Ended(exits.UNABLE, f"source and destination overlap: {', '.join(sorted(both))}")
    there, _ = read.get_many(client, list(plan.values()), decrypt=False)
    if there and not overwrite:
        raise exits.Ended(exits.REFUSED, f"already there: {', '.join(sorted(there))} (--overwrite gives new versions)")
    for old, new in plan.items():
        say(f"{old} -> {new}" + (" (overwritten)" if new in there else ""))
    if dry_run:
        return False
    if recursive or there:
        confirm(f"{verb} {len(plan)} parameter{'s' if len(plan) > 1 else ''}?", yes)
    with progress_bar(verb) as progress:
        for done, (old, new) in enumerate(plan.items()):
            try:
                whole = write.read_whole(client, old, all_versions=history)
                write.write_whole(client, whole, new, overwrite=overwrite)
            except Failure as failure:
                note = f"{done} of {len(plan)} were copied, nothing was deleted; --overwrite goes on"
                raise exits.Ended(exits.OF_KIND[failure.kind], f"{old} -> {new}: {failure} ({note})") from None
            progress(done + 1, len(plan))
    return True
