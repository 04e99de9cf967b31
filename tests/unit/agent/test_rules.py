"""The extension's arguments, settings and answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from parastore.agent.rules import BadRequest, BadSetting, read_lookup, read_settings, write_answer


@pytest.mark.parametrize(
    ("query", "name", "decrypt"),
    [
        (b"name=%2Fa%2Fb", "/a/b", False),
        (b"name=/a/b&withDecryption=true", "/a/b", True),
        (b"name=/a/b&withDecryption=TRUE", "/a/b", True),
        (b"withDecryption=false&name=plain", "plain", False),
        (b"name=/a&version=3", "/a:3", False),
        (b"name=/a&label=stable", "/a:stable", False),
        (b"name=/a&label=stable&version=3", "/a:stable", False),
        (b"name=/a&version=3&label=stable", "/a:3", False),
        (b"name=/a&version=&label=stable", "/a:stable", False),
        (b"name=/a&name=/b", "/a", False),
        (b"&name=/a&&x=y", "/a", False),
    ],
)
def test_parameters(query: bytes, name: str, decrypt: bool) -> None:
    lookup = read_lookup("ssm", query)
    assert (dict(lookup.members), lookup.call) == ({"Name": name, "WithDecryption": decrypt}, "get_parameter")


def test_secrets() -> None:
    lookup = read_lookup("secretsmanager", b"secretId=a&versionStage=AWSPREVIOUS")
    assert (dict(lookup.members), lookup.call) == ({"SecretId": "a", "VersionStage": "AWSPREVIOUS"}, "get_secret_value")


@pytest.mark.parametrize(
    ("service", "query"),
    [
        ("ssm", b""),
        ("ssm", b"name="),
        ("ssm", b"Name=/a"),
        ("ssm", b"name=/a&withDecryption=yes"),
        ("ssm", b"name=/a&version=x"),
        ("ssm", b"name=%ff"),
        ("secretsmanager", b"name=/a"),
    ],
)
def test_bad_arguments(service: str, query: bytes) -> None:
    with pytest.raises(BadRequest):
        read_lookup(service, query)


def test_settings_by_default() -> None:
    settings = read_settings({})
    assert (settings.size, settings.port, settings.connections, settings.log_level) == (1000, 2773, 3, "info")
    assert settings.ttl == {"ssm": 300, "secretsmanager": 300}
    assert settings.timeout == {"ssm": 0, "secretsmanager": 0}
    assert settings.caches("ssm")


@pytest.mark.parametrize(
    "environ",
    [
        {"PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED": "false"},
        {"PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE": "0"},
        {"SSM_PARAMETER_STORE_TTL": "0"},
    ],
)
def test_what_turns_the_cache_off(environ: dict[str, str]) -> None:
    assert not read_settings(environ).caches("ssm")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED", "yes"),
        ("PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE", "1001"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "0"),
        ("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", "0"),
        ("PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL", "LOUD"),
        ("SSM_PARAMETER_STORE_TTL", "301"),
        ("SSM_PARAMETER_STORE_TTL", "-1"),
        ("SSM_PARAMETER_STORE_TIMEOUT_MILLIS", "x"),
    ],
)
def test_bad_settings(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_settings({name: value})


def test_an_answer_as_a_go_program_writes_it() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
    answer = {"Parameter": {"Name": "/a", "Value": "é", "LastModifiedDate": moment}, "ResponseMetadata": {"x": 1}}
    assert write_answer("ssm", answer).decode() == (
        '{"Parameter": {"Selector": null, "SourceResult": null, "Name": "/a", "Value": "é",'
        ' "LastModifiedDate": "2026-01-02T03:04:05.678Z"}, "ResultMetadata": {}}'
    )
