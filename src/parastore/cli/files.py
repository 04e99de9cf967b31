"""Files that hold secrets: nobody else may read them, and they are whole or not there."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from parastore.cli import exits


def read_text(path: Path) -> str:
    """A file's text; bytes that are not UTF-8 survive until `write_private`. Ends when it cannot be read."""
    try:
        return path.read_bytes().decode(errors="surrogateescape")
    except OSError as error:
        raise exits.Ended(exits.UNABLE, f"cannot read {path}: {error.strerror}") from None


def write_private(path: Path, text: str) -> None:
    """Write with mode 0600, beside the old file and then in its place; through a link, not over it."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with open(handle, "wb") as file:
                file.write(text.encode(errors="surrogateescape"))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise exits.Ended(exits.UNABLE, f"cannot write {path}: {error.strerror}") from None
