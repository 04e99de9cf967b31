"""The age format, by pyrage (`pip install 'parastore[age]'`): for keys that somebody else's identity is to open.

Anybody can encrypt to a recipient, so what an identity opens is not thereby from whom it should be.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parastore.private import is_open_to_others

_MOST = 64 << 10


class AgeError(Exception):
    """A recipient, an identity or what is to be opened cannot be used. The text says why; it holds no key."""


def encrypt(data: bytes, recipients: Sequence[str]) -> bytes:
    """Data that the identity of each of these opens: `age1...`, as age-keygen prints them. Raises AgeError."""
    pyrage = _pyrage()
    keys = []
    for each in recipients:
        try:
            keys.append(pyrage.x25519.Recipient.from_str(each))
        except pyrage.RecipientError:
            raise AgeError(f"{each} is no recipient: age-keygen prints it as age1...") from None
    sealed: bytes = pyrage.encrypt(data, keys)
    return sealed


def decrypt(data: bytes, identities: Path) -> bytes:
    """What one of the identities in a file opens: the file that age-keygen writes. Raises AgeError, OSError."""
    pyrage = _pyrage()
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in _lines(identities)]
        opened: bytes = pyrage.decrypt(data, keys)
    except pyrage.IdentityError:
        raise AgeError(f"{identities} is no file of identities as age-keygen writes it") from None
    except pyrage.DecryptError:
        raise AgeError(f"no identity in {identities} opens it") from None
    return opened


def _lines(file: Path) -> list[str]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        mode = os.fstat(opened.fileno()).st_mode
        text = opened.read(_MOST)
    if is_open_to_others(file, mode):
        raise AgeError(f"{file} can be read by others: chmod 600 {file}")
    lines = [line for each in text.splitlines() if (line := each.strip()) and not line.startswith("#")]
    if not lines:
        raise AgeError(f"{file} holds no identity")
    return lines


def _pyrage() -> Any:
    try:
        import pyrage  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise AgeError(f"recipients need pyrage ({error}): pip install 'parastore[age]'") from None
    return pyrage
