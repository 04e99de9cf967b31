"""`parastore history`, `diff`, `label`: what a parameter was, and is."""

from __future__ import annotations

import sys
from typing import Any

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names, dry_run_option, say
from parastore.cli.output import Output, output_options
from parastore.client import names, read
from parastore.client.connect import Place, explained, open_client

_reveal = click.option("--reveal", is_flag=True, help="Show the values of SecureStrings.")


@click.command(epilog="Example: parastore history /myapp/prod/db/host")
@aws_command
@output_options
@click.argument("name", shell_complete=complete_names)
@_reveal
def history(place: Place, output: Output, name: str, reveal: bool) -> None:
    """List the versions of a parameter, oldest first."""
    found = read.history(open_client(place), name, decrypt=reveal)
    rows = found if reveal else [read.masked(each) for each in found]
    output.show(rows, ("Version", "Value", "Type", "Labels", "LastModifiedDate", "LastModifiedUser"))


@click.command(
    epilog="""\b
Examples:
  parastore diff /myapp/dev /myapp/prod
  parastore diff /myapp/prod/db/host:1 /myapp/prod/db/host
  parastore diff /myapp /myapp --to-profile aws-prod
"""
)
@aws_command
@output_options
@click.argument("left", shell_complete=complete_names)
@click.argument("right", shell_complete=complete_names)
@click.option("--to-profile", metavar="NAME", help="AWS profile of RIGHT, by default the same.")
@_reveal
def diff(place: Place, output: Output, left: str, right: str, to_profile: str | None, reveal: bool) -> None:
    """Compare two parameters or two paths. Ends with 0 when they are the same, 1 when not.

    Secrets are compared and not shown.
    """
    client = open_client(place)
    other = open_client(Place(to_profile, place.region)) if to_profile else client
    old, new = _below(client, left), _below(other, right)
    rows = []
    for key in sorted(old.keys() | new.keys(), key=names.tree_order):
        before, after = old.get(key), new.get(key)
        if before and after and (before["Value"], before["Type"]) == (after["Value"], after["Type"]):
            continue
        sign = "+" if before is None else "-" if after is None else "~"
        rows.append(
            {"Change": sign, "Name": key or right, "Left": _value(before, reveal), "Right": _value(after, reveal)}
        )
    output.show(rows, ("Change", "Name", "Left", "Right"))
    if rows:
        sys.exit(exits.DIFFERENT)


def _below(client: Any, path: str) -> dict[str, read.Record]:
    found = read.path_or_name(client, path, decrypt=True)
    if not found:
        raise exits.Ended(exits.NOT_FOUND, f"nothing at or below {path}")
    return {
        names.relative(each["Name"], path) if each["Name"] != path.partition(":")[0] else "": each for each in found
    }


def _value(record: read.Record | None, reveal: bool) -> str | None:
    if record is None:
        return None
    value: str = (record if reveal else read.masked(record))["Value"]
    return value


@click.command(
    epilog="""\b
Examples:
  parastore label /myapp/prod/db/host stable          the current version
  parastore label /myapp/prod/db/host:3 stable blue
  parastore label /myapp/prod/db/host:3 blue --remove
  parastore label /myapp/prod/db/host                 list them
"""
)
@aws_command
@output_options
@dry_run_option
@click.argument("name", shell_complete=complete_names, metavar="NAME[:VERSION]")
@click.argument("labels", metavar="LABEL...", nargs=-1)
@click.option("--remove", is_flag=True, help="Take the labels away.")
def label(place: Place, output: Output, dry_run: bool, name: str, labels: tuple[str, ...], remove: bool) -> None:
    """Label a version; a label that another version had moves. Without labels, list them."""
    client = open_client(place)
    plain, _, version = name.partition(":")
    if not labels:
        rows = [
            {"Version": each["Version"], "Labels": each["Labels"]}
            for each in read.history(client, plain, decrypt=False)
            if each["Labels"] and version in ("", str(each["Version"]))
        ]
        output.show(rows, ("Version", "Labels"))
        return
    if version and not version.isdigit():
        raise click.UsageError(f"{version} is no version number")
    number = int(version) if version else read.get_one(client, plain, decrypt=False)["Version"]
    what = f"{', '.join(labels)} {'from' if remove else 'to'} version {number} of {plain}"
    if dry_run:
        say(f"would {'remove' if remove else 'give'} {what}")
        return
    with explained(plain):
        call = client.unlabel_parameter_version if remove else client.label_parameter_version
        answer = call(Name=plain, ParameterVersion=number, Labels=list(labels))
    if invalid := answer.get("InvalidLabels"):
        words = "not on this version" if remove else "not allowed, or more than ten"
        raise exits.Ended(exits.REFUSED, f"labels {words}: {', '.join(invalid)}")
    say(f"{'removed' if remove else 'gave'} {what}")
