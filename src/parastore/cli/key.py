"""`parastore key`: which values need which KMS key, and another key for values that have one; on the data itself."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parastore.cli.folder import Unable, folder_options, location

if TYPE_CHECKING:
    from parastore.server.keys import Moved, Usage


@click.group()
def key() -> None:
    """See which values need which key, and give values another key."""


@key.command()
@folder_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option("--parameters", is_flag=True, help="Name the parameters too.")
def usage(config: Path | None, data_dir: str | None, database: str | None, as_json: bool, parameters: bool) -> None:
    """Show every key with its state and how many values need it. Names no value.

    Look here before you let a key be deleted: what is encrypted under it can never be read again.
    """
    where = location(config, data_dir, database)
    from parastore.server.direct import DirectError  # noqa: PLC0415 (not for --help)
    from parastore.server.keys import usage as look  # noqa: PLC0415

    try:
        found = look(where)
    except DirectError as error:
        raise Unable(str(error)) from None
    if as_json:
        click.echo(json.dumps({"Keys": [_facts(each, parameters=True) for each in found]}, indent=2))
        return
    for each in found:
        facts = _facts(each, parameters=parameters)
        until = f" on {facts['DeletionDate'][:10]}" if "DeletionDate" in facts else ""
        click.echo(f"{facts['Arn']}  {facts['KeyState']}{until}  {_counted(each)}")
        for name in facts.get("ParameterArns", ()):
            click.echo(f"  {name}")
        if each.parameters and facts["KeyState"] == "PendingDeletion":
            click.echo(
                f"warning: {_counted(each)} will be lost{until}: `aws kms cancel-key-deletion --key-id {each.key_id}`"
                " keeps the key, `parastore key reencrypt` gives them another",
                err=True,
            )


@key.command()
@folder_options
@click.argument("path")
@click.option("--key-id", required=True, metavar="KEY", help="The new key: id, ARN, alias or alias ARN.")
@click.option("--account", "account_id", metavar="ID", help="The account, by default the one of the first start.")
@click.option("--region", metavar="NAME", help="The Region, by default the one of the first start.")
def reencrypt(
    config: Path | None,
    data_dir: str | None,
    database: str | None,
    path: str,
    key_id: str,
    account_id: str | None,
    region: str | None,
) -> None:
    """Encrypt all SecureStrings at and below PATH under another key, their history too.

    Servers go on meanwhile, and versions, dates and values stay as they are. When it is interrupted, start it again: it
    goes on where it was.
    """
    where = location(config, data_dir, database)
    from parastore.server.accounts import list_accounts  # noqa: PLC0415 (not for --help)
    from parastore.server.direct import DirectError  # noqa: PLC0415
    from parastore.server.keys import reencrypt as move  # noqa: PLC0415

    try:
        _, installation = list_accounts(where)
        account, home = account_id or installation.account, region or installation.region
        done = move(where, account, home, path, key_id, _tell)
    except DirectError as error:
        raise Unable(str(error)) from None
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(f"{done.moved} of {done.seen} versions below {path} got the key {key_id}; the others had it")


def _tell(done: Moved) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done.seen} versions seen, {done.moved} encrypted again", nl=False, err=True)


def _facts(each: Usage, *, parameters: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "Arn": each.key.arn if each.key else f"key {each.key_id}",
        "KeyState": each.key.state if each.key else "Deleted",
        "Parameters": len(each.parameters),
        "Versions": each.versions,
    }
    if each.key is not None and each.key.deletion_at is not None:
        facts["DeletionDate"] = datetime.fromtimestamp(each.key.deletion_at / 1000, UTC).isoformat()
    if parameters:
        facts["ParameterArns"] = sorted(each.parameters)
    return facts


def _counted(each: Usage) -> str:
    count = len(each.parameters)
    return f"{count} {'parameter' if count == 1 else 'parameters'}"
