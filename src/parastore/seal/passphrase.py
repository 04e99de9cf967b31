"""The root key is made of a passphrase, by Argon2id. Whoever has the database may try passphrases, as fast as that is.

The costs are RFC 9106's second choice (64 MiB, 3 passes, 4 lanes), 0.35 s of a core where we measured; storage keeps
them with the salt. A file may hold several passphrases, one a line: the last is for the next root key, and all are
tried, so that a running server finds the new one where it found the old.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from parastore.seal.provider import SIZE, Provider, RootKeyError, RootKeyUnavailable
from parastore.seal.secret import SecretError, Secrets

_COSTS = {"iterations": 3, "lanes": 4, "memory_cost": 64 << 10}  # memory in KiB
_MOST = {"iterations": 100, "lanes": 64, "memory_cost": 4 << 20}  # an altered row must not take the machine down
_SHORTEST = 12
_SALT = 16


class PassphraseProvider:
    """`secret_file` holds the passphrase; without it, a systemd credential or the terminal."""

    name: ClassVar[str] = "passphrase"

    def __init__(self, secrets: Secrets, *, secret_file: str | None = None) -> None:
        self.parameters: dict[str, Any] = {} if secret_file is None else {"secret_file": secret_file}
        self._secrets = secrets
        self._file = None if secret_file is None else Path(secret_file)

    def create(self, key_id: str) -> tuple[bytes, bytes]:
        """See Provider. Refuses a short passphrase."""
        try:
            passphrase = self._secrets.new(self._file, "passphrase")
        except SecretError as error:
            raise RootKeyError(f"the root key needs a passphrase: {error}") from error
        if len(passphrase) < _SHORTEST:
            raise RootKeyError(f"a passphrase for the root key has {_SHORTEST} characters or more: take five words")
        salt = os.urandom(_SALT)
        return _derive(passphrase, salt, _COSTS), json.dumps({"salt": salt.hex(), **_COSTS}).encode()

    def open(self, key_id: str, keeps: bytes) -> Iterator[bytes]:
        """See Provider."""
        try:
            costs = json.loads(keeps)
            salt = bytes.fromhex(costs.pop("salt"))
            fits = costs.keys() == _MOST.keys() and all(0 < costs[name] <= _MOST[name] for name in _MOST)
        except (ValueError, KeyError, TypeError, AttributeError):
            fits = False
        if not fits:
            raise RootKeyError("what the database keeps of the root key was altered: restore a backup")
        try:
            passphrases = self._secrets.current(self._file, "passphrase")
        except SecretError as error:
            raise RootKeyUnavailable(f"the passphrase of the root key is not there: {error}") from error
        for passphrase in passphrases:
            yield _derive(passphrase, salt, costs)


def _derive(passphrase: str, salt: bytes, costs: dict[str, int]) -> bytes:
    try:
        argon2id = Argon2id(
            salt=salt,
            length=SIZE,
            iterations=costs["iterations"],
            lanes=costs["lanes"],
            memory_cost=costs["memory_cost"],
        )
        return argon2id.derive(passphrase.encode())
    except (ValueError, TypeError, MemoryError) as error:
        raise RootKeyError(f"the passphrase cannot be used: {error}") from error


PROVIDER: type[Provider] = PassphraseProvider
