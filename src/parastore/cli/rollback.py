"""`parastore rollback`: what a parameter was, once more; to a version, a label, or a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names, dry_run_option, say, yes_option
from parastore.cli.planned import carry_out
from parastore.cli.times import Moment
from parastore.client import read, write
from parastore.client.connect import Place, open_client
from parastore.client.moment import as_of, back_to, was_made_since


@click.command(
    epilog="""\b
Examples:
  parastore rollback /myapp/prod/db/host           to the version before
  parastore rollback /myapp/prod/db/host 3
  parastore rollback /myapp/prod/db/host stable    to a label's version
  parastore rollback /myapp/prod --at 2026-11-27T08:15    all below it, to what they were
  parastore rollback /myapp/prod --at 30m --dry-run
"""
)
@aws_command
@dry_run_option
@yes_option
@click.option(
    "--at", "moment", type=Moment(), metavar="TIME", help="NAME, or all below it, as of then (or so long ago)."
)
@click.argument("name", shell_complete=complete_names)
@click.argument("to", metavar="[VERSION|LABEL]", required=False)
def rollback(place: Place, dry_run: bool, yes: bool, moment: datetime | None, name: str, to: str | None) -> None:
    """Put the value and the type of an older version as a new version; nothing is lost by it.

    With --at, of every parameter at or below NAME that has changed since, after showing which, and asking. What was
    made since is named and left as it is. What was deleted since is in no history; a backup has it.
    """
    client = open_client(place)
    if moment is not None:
        if to is not None:
            raise click.UsageError("a version or --at, not both")
        _back_to(client, name, moment, dry_run=dry_run, yes=yes)
        return
    versions = read.history(client, name, decrypt=True)
    wanted = _find_version(versions, to)
    if wanted is None:
        kept = f"versions {versions[0]['Version']} to {versions[-1]['Version']} are kept"
        raise exits.Ended(exits.NOT_FOUND, f"{name} has no version {to or 'before this one'}: {kept}")
    current = versions[-1]["Version"]
    if dry_run:
        say(f"would put version {wanted['Version']} of {name} as version {current + 1}")
        return
    version = _put_again(client, name, wanted)
    say(f"{name} has version {version}, with the value of version {wanted['Version']}")


def _put_again(client: Any, name: str, wanted: read.Record) -> int:
    key = wanted.get("KeyId") if wanted["Type"] == "SecureString" else None
    return write.put(client, name, wanted["Value"], Type=wanted["Type"], KeyId=key, Overwrite=True)


def _find_version(versions: list[read.Record], to: str | None) -> read.Record | None:
    if to is None:
        return versions[-2] if len(versions) > 1 else None
    return next((each for each in versions if str(each["Version"]) == to or to in each["Labels"]), None)


def _back_to(client: Any, path: str, moment: datetime, *, dry_run: bool, yes: bool) -> None:
    there = read.path_or_name(client, path, decrypt=False)
    if not there:
        raise exits.Ended(exits.NOT_FOUND, f"nothing at or below {path}")
    changed = [each["Name"] for each in there if each["LastModifiedDate"] > moment]
    versions = {name: read.history(client, name, decrypt=True) for name in changed}
    if made := [name for name in changed if was_made_since(versions[name], moment)]:
        say(f"Made since, and left as they are: {', '.join(made)}")
    changes = [back_to(versions[name], moment) for name in changed]
    carry_out(changes, lambda each: _again(client, versions[each.name], moment), dry_run=dry_run, yes=yes)
    if lost := [each.name for each in changes if each.sign == "!"]:
        raise exits.Ended(exits.NOT_FOUND, f"not as of {moment:%Y-%m-%d %H:%M:%S}: {', '.join(lost)}")


def _again(client: Any, versions: Sequence[read.Record], moment: datetime) -> None:
    wanted = as_of(versions, moment)
    assert wanted is not None
    _put_again(client, wanted["Name"], wanted)
