from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from parastore.events.config import EventBridge, SinkError, Webhook, read_sinks
from parastore.events.rules import LONGEST_WAIT, wait
from parastore.server.errors import SettingsError
from parastore.server.settings import resolve

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = {"name": "a", "type": "webhook", "url": "https://example.com/", "secret": SECRET}
BUS = {"name": "b", "type": "eventbridge", "region": "us-east-1"}


def test_sinks_are_read() -> None:
    hook, bus = read_sinks([HOOK, BUS])
    assert isinstance(hook, Webhook)
    assert isinstance(bus, EventBridge)
    assert SECRET not in repr(hook)


@pytest.mark.parametrize(
    ("sinks", "message"),
    [
        ([HOOK | {"colour": "red"}], "unknown field `colour`"),
        ([HOOK | {"type": "smtp"}], "smtp"),
        ([HOOK | {"name": "two words"}], "name"),
        ([HOOK, HOOK], "the same name"),
        ([HOOK | {"url": "file:///etc/passwd"}], "must be http:// or https://"),
        ([HOOK | {"url": "http://host:99999/"}], "must be http:// or https://"),
        ([BUS | {"endpoint_url": "host"}], "must be http:// or https://"),
        ([HOOK | {"secret": "whsec_short"}], "base64 of 24 to 64 bytes"),
        ([HOOK | {"secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}], "base64 of 24 to 64 bytes"),
        ([HOOK | {"secret": 5}], "must be text"),
        ([HOOK | {"timeout": 0}], "timeout"),
        ("hook", "array"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(sinks: Any, message: str) -> None:
    with pytest.raises(SinkError, match=message) as wrong:
        read_sinks(sinks)
    assert "MfKQ" not in str(wrong.value)


def test_sinks_come_from_the_file_only_and_are_never_pickled_with_their_secrets(tmp_path: Path) -> None:
    file = tmp_path / "parastore.toml"
    lines = [f'{name} = "{value}"' for name, value in HOOK.items()]
    file.write_text("\n".join(["[[sinks]]", *lines]), encoding="utf-8")
    sinks = resolve({}, {}, file).settings.sinks
    assert sinks is not None
    pickled = pickle.dumps(sinks)
    assert SECRET.encode() not in pickled
    assert pickle.loads(pickled) == sinks
    with pytest.raises(SettingsError, match=r"sinks \(environment PARASTORE_SINKS\) must be given in the"):
        resolve({}, {"PARASTORE_SINKS": SECRET})
    file.write_text("sinks = 1", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\[\[sinks\]\]"):
        resolve({}, {}, file)


@pytest.mark.parametrize(("attempts", "milliseconds"), [(1, 100), (2, 200), (5, 1600), (1000, LONGEST_WAIT)])
def test_waits_double_up_to_a_bound(attempts: int, milliseconds: int) -> None:
    assert wait(attempts, 100) == milliseconds
