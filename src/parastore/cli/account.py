"""`parastore account`: accounts and their root access keys, on the data folder, also while a server runs on it.

Keys and lists are data and go to stdout; what to do next is talk. JSON has the names the AWS CLI gives such things.
"""

from __future__ import annotations

import functools
import json
import os
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parastore.cli.folder import Unable, folder_options, location
from parastore.server.settings import default_data_dir

if TYPE_CHECKING:
    from parastore.iam.store import RootKey
    from parastore.server.accounts import Credentials
    from parastore.server.location import Location


@click.group()
def account() -> None:
    """Make accounts, and access keys of their roots."""


def _command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A subcommand that gets the data folder and whether to write JSON."""

    def make(run: Callable[..., None]) -> click.Command:
        @account.command(name)
        @folder_options
        @click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
        @functools.wraps(run)
        def command(config: Path | None, data_dir: str | None, database: str | None, **arguments: Any) -> None:
            where = location(config, data_dir, database)
            from parastore.server.direct import DirectError  # noqa: PLC0415 (not for --help)

            try:
                run(where, **arguments)
            except DirectError as error:
                raise Unable(str(error)) from None

        return command

    return make


_account_option = click.option(
    "--account", "account_id", metavar="ID", help="The account, by default the one of the first start."
)


@_command("create")
@click.option("--id", "account_id", metavar="ID", help="12 digits, by default random ones.")
def create(where: Location, account_id: str | None, as_json: bool) -> None:
    """Make an account with a root access key."""
    from parastore.server import accounts  # noqa: PLC0415

    _show_credentials(accounts.create_account(where, account_id), where, as_json)


@_command("key")
@_account_option
def key(where: Location, account_id: str | None, as_json: bool) -> None:
    """Make another root access key.

    For when the first was lost, or is to be replaced: then disable the old one with key-disable.
    """
    from parastore.server import accounts  # noqa: PLC0415

    _show_credentials(accounts.create_root_key(where, account_id), where, as_json)


@_command("list")
def list_accounts(where: Location, as_json: bool) -> None:
    """List the accounts."""
    from parastore.server import accounts  # noqa: PLC0415

    found, installation = accounts.list_accounts(where)
    if as_json:
        rows = [{"Id": each.id, "CreateDate": _date(each.created_at)} for each in found]
        click.echo(json.dumps({"Accounts": rows, "DefaultAccount": installation.account}, indent=2))
        return
    for each in found:
        note = "  of the first start" if each.id == installation.account else ""
        click.echo(f"{each.id}  {_date(each.created_at)}{note}")


@_command("key-list")
@_account_option
def key_list(where: Location, account_id: str | None, as_json: bool) -> None:
    """List root access keys, without their secrets."""
    from parastore.server import accounts  # noqa: PLC0415

    found = accounts.list_root_keys(where, account_id)
    if as_json:
        click.echo(json.dumps({"AccessKeyMetadata": [_metadata(each) for each in found]}, indent=2))
        return
    for each in found:
        click.echo(f"{each.id}  {each.status:<8}  {_date(each.created_at)}")


@_command("key-disable")
@click.argument("key_id")
def key_disable(where: Location, key_id: str, as_json: bool) -> None:
    """Let a root access key sign no more."""
    from parastore.server import accounts  # noqa: PLC0415

    disabled, has_another = accounts.disable_root_key(where, key_id)
    if as_json:
        click.echo(json.dumps({"AccessKeyMetadata": [_metadata(disabled)]}, indent=2))
    click.echo(f"{key_id} is disabled.", err=True)
    if not has_another:
        click.echo(
            f"Account {disabled.account} has no active root access key now:"
            f" `parastore account key --account {disabled.account}` makes one.",
            err=True,
        )


def _show_credentials(made: Credentials, where: Location, as_json: bool) -> None:
    secret = made.secret.reveal()
    if as_json:
        members = {"Account": made.account, "AccessKeyId": made.access_key_id, "SecretAccessKey": secret}
        click.echo(json.dumps({"AccessKey": members}, indent=2))
    else:
        click.echo(f"Account            {made.account}")
        click.echo(f"Access key id      {made.access_key_id}")
        click.echo(f"Secret access key  {secret}")
    configure = ["parastore", "configure", "--account", made.account, "--profile", f"parastore-{made.account}"]
    if where.folder != default_data_dir(os.environ):
        configure += ["--data-dir", str(where)]
    click.echo(
        f"The secret is shown this once. To put it into an AWS profile:\n  {shlex.join(configure)}",
        err=True,
    )


def _metadata(each: RootKey) -> dict[str, str]:
    return {
        "Account": each.account,
        "AccessKeyId": each.id,
        "Status": each.status,
        "CreateDate": _date(each.created_at),
    }


def _date(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat().replace("+00:00", "Z")
