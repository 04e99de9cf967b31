"""What a request asks for, which settings there are, and what an answer looks like. Pure.

Source: AWS's user guide of Systems Manager, "Using Parameter Store parameters in AWS Lambda functions", and of Secrets
Manager, "Use AWS Secrets Manager secrets in AWS Lambda functions". What they leave open (401, 403, 404, the words) is
our choice.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

PATHS = {"/systemsmanager/parameters/get": "ssm", "/secretsmanager/get": "secretsmanager"}
_CALLS = {"ssm": "get_parameter", "secretsmanager": "get_secret_value"}
# Members that the extension, a Go program, writes as null where there is nothing.
_NULLS = {"ssm": ("Selector", "SourceResult"), "secretsmanager": ("SecretBinary", "SecretString")}
_STATUS = {
    "ParameterNotFound": 404,
    "ParameterVersionNotFound": 404,
    "ResourceNotFoundException": 404,
    "AccessDeniedException": 403,
    "UnrecognizedClientException": 403,
    "InvalidSignatureException": 403,
    "ExpiredTokenException": 403,
    "ValidationException": 400,
    "InvalidParameterException": 400,
    "InvalidRequestException": 400,
}


class BadRequest(Exception):
    """An argument is missing or wrong; the text is the answer's body."""


class BadSetting(Exception):
    """A variable of the extension has a value that it cannot have."""


class Lookup(NamedTuple):
    """What is asked for: a service, and the members of its call. Equal look-ups are one."""

    service: str
    members: tuple[tuple[str, Any], ...]

    @property
    def call(self) -> str:
        """The method of a boto3 client."""
        return _CALLS[self.service]


@dataclass(frozen=True)
class AgentSettings:
    """The extension's variables. Times are seconds; 0 in `ttl` or `size` means that nothing is cached."""

    size: int
    port: int
    connections: int
    log_level: str
    ttl: Mapping[str, float]
    timeout: Mapping[str, float]

    def caches(self, service: str) -> bool:
        """Whether answers of a service are kept."""
        return self.size > 0 and self.ttl[service] > 0


def read_settings(environ: Mapping[str, str], port: int | None = None) -> AgentSettings:
    """The settings that the extension's variables say; `port` wins over theirs. Raises BadSetting."""
    head = "PARAMETERS_SECRETS_EXTENSION_"
    enabled = environ.get(f"{head}CACHE_ENABLED", "TRUE").upper()
    if enabled not in ("TRUE", "FALSE"):
        raise BadSetting(f"{head}CACHE_ENABLED must be TRUE or FALSE")
    level = environ.get(f"{head}LOG_LEVEL", "INFO").upper()
    levels = {"DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error", "NONE": "error"}
    if level not in levels:
        raise BadSetting(f"{head}LOG_LEVEL must be one of {', '.join(levels)}")
    size = _number(environ, f"{head}CACHE_SIZE", 1000, 0, 1000)
    services = {"ssm": "SSM_PARAMETER_STORE", "secretsmanager": "SECRETS_MANAGER"}
    return AgentSettings(
        size=size if enabled == "TRUE" else 0,
        port=_number(environ, f"{head}HTTP_PORT", 2773, 1, 65535) if port is None else port,
        connections=_number(environ, f"{head}MAX_CONNECTIONS", 3, 1, 1_000_000),
        log_level=levels[level],
        ttl={name: _number(environ, f"{words}_TTL", 300, 0, 300) for name, words in services.items()},
        timeout={
            name: _number(environ, f"{words}_TIMEOUT_MILLIS", 0, 0, 3_600_000) / 1000
            for name, words in services.items()
        },
    )


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise BadSetting(f"{name} must be a number from {least} to {most}")
    return int(text)


def read_lookup(service: str, query: bytes) -> Lookup:
    """The look-up of a query string. Raises BadRequest."""
    given: list[tuple[str, str]] = []
    for part in query.split(b"&"):
        if part:
            key, _, value = part.partition(b"=")
            given.append((_decoded(key), _decoded(value)))
    return _parameter(given) if service == "ssm" else _secret(given)


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise BadRequest("the query string is not UTF-8") from None


def _parameter(given: list[tuple[str, str]]) -> Lookup:
    known = dict(reversed(given))  # the first of several wins
    name = known.get("name", "")
    if not name:
        raise BadRequest("name is required")
    decryption = known.get("withDecryption", "false").lower()
    if decryption not in ("true", "false"):
        raise BadRequest("withDecryption must be true or false")
    # If both a version and a label are given, the first in the URL wins.
    selector = next((pair for pair in given if pair[0] in ("version", "label") and pair[1]), None)
    if selector is not None:
        if selector[0] == "version" and not (selector[1].isascii() and selector[1].isdigit()):
            raise BadRequest("version must be a number")
        name = f"{name}:{selector[1]}"
    return Lookup("ssm", (("Name", name), ("WithDecryption", decryption == "true")))


def _secret(given: list[tuple[str, str]]) -> Lookup:
    known = dict(reversed(given))
    if not known.get("secretId"):
        raise BadRequest("secretId is required")
    names = {"secretId": "SecretId", "versionId": "VersionId", "versionStage": "VersionStage"}
    return Lookup("secretsmanager", tuple((names[key], known[key]) for key in names if known.get(key)))


def write_answer(service: str, answer: Mapping[str, Any]) -> bytes:
    """The answer of a boto3 client as the extension writes it."""
    members = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    nulls: dict[str, Any] = dict.fromkeys(_NULLS[service])
    members = {"Parameter": nulls | members["Parameter"]} if service == "ssm" else nulls | members
    return json.dumps(members | {"ResultMetadata": {}}, default=_plain, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return str(value)


def status_of(code: str) -> int:
    """The status that relays an error of AWS."""
    return _STATUS.get(code, 500)
