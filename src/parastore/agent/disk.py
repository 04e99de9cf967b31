"""A copy of the cache on disk, encrypted, so that a machine that starts without its network still has its values.

The file is one AES-256-GCM message, bound to the endpoint, the Region and the access key it was fetched with: another
identity does not read it. The key is a file of its own, which may be on another disk, or come from systemd-creds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.agent.cache import Kept
from parastore.agent.rules import Lookup
from parastore.private import is_open_to_others

_NONCE = 12
_FORM = 1


class DiskError(Exception):
    """The file or its key cannot be used; the text says why."""


class Disk:
    """The file `path`, encrypted with the key in `key_path`, for what was fetched as `identity`."""

    def __init__(self, path: Path, key_path: Path, identity: str) -> None:
        self._path = path
        self._cipher = AESGCM(_key(key_path))
        self._bound = f"parastore agent cache {_FORM} {identity}".encode()

    def load(self) -> list[tuple[Lookup, bytes, float]]:
        """Look-up, answer and age in seconds of what was kept. Empty where there is no file.

        Raises DiskError when it is not ours.
        """
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise DiskError(f"cannot read {self._path}: {error.strerror}") from None
        try:
            rows = json.loads(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound))
        except (InvalidTag, ValueError):
            raise DiskError(f"{self._path} was kept with another key, server or identity, or is damaged") from None
        now = time.time()
        return [(_lookup(row), row["body"].encode(), max(0.0, now - row["fetched"])) for row in rows]

    def save(self, items: Iterable[tuple[Lookup, Kept]]) -> None:
        """Replace the file. Raises DiskError."""
        now, clock = time.time(), time.monotonic()
        rows = [
            {
                "service": at.service,
                "members": at.members,
                "body": kept.body.decode(),
                "fetched": now - clock + kept.fetched,
            }
            for at, kept in items
        ]
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, json.dumps(rows).encode(), self._bound)
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            _write_new(beside, sealed)
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise DiskError(f"cannot write {self._path}: {error.strerror}") from None


def _lookup(row: dict[str, Any]) -> Lookup:
    return Lookup(row["service"], tuple((key, value) for key, value in row["members"]))


def _key(path: Path) -> bytes:
    try:
        if not path.exists():
            _write_new(path, os.urandom(32))
        elif is_open_to_others(path, path.stat().st_mode):
            raise DiskError(f"{path} is open to others: chmod 600 {path}")
        key = path.read_bytes()
    except OSError as error:
        raise DiskError(f"cannot use the key {path}: {error.strerror}") from None
    if len(key) != 32:
        raise DiskError(f"{path} is no key: it must have 32 bytes")
    return key


def _write_new(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
