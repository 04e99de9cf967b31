"""A profile in the files of all AWS clients: found, read, and changed as a whole, private to its owner."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shlex
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from parastore.cli import aws_files
from parastore.cli.folder import Unable
from parastore.server.settings import Resolved

# botocore asks these before the credentials file, so keys written there would not be used.
STRONGER = ("role_arn", "web_identity_token_file", "sso_session", "sso_start_url")
# And these before any profile.
_OVERRIDING = ("AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")


def profile_name(context: click.Context, option: click.Parameter, name: str) -> str:
    """Callback of an option: a name that all AWS clients can read."""
    if not aws_files.is_profile_name(name):
        raise click.BadParameter("a profile name has letters, digits, spaces and _ . @ % + = : , / - only.")
    return name


def endpoint(context: click.Context, option: click.Parameter, url: str | None) -> str | None:
    """Callback of an option: the URL of a server."""
    if url is None:
        return None
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and url.isprintable() and " " not in url:
            return url
    raise click.BadParameter(f"must be a URL such as https://parastore.example:4583, not {url!r}.")


def local_endpoint(resolved: Resolved) -> str:
    """Where the server of these settings listens, as its own machine reaches it."""
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


def config_path() -> Path:
    """The file of settings, `~/.aws/config`."""
    return _path("AWS_CONFIG_FILE", "~/.aws/config")


def credentials_path() -> Path:
    """The file of keys, `~/.aws/credentials`."""
    return _path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")


def configured(profile: str) -> tuple[str, dict[str, str]]:
    """The header that the profile has, or would have, among the settings, and what is set there."""
    path = config_path()
    with _editing(path):
        section = aws_files.find_profile(aws_files.parse(_read(path)), profile)
    return (section.name, section.values()) if section else (aws_files.config_header(profile), {})


def credentials(profile: str) -> dict[str, str]:
    """What is set of the profile among the keys."""
    path = credentials_path()
    with _editing(path):
        section = aws_files.find_section(aws_files.parse(_read(path)), profile)
    return section.values() if section else {}


def change(path: Path, header: str, settings: Mapping[str, str | None]) -> None:
    """Set options of a section; None removes one."""
    with _editing(path):
        _write(path, aws_files.edit(_read(path), header, settings))


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


def say_what_next(profile: str) -> None:
    """Show how the profile is used, and what would keep it from being used."""
    use = "" if profile == "default" else f"AWS_PROFILE={shlex.quote(profile)} "
    click.echo(
        "\nNext:\n\n"
        f"  {use}aws ssm put-parameter --name /myapp/greeting --type String --value hello\n"
        f"  {use}aws ssm get-parameter --name /myapp/greeting\n",
        err=True,
    )
    if overriding := [name for name in _OVERRIDING if os.environ.get(name)]:
        click.echo(f"In this shell, {' and '.join(overriding)} would win over the profile: unset it first.", err=True)
