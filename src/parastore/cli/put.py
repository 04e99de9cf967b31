"""`parastore put`: a value in, from where it leaves no traces."""

from __future__ import annotations

import json

import click

from parastore.cli.aws import aws_command, complete_names, dry_run_option, say
from parastore.cli.values import is_argument, read_value
from parastore.client import read, write
from parastore.client.connect import Failure, Kind, Place, open_client

TYPES = ("String", "StringList", "SecureString")


@click.command(
    epilog="""\b
Examples:
  parastore put /myapp/prod/db/host db.example.com
  parastore put -s /myapp/prod/db/password             asks, without echo
  pwgen 32 1 | parastore put -s /myapp/prod/key -
  parastore put -s /myapp/prod/tls/key @server.key
  parastore put --overwrite /myapp/prod/db/host db2.example.com
"""
)
@aws_command
@dry_run_option
@click.argument("name", shell_complete=complete_names)
@click.argument("value", required=False)
@click.option("-t", "--type", "kind", type=click.Choice(TYPES), help="By default as it was; new ones: see below.")
@click.option("-s", "--secure", is_flag=True, help="The same as --type SecureString.")
@click.option("--overwrite", is_flag=True, help="Give a parameter that exists a new version.")
@click.option("--description", metavar="TEXT", help="What it is for.")
@click.option("--key-id", metavar="KEY", help="KMS key of a SecureString, by default alias/aws/ssm.")
@click.option("--tier", type=click.Choice(["Standard", "Advanced", "Intelligent-Tiering"]), help="Its tier.")
@click.option("--allowed-pattern", metavar="REGEX", help="What values must look like.")
@click.option("--data-type", metavar="TYPE", help="text, aws:ec2:image.")
@click.option("--policies", metavar="JSON", help="Parameter policies, as AWS writes them.")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="A tag; only for a new parameter.")
@click.option("--keep-newline", is_flag=True, help="Keep the line break at the end of stdin or of a file.")
def put(
    place: Place,
    dry_run: bool,
    name: str,
    value: str | None,
    kind: str | None,
    secure: bool,
    overwrite: bool,
    description: str | None,
    key_id: str | None,
    tier: str | None,
    allowed_pattern: str | None,
    data_type: str | None,
    policies: str | None,
    tags: tuple[str, ...],
    keep_newline: bool,
) -> None:
    """Write a parameter. VALUE is `-` for stdin, `@FILE` for a file, or nothing to be asked for it.

    A new parameter without --type becomes a SecureString when its name or value looks like a secret, else a String.
    """
    kind = "SecureString" if secure else kind
    client = open_client(place)
    # Without --type an overwritten parameter keeps its own; that it is asked for tells how to ask for the value.
    current = _type_of(client, name) if overwrite and kind is None else None
    hidden = "SecureString" in (kind, current) or (kind is None and current is None)
    given = read_value(value, hidden=hidden, keep_newline=keep_newline)
    if kind is None and current is None:
        kind = _type_for(name, given)
    if "SecureString" in (kind, current) and is_argument(value):
        say("Warning: the value was an argument, so the shell's history and everybody's `ps` have it. Use - or @file.")
    if policies is not None:
        _require_json(policies)
    if dry_run:
        say(f"would put {name}" + (f" as {kind}" if kind else ""))
        return
    version = write.put(
        client,
        name,
        given,
        Type=kind,
        Overwrite=overwrite,
        Description=description,
        KeyId=key_id,
        Tier=tier,
        AllowedPattern=allowed_pattern,
        DataType=data_type,
        Policies=policies,
        Tags=[_tag(each) for each in tags] or None,
    )
    say(f"{name} has version {version}" + (f", a {kind}" if kind else ""))


def _type_of(client: object, name: str) -> str | None:
    try:
        kind: str = read.get_one(client, name, decrypt=False)["Type"]
    except Failure as failure:
        if failure.kind is Kind.NOT_FOUND:
            return None
        raise
    return kind


def _type_for(name: str, value: str) -> str:
    from parastore.ssm.rules import guard  # noqa: PLC0415

    kinds = guard.kinds(name, value)
    if kinds:
        say(f"{name} looks like a secret ({', '.join(kinds)}), so it becomes a SecureString; if not, --type String.")
    return "SecureString" if kinds else "String"


def _require_json(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        raise click.BadParameter("not JSON", param_hint="--policies") from None


def _tag(text: str) -> dict[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--tag")
    return {"Key": key, "Value": value}
