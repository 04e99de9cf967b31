"""Sinks as the configuration file describes them: `[[sinks]]`, each of one type."""

from __future__ import annotations

import base64
import binascii
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from parastore.context import SecretValue

_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,64}\Z")]
_Attempts = Annotated[int, msgspec.Meta(ge=1, le=1000)]
_Seconds = Annotated[float, msgspec.Meta(ge=0.1, le=60)]
_PREFIX = "whsec_"


class SinkBase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """What all sinks have. `timeout` bounds one attempt, `first_retry` is the wait after the first; seconds."""

    name: _Name
    max_attempts: _Attempts = 18
    first_retry: _Seconds = 1.0
    timeout: _Seconds = 10.0


class Webhook(SinkBase, frozen=True, kw_only=True, tag="webhook"):
    """A URL that gets each event by POST, signed with `secret` (`whsec_` and base64 of 24 to 64 bytes)."""

    url: str
    secret: SecretValue


class EventBridge(SinkBase, frozen=True, kw_only=True, tag="eventbridge"):
    """A bus of EventBridge, with the credentials that boto3 finds. `source` replaces `aws.ssm`, which AWS refuses."""

    region: str
    event_bus: str = "default"
    endpoint_url: str | None = None
    profile: str | None = None
    source: str = "parastore.ssm"


Sink = Webhook | EventBridge


class Sinks(tuple[Sink, ...]):
    """The sinks of a file. Pickled for a worker, it is the path: no secret is, the worker reads it again."""

    file: Path

    def __reduce__(self) -> Any:
        return read_file, (self.file,)


def read_file(file: Path) -> Sinks:
    """The sinks of a configuration file. Raises SinkError, OSError, tomllib.TOMLDecodeError."""
    return of_file(file, read_sinks(tomllib.loads(file.read_text(encoding="utf-8")).get("sinks", [])))


def of_file(file: Path, sinks: tuple[Sink, ...]) -> Sinks:
    """Sinks, and the file they were read from."""
    made = Sinks(sinks)
    made.file = file
    return made


class SinkError(Exception):
    """A sink is not described right. The text says how, without a value."""


def read_sinks(value: Any) -> tuple[Sink, ...]:
    """Read the value of `sinks`. Raises SinkError."""
    try:
        sinks: tuple[Sink, ...] = msgspec.convert(value, tuple[Sink, ...], dec_hook=_secret)
    except msgspec.ValidationError as error:
        raise SinkError(str(error)) from None
    names = [sink.name for sink in sinks]
    if len(set(names)) < len(names):
        raise SinkError("two sinks have the same name")
    for sink in sinks:
        url = sink.url if isinstance(sink, Webhook) else sink.endpoint_url
        if url is not None and not _is_url(url):
            raise SinkError(f"the URL of sink {sink.name} must be http:// or https:// and name a host")
        if isinstance(sink, Webhook) and not _is_secret(sink.secret):
            raise SinkError(f"the secret of sink {sink.name} must be whsec_ and base64 of 24 to 64 bytes")
    return sinks


def webhook_key(secret: SecretValue) -> bytes:
    """The key behind a secret. Raises ValueError."""
    text = secret.reveal()
    if not text.startswith(_PREFIX):
        raise ValueError("not a webhook secret")
    return base64.b64decode(text.removeprefix(_PREFIX), validate=True)


def _secret(kind: type, value: Any) -> Any:
    if kind is SecretValue and isinstance(value, str):
        return SecretValue(value)
    raise ValueError("must be text")


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_secret(secret: SecretValue) -> bool:
    try:
        return 24 <= len(webhook_key(secret)) <= 64
    except (ValueError, binascii.Error):
        return False
