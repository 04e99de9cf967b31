"""The settings of a server: one table, read from four places.

A flag wins over the environment (`PARASTORE_PORT`), which wins over the file (`port = 4583` in TOML), which wins over
the default. What is not in the table is refused, so that a misspelt setting never silently leaves its default in force.
"""
# ruff: noqa: RUF009 (a row of the table is a dataclass field, made by `_row`)

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from parastore.context import SecretValue
from parastore.events.config import Sinks, of_file
from parastore.server.errors import SettingsError
from parastore.server.kinds import (
    Kind,
    audit_sinks,
    boolean,
    choice,
    database_url,
    integer,
    issuers,
    path,
    seconds,
    secret,
    sinks,
    text,
    words,
)  # fmt: skip
from parastore.server.location import DatabaseUrl, Location
from parastore.sts.issuers import Issuer

PREFIX = "PARASTORE_"
# Read by the commands themselves, so known here without being settings.
OTHER_VARIABLES = frozenset({"PARASTORE_CONFIG"})
# Kubernetes gives these to the pods beside a Service called "parastore"; PARASTORE_PORT is then a URL.
_SERVICE_LINK = re.compile(r"PARASTORE_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Where data is kept when nobody says: `$XDG_DATA_HOME/parastore`, by default under `~/.local/share`."""
    base = environ.get("XDG_DATA_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    root = Path(base) if base.startswith("/") else Path(environ.get("HOME") or Path.home()) / ".local" / "share"
    return root / "parastore"


def _row(kind: Kind, default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"kind": kind, "help": help_text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a server was told. Times are seconds, sizes bytes."""

    host: str = _row(text(r"\S+", "a name or an address"), "127.0.0.1", "Address or name to listen on.")
    port: int = _row(integer(0, 65535), 4583, "Port to listen on; 0 takes a free one.")
    data_dir: Path = _row(path(), Path(), "Folder of the root key, and of the database unless that is PostgreSQL.")
    database: DatabaseUrl | None = _row(
        database_url(),
        None,
        "URL of a PostgreSQL database to keep data in, shared by all nodes that have the root key.",
    )
    database_replica: DatabaseUrl | None = _row(
        database_url(), None, "URL of a standby, for reads with the header x-parastore-consistency: eventual."
    )
    database_connections: int = _row(
        integer(1, 1000), 10, "Most connections of one worker to PostgreSQL for reads; one more writes."
    )
    workers: int = _row(integer(1, 256), 1, "Worker processes that share the port and the data folder.")
    tls_cert: Path | None = _row(path(), None, "PEM file of the server's certificate and its chain.")
    tls_key: Path | None = _row(path(), None, "PEM file of the certificate's private key.")
    allow_plaintext: bool = _row(boolean(), False, "Listen beyond loopback without TLS.")
    log_level: str = _row(choice("debug", "info", "warning", "error"), "info", "Least severe messages to log.")
    log_format: str = _row(choice("auto", "json", "text"), "auto", "JSON lines or text; auto is text on a terminal.")
    max_body_bytes: int = _row(integer(1024, 1 << 30), 1 << 20, "Largest request body.")
    max_header_bytes: int = _row(integer(1024, 1 << 20), 16 << 10, "Largest request line and headers together.")
    max_headers: int = _row(integer(8, 10_000), 100, "Most headers of a request.")
    request_timeout: float = _row(seconds(0.1, 3600), 30.0, "Time a client has to send a whole request.")
    idle_timeout: float = _row(seconds(0.1, 86400), 75.0, "Time a connection may stay open without a request.")
    max_connections: int = _row(integer(1, 1_000_000), 4096, "Most connections of one worker.")
    max_requests: int = _row(integer(1, 1_000_000), 256, "Most requests under way in one worker; more are throttled.")
    drain_timeout: float = _row(seconds(0, 3600), 30.0, "Time requests under way have to finish when it stops.")
    public_parameters_dir: Path | None = _row(path(), None, "Folder of JSON files to publish under /aws/service/.")
    otlp_endpoint: str | None = _row(
        text(r"https?://\S+", "an http or https URL"),
        None,
        "Receiver of OpenTelemetry's traces and metrics, by OTLP over HTTP; needs parastore[otel].",
    )
    secretsmanager_endpoint_url: str | None = _row(
        text(r"https?://\S+", "an http or https URL"),
        None,
        "Secrets Manager that /aws/reference/secretsmanager/ is answered from.",
    )
    secretsmanager_profile: str | None = _row(
        text(r"\S+", "the name of an AWS profile"), None, "AWS profile to ask Secrets Manager with."
    )
    ec2_images: Path | None = _row(path(), None, "Text file of the AMI ids that aws:ec2:image takes, one a line.")
    quotas: str = _row(choice("off", "aws"), "off", "Throttle requests: off, or by the numbers AWS publishes.")
    guard: str = _row(choice("off", "warn", "deny"), "warn", "What happens to secrets put as String or StringList.")
    event_retention: float = _row(seconds(0, 31_536_000), 86400.0, "Time a delivered event is kept.")
    sinks: Sinks | None = _row(sinks(), None, "Where events are delivered to; in the file only.")
    audit_retention_days: int = _row(integer(1, 3650), 90, "Days an audit record is kept.")
    audit_sinks: tuple[str, ...] | None = _row(
        audit_sinks(), None, "Who is given audit records as they are written: stdout, syslog, URLs."
    )
    audit_sink_token_file: Path | None = _row(path(), None, "File of the bearer token for the URLs among audit_sinks.")
    audit_file_bytes: int = _row(integer(4096, 1 << 40), 64 << 20, "Size at which a file of the audit trail is closed.")
    audit_file_age: float = _row(seconds(1, 31_536_000), 86400.0, "Age at which a file of the audit trail is closed.")
    root_key: str | None = _row(
        choice("file", "passphrase", "command", "kms", "pkcs11"),
        None,
        "Who holds the root key; decided at first start.",
    )
    root_key_secret_file: Path | None = _row(path(), None, "File of the passphrase, or of the token's PIN.")
    root_key_command: tuple[str, ...] | None = _row(words(), None, "Program that wraps and unwraps the root key.")
    root_key_kms_key_id: str | None = _row(text(r"\S+", "a key id, an alias or an ARN"), None, "Key of KMS.")
    root_key_kms_endpoint_url: str | None = _row(
        text(r"https?://\S+", "an http or https URL"), None, "KMS, when it is not AWS's."
    )
    root_key_kms_region: str | None = _row(text(r"[a-z0-9-]+", "a Region such as us-east-1"), None, "Region of KMS.")
    root_key_kms_profile: str | None = _row(
        text(r"\S+", "the name of an AWS profile"), None, "AWS profile to ask KMS with."
    )
    root_key_pkcs11_module: Path | None = _row(path(), None, "Library of the PKCS#11 token.")
    root_key_pkcs11_token: str | None = _row(text(r".+", "a label"), None, "Label of the PKCS#11 token.")
    oidc_issuers: tuple[Issuer, ...] = _row(
        issuers(), (), "OIDC issuers whose tokens may be exchanged for a role's session; in the file only."
    )
    account_id: str | None = _row(text(r"\d{12}", "12 digits"), None, "Account to make at first start.")
    region: str = _row(
        text(r"[a-z]{2,3}(-[a-z]+)+-\d{1,2}", "a Region such as us-east-1"),
        "us-east-1",
        "Region of the AWS profile to be written at first start.",
    )
    # The bounds are those of AWS's own model for access keys (IAM, accessKeyIdType); AWS's secrets have 40 characters.
    root_access_key_id: str | None = _row(
        text(r"\w{16,128}", "16 to 128 letters, digits and underscores"),
        None,
        "Access key to make at first start; needs its secret.",
    )
    root_secret_access_key: SecretValue | None = _row(
        secret(r"[\x21-\x7e]{16,128}", "16 to 128 printable characters without spaces"),
        None,
        "Secret of the access key to make at first start. Not a flag: others on the machine can read flags.",
    )

    @property
    def location(self) -> Location:
        """Where the data is."""
        return Location(self.data_dir, self.database, self.database_connections)


TABLE: dict[str, Kind] = {row.name: row.metadata["kind"] for row in fields(Settings)}
HELP: dict[str, str] = {row.name: row.metadata["help"] for row in fields(Settings)}
DEFAULTS: dict[str, Any] = {row.name: row.default for row in fields(Settings)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings, and where each came from: `flag --port`, `environment PARASTORE_PORT`, `file <path>` or `default`."""

    settings: Settings
    sources: dict[str, str]


def resolve(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Resolved:
    """Settle every setting. `flags` maps names to what was typed, None where a flag was not given.

    `config` is the TOML file; without it PARASTORE_CONFIG names one. Raises SettingsError.
    """
    environ = os.environ if environ is None else environ
    if config is None and environ.get("PARASTORE_CONFIG"):
        config = Path(environ["PARASTORE_CONFIG"])
    values: dict[str, Any] = DEFAULTS | {"data_dir": default_data_dir(environ)}
    sources = dict.fromkeys(TABLE, "default")
    if config is not None:
        for name, value in _from_file(config).items():
            sources[name] = f"file {config}"
            values[name] = _read(name, value, sources[name], TABLE[name].read_typed)
        if values["sinks"] is not None:
            values["sinks"] = of_file(config, values["sinks"])
    for name, value in _from_environment(environ).items():
        sources[name] = f"environment {PREFIX}{name.upper()}"
        values[name] = _read(name, value, sources[name], TABLE[name].read)
    for name, given in (flags or {}).items():
        if given is not None:
            sources[name] = f"flag --{name.replace('_', '-')}"
            values[name] = given if isinstance(given, bool) else _read(name, given, sources[name], TABLE[name].read)
            if isinstance(values[name], DatabaseUrl) and values[name].has_password:
                raise SettingsError(
                    f"{name} ({sources[name]}) must have no password, for others on this machine can read flags: give"
                    f" the URL as {PREFIX}{name.upper()} or in the file, or the password as PGPASSWORD or in ~/.pgpass."
                )
    settings = Settings(**values)
    _require_pairs(settings, sources)
    return Resolved(settings, sources)


def _read(name: str, value: Any, source: str, reader: Callable[[Any], Any]) -> Any:
    try:
        return reader(value)
    except ValueError:
        shown = "" if TABLE[name].secret or TABLE[name].masked else f", not {value!r}"
        raise SettingsError(f"{name} ({source}) must be {TABLE[name].expected}{shown}.") from None


def _from_file(file_path: Path) -> dict[str, Any]:
    try:
        with file_path.open("rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"Cannot read the configuration file {file_path}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The configuration file {file_path} is not TOML: {error}.") from None
    for name in table:
        if name not in TABLE:
            raise SettingsError(f"Unknown setting {name!r} in {file_path}.{_nearest(name)}")
    return table


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable in OTHER_VARIABLES or _SERVICE_LINK.fullmatch(variable):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in TABLE or variable != variable.upper():
            raise SettingsError(f"Unknown environment variable {variable}.{_nearest(name, PREFIX)}")
        service_link = name == "port" and value.startswith(("tcp://", "udp://"))
        # Compose files pass `PARASTORE_X: ${X:-}`: empty means that nobody set it.
        if value and not service_link:
            found[name] = value
    return found


def _nearest(name: str, prefix: str = "") -> str:
    near = difflib.get_close_matches(name, TABLE, n=1)
    if not near:
        return " `parastore config show` lists the settings."
    return f" Did you mean {(prefix + near[0].upper()) if prefix else near[0]}?"


def _require_pairs(settings: Settings, sources: Mapping[str, str]) -> None:
    if settings.database_replica is not None and settings.database is None:
        raise SettingsError(f"database_replica ({sources['database_replica']}) needs database, the primary's URL.")
    if settings.root_key is None:
        for name in TABLE:
            if name.startswith("root_key_") and getattr(settings, name) is not None:
                raise SettingsError(f"{name} ({sources[name]}) needs root_key, which says who holds the root key.")
    for one, other in (("tls_cert", "tls_key"), ("root_access_key_id", "root_secret_access_key")):
        given = [name for name in (one, other) if getattr(settings, name) is not None]
        if len(given) == 1:
            missing = other if given[0] == one else one
            raise SettingsError(f"{given[0]} ({sources[given[0]]}) needs {missing} too: give both or none.")
