from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from parastore.context import SecretValue
from parastore.server import logs
from parastore.server.settings import Settings

log = logging.getLogger("parastore.test")
NAMES = ("", "parastore", "uvicorn", "uvicorn.error", "uvicorn.access")


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [(logger, logger.level, list(logger.handlers), logger.propagate) for logger in loggers]
    yield
    for logger, level, handlers, propagate in before:
        logger.level, logger.propagate = level, propagate
        logger.handlers[:] = handlers


class Stderr:
    """What was written to stderr so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._text = ""

    def getvalue(self) -> str:
        self._text += self._capsys.readouterr().err
        return self._text


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Stderr:
    return Stderr(capsys)


def configure(**settings: Any) -> None:
    logging.config.dictConfig(logs.configuration(Settings(**settings)))


def test_json_is_one_object_per_line(stderr: Stderr) -> None:
    configure(log_format="json")
    logs.emit(log, logging.INFO, "listening", port=4583, request_id="abc", nothing=None, tls=False)
    line = json.loads(stderr.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("ts"))
    assert line == {
        "level": "info",
        "event": "listening",
        "logger": "parastore.test",
        "request_id": "abc",
        "port": 4583,
        "tls": False,
    }


def test_the_extra_of_the_standard_library_is_fields_too(stderr: Stderr) -> None:
    configure(log_format="json")
    log.info("%d of %d", 1, 2, extra={"color_message": "\x1b", "step": "decode", "request_id": "abc"})
    line = json.loads(stderr.getvalue())
    line.pop("ts")
    assert list(line.items()) == [
        ("level", "info"),
        ("event", "1 of 2"),
        ("logger", "parastore.test"),
        ("request_id", "abc"),
        ("step", "decode"),
    ]


def test_text_is_for_people(stderr: Stderr) -> None:
    configure(log_format="text")
    logs.emit(log, logging.WARNING, "worker died", exitcode=-9, name="a b", empty="", quote='x"', path="/x")
    moment, rest = stderr.getvalue().split(" ", 1)
    assert moment.endswith("Z")
    assert rest == 'warning worker died exitcode=-9 name="a b" empty="" quote="x\\"" path=/x\n'


@pytest.mark.parametrize("format_", ["json", "text"])
def test_a_line_stays_a_line(stderr: Stderr, format_: str) -> None:
    configure(log_format=format_)
    logs.emit(log, logging.INFO, "odd\nevent\x1b[31m", value="a\nb\r\x00c", other=["x\ny"])
    assert stderr.getvalue().count("\n") == 1
    assert "\x1b" not in stderr.getvalue()
    assert "\r" not in stderr.getvalue()


@pytest.mark.parametrize("format_", ["json", "text"])
def test_a_secret_is_masked(stderr: Stderr, format_: str) -> None:
    configure(log_format=format_)
    logs.emit(log, logging.INFO, "put", value=SecretValue("s3cr3t"), values=[SecretValue("s3cr3t")])
    log.info("%s %r", SecretValue("s3cr3t"), SecretValue("s3cr3t"))
    assert "s3cr3t" not in stderr.getvalue()
    assert "******" in stderr.getvalue()


def test_a_traceback_is_the_error_field(stderr: Stderr) -> None:
    configure(log_format="json")
    try:
        raise ValueError("out")
    except ValueError as error:
        logs.emit(log, logging.ERROR, "failed", exc_info=error)
    line = json.loads(stderr.getvalue())
    assert line["event"] == "failed"
    assert line["error"].startswith("Traceback")
    assert line["error"].endswith("ValueError: out")


def test_a_traceback_follows_in_text(stderr: Stderr) -> None:
    configure(log_format="text")
    try:
        raise ValueError("out")
    except ValueError:
        log.exception("failed")
    first, second, *_, last = stderr.getvalue().splitlines()
    assert first.endswith("failed error:")
    assert second.startswith("Traceback")
    assert last == "ValueError: out"


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("debug", ["debug", "info", "warning", "uvicorn", "uvicorn warning", "other"]),
        ("info", ["info", "warning", "uvicorn warning", "other"]),
        ("warning", ["warning", "uvicorn warning", "other"]),
        ("error", ["uvicorn warning", "other"]),
    ],
)
def test_levels(stderr: Stderr, level: str, events: list[str]) -> None:
    configure(log_format="json", log_level=level)
    for name in ("debug", "info", "warning"):
        logs.emit(log, getattr(logging, name.upper()), name)
    logging.getLogger("uvicorn.error").info("uvicorn")
    logging.getLogger("uvicorn.error").warning("uvicorn %s", "warning")
    logging.getLogger("asyncio").warning("other")
    assert [json.loads(line)["event"] for line in stderr.getvalue().splitlines()] == events


@pytest.mark.parametrize(("terminal", "first"), [(True, "2"), (False, "{")])
def test_auto_is_text_on_a_terminal(
    stderr: Stderr, monkeypatch: pytest.MonkeyPatch, terminal: bool, first: str
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    configure()
    logs.emit(log, logging.INFO, "x")
    assert stderr.getvalue()[0] == first
