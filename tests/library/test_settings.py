"""parastore.settings against a running server."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError
from tests.conftest import Client

from parastore import redaction
from parastore.settings import MissingParameters, ParameterStoreSettings, SecretStr


class Database(BaseModel):
    host: str
    port: int = 5432
    password: SecretStr


def put(ssm: Client, **values: str) -> None:
    for name, value in values.items():
        kind = "SecureString" if "password" in name else "StringList" if name.endswith("list") else "String"
        ssm.put_parameter(Name="/app/" + name.replace("__", "/"), Value=value, Type=kind)


def make(ssm: Client, fields: dict[str, Any]) -> type[ParameterStoreSettings]:
    namespace = {"__annotations__": {name: kind for name, (kind, _) in fields.items()}, "__module__": __name__}
    namespace |= {name: default for name, (_, default) in fields.items() if default is not ...}
    return type("Made", (ParameterStoreSettings,), namespace, path="/app", client=ssm)


def test_nested_models_lists_and_types(ssm: Client) -> None:
    put(ssm, db__host="h", db__port="5433", db__password="hush-hush", debug="true", names_list="a,b", numbers="[1, 2]")
    ssm.put_parameter(Name="/app/API-KEY", Value="k", Type="String")
    ssm.put_parameter(Name="/app/free/form/x", Value="y", Type="String")
    kind = make(
        ssm,
        {
            "db": (Database, ...),
            "debug": (bool, False),
            "names_list": (list[str], ...),
            "numbers": (list[int], ...),
            "api_key": (str, ...),
            "free": (dict[str, Any], ...),
            "other": (str, "default"),
        },
    )
    settings: Any = kind()
    assert settings.model_dump(exclude={"db"}) == {
        "debug": True,
        "names_list": ["a", "b"],
        "numbers": [1, 2],
        "api_key": "k",
        "free": {"form": {"x": "y"}},
        "other": "default",
    }
    assert (settings.db.host, settings.db.port, settings.db.password.get_secret_value()) == ("h", 5433, "hush-hush")
    assert "hush" not in repr(settings)
    assert redaction.redact("it is hush-hush") == f"it is {redaction.MARK}"


def test_one_read_for_all(ssm: Client) -> None:
    put(ssm, db__host="h", db__password="hush-hush")
    calls: list[str] = []
    ssm.meta.events.register("before-call.ssm.*", lambda model, **_: calls.append(model.name))
    make(ssm, {"db": (Database, ...)})()
    assert calls == ["GetParametersByPath"]


def test_the_environment_and_arguments_win(ssm: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    put(ssm, db__host="h", db__password="hush-hush", debug="false")
    monkeypatch.setenv("DB__HOST", "from-environment")
    settings: Any = make(ssm, {"db": (Database, ...), "debug": (bool, ...)})(debug=True)
    assert (settings.db.host, settings.debug) == ("from-environment", True)
    assert settings.db.password.get_secret_value() == "hush-hush"


def test_aliases(ssm: Client) -> None:
    put(ssm, database_url="u")
    settings: Any = make(ssm, {"url": (str, Field(validation_alias="DATABASE_URL"))})()
    assert settings.url == "u"


def test_all_that_is_missing_is_listed(ssm: Client) -> None:
    put(ssm, db__host="h")
    with pytest.raises(MissingParameters) as raised:
        make(ssm, {"db": (Database, ...), "key": (str, ...)})()
    assert raised.value.names == ["/app/db/password", "/app/key"]
    assert str(raised.value) == "missing parameters: /app/db/password, /app/key"


def test_a_wrong_value_is_not_shown(ssm: Client) -> None:
    put(ssm, db__host="h", db__password="hush-hush", db__port="hush-port")
    with pytest.raises(ValidationError) as raised:
        make(ssm, {"db": (Database, ...)})()
    assert "hush" not in str(raised.value)


def test_a_parameter_with_others_below_it(ssm: Client) -> None:
    put(ssm, db="x", db__host="h", db__password="hush-hush")
    settings: Any = make(ssm, {"db": (Database, ...)})()
    assert settings.db.host == "h"


def test_logs_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    redaction.remember('multi\nline"secret')
    redaction.remember("multi")  # too short to be looked for
    logger = logging.getLogger("tests.redaction")
    logger.propagate = False
    handler = logging.StreamHandler()
    logger.addHandler(handler)
    redaction.install(logger)
    redaction.install(logger)
    assert len(handler.filters) == 1
    try:
        logger.warning("plain %s and json %s", 'multi\nline"secret', '{"a": "multi\\nline\\"secret"}')
        logger.warning("in a URL: multi%0Aline%22secret; and multi")
        try:
            raise ValueError('multi\nline"secret')
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    shown = capsys.readouterr().err
    assert 'line"secret' not in shown
    assert shown.startswith('plain [redacted] and json {"a": "[redacted]"}\nin a URL: [redacted]; and multi\nfailed\n')
    assert "ValueError: [redacted]" in shown
