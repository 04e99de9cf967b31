"""Structured logs on stderr: one line per event, as JSON or as text.

A line has `ts` (RFC 3339, UTC, milliseconds), `level`, `event`, the logger, `request_id` when there is one, and
whatever else was given. A traceback is its `error`. What other libraries log through the standard library comes out the
same way.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from parastore.server.settings import Settings

_FIELDS = "parastore_fields"
# What a record has without anybody's `extra`; uvicorn's `color_message` repeats the message with escape sequences.
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message", _FIELDS}


def emit(logger: logging.Logger, level: int, event: str, **fields: Any) -> None:
    """Log an event with its fields. Values that JSON does not know are written with str(), so a SecretValue is masked.

    Pass `request_id` for what belongs to a request, `exc_info` for an exception. Fields that are None are left out.
    """
    if logger.isEnabledFor(level):
        exc_info = fields.pop("exc_info", None)
        logger.log(level, "%s", event, extra={_FIELDS: fields}, exc_info=exc_info, stacklevel=2)


def configuration(settings: Settings) -> dict[str, Any]:
    """What `logging.config.dictConfig` needs; uvicorn applies it in every worker process."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    level = settings.log_level.upper()
    # uvicorn's own account of starting and stopping repeats ours.
    chatter = level if level == "DEBUG" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": JsonFormatter if as_json else TextFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": chatter},
        "loggers": {
            "parastore": {"level": level},
            "uvicorn": {"handlers": [], "level": chatter, "propagate": True},
            "uvicorn.error": {"handlers": [], "level": chatter, "propagate": True},
            "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line = _head(record) | {"logger": record.name} | _fields(record)
        error = _error(record)
        if error:
            line["error"] = error
        return json.dumps(line, default=str)


class TextFormatter(logging.Formatter):
    """For people: time, level, event, then the fields as name=value; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        head = _head(record)
        words = [f"{head['ts']} {head['level']:<7} {_printable(head['event'])}"]
        words += [f"{name}={_word(value)}" for name, value in _fields(record).items()]
        line = " ".join(words)
        error = _error(record)
        return f"{line} error:\n{error}" if error else line


def _head(record: logging.LogRecord) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.created, UTC)
    return {
        "ts": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
        "level": record.levelname.lower(),
        "event": record.getMessage(),
    }


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    extra = {name: value for name, value in record.__dict__.items() if name not in _PLAIN}
    fields: Mapping[str, Any] = getattr(record, _FIELDS, {})
    known = {name: value for name, value in {**extra, **fields}.items() if value is not None}
    if "request_id" in known:
        known = {"request_id": known.pop("request_id"), **known}
    return known


def _error(record: logging.LogRecord) -> str:
    if not record.exc_info:
        return ""
    return logging.Formatter().formatException(record.exc_info)


def _printable(text: str) -> str:
    # A line break or an escape sequence in what a client sent must not become one in a terminal or a log file.
    return text if text.isprintable() else json.dumps(text)[1:-1]


def _word(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    plain = text and text.isprintable() and not any(character in text for character in ' "=')
    return text if plain else json.dumps(text)
