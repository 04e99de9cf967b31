"""Root key providers: who holds the key that wraps the key ring.

A provider wraps and unwraps a few bytes, once for each start of a process. The file provider keeps the root key in the
data folder, which protects copies of the database but not copies of the whole folder; others keep it elsewhere.
"""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = "parastore-root-key-1"


class RootKeyError(Exception):
    """The root key cannot be had, or does not fit. The text says what to do."""


class RootKeyProvider(Protocol):
    """`name` is stored beside what it wrapped. Both calls raise RootKeyError."""

    name: str

    def wrap(self, key: bytes, term: int) -> bytes:
        """`key` (32 bytes) in a form only this provider opens, and only as this term of the ring."""

    def unwrap(self, wrapped: bytes, term: int) -> bytes:
        """The key that was wrapped as this term."""


class FileProvider:
    """A 32-byte root key in a file of mode 0600."""

    name = "file"

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def create(cls, path: Path) -> FileProvider:
        """Make a new root key file. Never replaces one: raises RootKeyError when the file exists."""
        key = AESGCM.generate_key(256)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{_MARK} {base64.b64encode(key).decode()}\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # fails when path exists, so a crash or a race never leaves half a key
        except FileExistsError as error:
            raise RootKeyError(f"{path} exists already") from error
        finally:
            os.unlink(draft)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> FileProvider:
        """Read the root key file; refuses one that others may read."""
        try:
            with path.open(encoding="ascii") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(1024)
        except FileNotFoundError as error:
            raise RootKeyError(f"the root key {path} is missing: put it back from where you keep it safe") from error
        except (OSError, UnicodeDecodeError) as error:
            raise RootKeyError(f"the root key {path} cannot be read: {error}") from error
        if stat.S_IMODE(mode) & 0o077:
            raise RootKeyError(f"the root key {path} can be read by others: chmod 600 {path}")
        mark, _, encoded = text.strip().partition(" ")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if mark != _MARK or len(key) != 32:
            raise RootKeyError(f"{path} is no Parastore root key")
        return cls(key)

    def wrap(self, key: bytes, term: int) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, key, _bind(term))

    def unwrap(self, wrapped: bytes, term: int) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:12], wrapped[12:], _bind(term))
        except (InvalidTag, ValueError) as error:
            raise RootKeyError("the root key does not fit this data: it belongs to another data folder") from error


def _bind(term: int) -> bytes:
    # Without its number an old key could be passed off as the newest, and new values would be sealed by it.
    return b"parastore key ring, term %d" % term
