"""`parastore configure`: write an AWS profile, so that `AWS_PROFILE=parastore` is all that AWS clients need.

A secret comes from the data folder, the environment, a pipe or a prompt, never from the command line, and goes into
the credentials file only.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parastore.cli import aws_profile
from parastore.cli.folder import Unable, folder_options
from parastore.context import SecretValue
from parastore.server.errors import SettingsError
from parastore.server.settings import TABLE, Resolved, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET_VARIABLE = "PARASTORE_ROOT_SECRET_ACCESS_KEY"  # noqa: S105 (a name)
_TOKENS = ("aws_session_token", "aws_security_token")


@dataclass(frozen=True, slots=True)
class _Key:
    """What is written into the credentials file, and the region that belongs to it if it has one."""

    access_key_id: str
    secret: SecretValue
    region: str | None = None


def _setting(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """An option that must look like the setting of the same name."""
    kind = TABLE[{"access_key_id": "root_access_key_id"}.get(option.name or "", option.name or "")]
    try:
        return None if value is None else str(kind.read(value))
    except ValueError:
        raise click.BadParameter(f"must be {kind.expected}, not {value!r}.") from None


def _only_dash(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value not in (None, "-"):
        raise click.BadParameter(
            "takes only '-', for the secret on standard input: what stands on a command line, others on this machine"
            " can read, and the shell remembers it."
        )
    return value


@click.command()
@click.option(
    "--profile", default="parastore", show_default=True, callback=aws_profile.profile_name, help="Name of the profile."
)
@click.option("--endpoint-url", callback=aws_profile.endpoint, help="URL of the server, by default this machine's.")
@click.option("--region", callback=_setting, help="Region of the profile, by default the one of the first start.")
@click.option("--account", metavar="ID", help="Account of the data folder, by default the one of the first start.")
@click.option("--access-key-id", metavar="ID", callback=_setting, help="A key from elsewhere; its secret is asked for.")
@click.option("--secret-access-key", metavar="-", callback=_only_dash, help="'-' reads the secret from standard input.")
@click.option("--force", is_flag=True, help="Replace other credentials that the profile has.")
@folder_options
def configure(
    profile: str,
    endpoint_url: str | None,
    region: str | None,
    account: str | None,
    access_key_id: str | None,
    secret_access_key: str | None,
    force: bool,
    config: Path | None,
    data_dir: str | None,
    database: str | None,
) -> None:
    """Write an AWS profile for this server.

    On the server's machine the keys come from its data folder. Elsewhere give --access-key-id; the secret is asked
    for, or taken from standard input (--secret-access-key -) or PARASTORE_ROOT_SECRET_ACCESS_KEY.

    The files are those of all AWS clients, ~/.aws/config and ~/.aws/credentials, or what AWS_CONFIG_FILE and
    AWS_SHARED_CREDENTIALS_FILE name. What else is in them stays as it is.
    """
    if access_key_id is not None and account is not None:
        raise click.UsageError("--account takes its keys from the data folder, --access-key-id from you: give one.")
    if access_key_id is None and secret_access_key is not None:
        raise click.UsageError("--secret-access-key - needs --access-key-id.")
    resolved = _settings(config, data_dir, database, own_key=access_key_id is not None)
    endpoint_url = endpoint_url or aws_profile.local_endpoint(resolved)
    if access_key_id is not None:
        key = _Key(access_key_id, _secret(from_stdin=secret_access_key is not None))
    else:
        key = _key_of_server(resolved, account)
    if region is None:
        region = resolved.settings.region if resolved.sources["region"] != "default" else key.region
    _write_profile(
        profile, {"region": region or resolved.settings.region, "endpoint_url": endpoint_url}, key, force=force
    )
    aws_profile.say_what_next(profile)


def _settings(config: Path | None, data_dir: str | None, database: str | None, *, own_key: bool) -> Resolved:
    # With a key of one's own the variable is its secret, and not the half of a setting.
    environ = {name: value for name, value in os.environ.items() if not own_key or name != _SECRET_VARIABLE}
    try:
        return resolve({"data_dir": data_dir, "database": database}, environ, config)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def _secret(*, from_stdin: bool) -> SecretValue:
    if from_stdin:
        text = sys.stdin.read(1000).removesuffix("\n").removesuffix("\r")
    elif os.environ.get(_SECRET_VARIABLE):
        text = os.environ[_SECRET_VARIABLE]
    elif sys.stdin.isatty():
        text = click.prompt("Secret access key", hide_input=True, err=True)
    else:
        raise click.UsageError(
            "There is no terminal to ask for the secret: pipe it in with --secret-access-key -, or set"
            f" {_SECRET_VARIABLE}."
        )
    kind = TABLE["root_secret_access_key"]
    try:
        secret: SecretValue = kind.read(text)
    except ValueError:
        raise click.UsageError(f"A secret access key must be {kind.expected}.") from None
    return secret


def _key_of_server(resolved: Resolved, account: str | None) -> _Key:
    settings = resolved.settings
    if account is None and settings.root_access_key_id is not None and settings.root_secret_access_key is not None:
        return _Key(settings.root_access_key_id, settings.root_secret_access_key)
    from parastore.server.accounts import read_credentials  # noqa: PLC0415 (not for --help)
    from parastore.server.direct import DirectError  # noqa: PLC0415

    try:
        found, installation = read_credentials(settings.location, account)
    except DirectError as error:
        raise Unable(f"{error}. For a server elsewhere give --access-key-id and --endpoint-url") from None
    return _Key(found.access_key_id, found.secret, installation.region)


def _write_profile(profile: str, settings: dict[str, str], key: _Key, *, force: bool) -> None:
    config_path, credentials_path = aws_profile.config_path(), aws_profile.credentials_path()
    header, configured = aws_profile.configured(profile)
    credentials = aws_profile.credentials(profile)
    _refuse_others(profile, configured, credentials, key, f"{config_path} and {credentials_path}", force=force)
    changes: dict[str, str | None] = {
        "aws_access_key_id": key.access_key_id,
        "aws_secret_access_key": key.secret.reveal(),
        **dict.fromkeys(_TOKENS),
        # botocore prefers what the credentials file says of a profile.
        **{name: value for name, value in settings.items() if name in credentials},
    }
    aws_profile.change(credentials_path, profile, changes)
    aws_profile.change(config_path, header, settings)
    click.echo(f"Profile {profile} is in {config_path} and {credentials_path}.", err=True)


def _refuse_others(
    profile: str, config: Mapping[str, str], credentials: Mapping[str, str], key: _Key, files: str, *, force: bool
) -> None:
    """End unless the profile has no credentials, or these, or `force` allows to replace them."""
    have = {**config, **credentials}
    if stronger := [name for name in aws_profile.STRONGER if name in have]:
        raise Unable(
            f"profile {profile} gets its credentials by {', '.join(stronger)}, which would win over an access key."
            f" Choose another name with --profile, or take that out of {files}"
        )
    others = []
    if have.get("aws_access_key_id", key.access_key_id) != key.access_key_id:
        others.append(f"access key {have['aws_access_key_id']}")
    elif have.get("aws_secret_access_key", key.secret.reveal()) != key.secret.reveal():
        others.append(f"another secret for access key {key.access_key_id}")
    others += [name for name in (*_TOKENS, "credential_process", "login_session") if name in have]
    if others and not force:
        place = f" for {have['endpoint_url']}" if "endpoint_url" in have else ""
        raise Unable(
            f"profile {profile} in {files} has other credentials: {', '.join(others)}{place}."
            " Choose another name with --profile, or replace them with --force"
        )
