"""`parastore configure`: write an AWS profile, so that `AWS_PROFILE=parastore` is all that AWS clients need.

A secret comes from the data folder, the environment, a pipe or a prompt, never from the command line, and goes into
the credentials file only.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shlex
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from parastore.cli import aws_files
from parastore.cli.folder import Unable, folder_options
from parastore.context import SecretValue
from parastore.server.errors import SettingsError
from parastore.server.settings import TABLE, Resolved, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECRET_VARIABLE = "PARASTORE_ROOT_SECRET_ACCESS_KEY"  # noqa: S105 (a name)
# botocore asks these before the credentials file, so keys written there would not be used.
_STRONGER = ("role_arn", "web_identity_token_file", "sso_session", "sso_start_url")
_TOKENS = ("aws_session_token", "aws_security_token")
# And these before any profile.
_OVERRIDING = ("AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")


@dataclass(frozen=True, slots=True)
class _Key:
    """What is written into the credentials file, and the region that belongs to it if it has one."""

    access_key_id: str
    secret: SecretValue
    region: str | None = None


def _profile_name(context: click.Context, option: click.Parameter, name: str) -> str:
    if not aws_files.is_profile_name(name):
        raise click.BadParameter("a profile name has letters, digits, spaces and _ . @ % + = : , / - only.")
    return name


def _setting(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """An option that must look like the setting of the same name."""
    kind = TABLE[{"access_key_id": "root_access_key_id"}.get(option.name or "", option.name or "")]
    try:
        return None if value is None else str(kind.read(value))
    except ValueError:
        raise click.BadParameter(f"must be {kind.expected}, not {value!r}.") from None


def _endpoint(context: click.Context, option: click.Parameter, url: str | None) -> str | None:
    if url is None:
        return None
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and url.isprintable() and " " not in url:
            return url
    raise click.BadParameter(f"must be a URL such as https://parastore.example:4583, not {url!r}.")


def _only_dash(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value not in (None, "-"):
        raise click.BadParameter(
            "takes only '-', for the secret on standard input: what stands on a command line, others on this machine"
            " can read, and the shell remembers it."
        )
    return value


@click.command()
@click.option("--profile", default="parastore", show_default=True, callback=_profile_name, help="Name of the profile.")
@click.option("--endpoint-url", callback=_endpoint, help="URL of the server, by default this machine's.")
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
    endpoint_url = endpoint_url or _local_endpoint(resolved)
    if access_key_id is not None:
        key = _Key(access_key_id, _secret(from_stdin=secret_access_key is not None))
    else:
        key = _key_of_server(resolved, account)
    if region is None:
        region = resolved.settings.region if resolved.sources["region"] != "default" else key.region
    _write_profile(
        profile, {"region": region or resolved.settings.region, "endpoint_url": endpoint_url}, key, force=force
    )
    _say_what_next(profile)


def _settings(config: Path | None, data_dir: str | None, database: str | None, *, own_key: bool) -> Resolved:
    # With a key of one's own the variable is its secret, and not the half of a setting.
    environ = {name: value for name, value in os.environ.items() if not own_key or name != _SECRET_VARIABLE}
    try:
        return resolve({"data_dir": data_dir, "database": database}, environ, config)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def _local_endpoint(resolved: Resolved) -> str:
    settings = resolved.settings
    if settings.port == 0:
        raise click.UsageError(
            f"The server takes any free port ({resolved.sources['port']}): say where it listens, with --endpoint-url."
        )
    host = settings.host
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        host = "127.0.0.1" if address.is_unspecified else f"[{host}]" if address.version == 6 else host
    return f"{'http' if settings.tls_cert is None else 'https'}://{host}:{settings.port}"


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
    config_path = _path("AWS_CONFIG_FILE", "~/.aws/config")
    credentials_path = _path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    with _editing(config_path):
        section = aws_files.find_profile(aws_files.parse(_read(config_path)), profile)
        header = section.name if section else aws_files.config_header(profile)
        configured = section.values() if section else {}
    with _editing(credentials_path):
        section = aws_files.find_section(aws_files.parse(_read(credentials_path)), profile)
        credentials = section.values() if section else {}
    _refuse_others(profile, configured, credentials, key, f"{config_path} and {credentials_path}", force=force)
    changes: dict[str, str | None] = {
        "aws_access_key_id": key.access_key_id,
        "aws_secret_access_key": key.secret.reveal(),
        **dict.fromkeys(_TOKENS),
        # botocore prefers what the credentials file says of a profile.
        **{name: value for name, value in settings.items() if name in credentials},
    }
    with _editing(credentials_path):
        _write(credentials_path, aws_files.edit(_read(credentials_path), profile, changes))
    with _editing(config_path):
        _write(config_path, aws_files.edit(_read(config_path), header, settings))
    click.echo(f"Profile {profile} is in {config_path} and {credentials_path}.", err=True)


def _refuse_others(
    profile: str, config: Mapping[str, str], credentials: Mapping[str, str], key: _Key, files: str, *, force: bool
) -> None:
    """End unless the profile has no credentials, or these, or `force` allows to replace them."""
    have = {**config, **credentials}
    if stronger := [name for name in _STRONGER if name in have]:
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


def _path(variable: str, default: str) -> Path:
    return Path(os.path.expandvars(os.environ.get(variable) or default)).expanduser()


@contextlib.contextmanager
def _editing(path: Path) -> Iterator[None]:
    try:
        yield
    except aws_files.AwsFileError as error:
        raise Unable(f"{path} is not changed: {error}. AWS clients cannot read it either: put it right first") from None
    except OSError as error:
        raise Unable(f"cannot edit {path}: {error.strerror}") from None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unable(f"{path} is not a file")
            return file.read().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    """Replace the file at once and durably, private to its owner. A symbolic link stays one, its target changes."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(FileNotFoundError, PermissionError):
                owner = target.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)  # under sudo a user's file stays the user's
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(descriptor)
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _say_what_next(profile: str) -> None:
    use = "" if profile == "default" else f"AWS_PROFILE={shlex.quote(profile)} "
    click.echo(
        "\nNext:\n\n"
        f"  {use}aws ssm put-parameter --name /myapp/greeting --type String --value hello\n"
        f"  {use}aws ssm get-parameter --name /myapp/greeting\n",
        err=True,
    )
    if overriding := [name for name in _OVERRIDING if os.environ.get(name)]:
        click.echo(f"In this shell, {' and '.join(overriding)} would win over the profile: unset it first.", err=True)
