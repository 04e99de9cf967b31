"""Keep known secrets out of logs.

    from parastore import redaction
    redaction.install()                      # the root logger's handlers
    redaction.remember("a secret of mine")   # `parastore.cached` and `parastore.settings` do it for SecureStrings

A filter on a handler sees every record on its way out, whatever logger it came from, tracebacks too.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from urllib.parse import quote

MARK = "[redacted]"
# What is shorter would be found in ordinary words, and is guessed anyway.
SHORTEST = 6

# A log has no owner, so what is known is the process's.
_lock = threading.Lock()
_known: set[str] = set()
_pattern: re.Pattern[str] | None = None  # of all that is known, made when it is next wanted


def remember(value: str) -> None:
    """Redact this value from now on, also as JSON, `repr` and a URL write it. Values under 6 characters are not."""
    global _pattern  # noqa: PLW0603
    if len(value) < SHORTEST or value in _known:
        return
    with _lock:
        _known.update((value, json.dumps(value)[1:-1], repr(value)[1:-1], quote(value), quote(value, safe="")))
        _pattern = None


def redact(text: str) -> str:
    """The text with `[redacted]` for every value that is known."""
    global _pattern  # noqa: PLW0603
    if not _known:
        return text
    with _lock:
        if _pattern is None:
            # The longest first, so that a secret that begins with another is covered whole.
            longest = sorted(_known, key=len, reverse=True)
            _pattern = re.compile("|".join(map(re.escape, longest)))
        pattern = _pattern
    return pattern.sub(MARK, text)


class RedactingFilter(logging.Filter):
    """For a logging.Handler (or a logger, for the records that are logged on it itself)."""

    _plain = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        if not _known:
            return True
        message = record.getMessage()
        if (clean := redact(message)) != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._plain.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def install(logger: logging.Logger | None = None) -> None:
    """Put the filter on every handler of a logger, by default the root logger. Doing it again does nothing."""
    for handler in (logger or logging.getLogger()).handlers:
        if not any(isinstance(each, RedactingFilter) for each in handler.filters):
            handler.addFilter(RedactingFilter())
