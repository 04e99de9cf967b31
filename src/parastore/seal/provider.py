"""The root key and its providers: 32 bytes that wrap the key ring, and who holds them.

The root key stands in the data folder (`key_file`), or outside, where a provider gives it: made of a passphrase, opened
by a command, a KMS or a token. It is asked for once for each start of a process and once for each new term, is in
memory only while the terms are opened, and wraps them by AES-256-GCM whoever the provider is. So what binds a term to
its number does not depend on what an outside cipher authenticates.

RootKeyError               the root key cannot be had, or does not fit; the text says what to do and holds no secret
+-- RootKeyUnavailable     the provider cannot be reached now: asking again later may help
+-- RootKeyRefused         the provider refused, and asking again does harm: tokens lock after some wrong PINs
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parastore.seal.secret import Secrets

SIZE = 32  # bytes of a root key
# Those outside the data folder; `file` is the one inside.
MODULES = {
    "passphrase": "parastore.seal.passphrase",
    "command": "parastore.seal.command",
    "kms": "parastore.seal.kms",
    "pkcs11": "parastore.seal.pkcs11",
}
FILE = "file"
PROVIDERS = (FILE, *MODULES)


class RootKeyError(Exception):
    """See above."""


class RootKeyUnavailable(RootKeyError):
    """See above."""


class RootKeyRefused(RootKeyError):
    """See above."""


class RootKey:
    """The key itself, at work."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def wrap(self, key: bytes, term: int) -> bytes:
        """A term's key in a form that only this root key opens, and only as this term."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, key, _bind(term))

    def unwrap(self, wrapped: bytes, term: int) -> bytes:
        """The key that was wrapped as this term. Raises RootKeyError."""
        try:
            return self._cipher.decrypt(wrapped[:12], wrapped[12:], _bind(term))
        except (InvalidTag, ValueError) as error:
            raise RootKeyError("the root key does not fit this data: it belongs to another data folder") from error


class Provider(Protocol):
    """One outside the data folder. Both calls block, and raise RootKeyError.

    `parameters` say how it is reached and hold no secret; they are kept in the data folder. `keeps` is what storage
    keeps of a root key, which tells nothing to those whom the provider does not know.
    """

    name: ClassVar[str]
    parameters: dict[str, Any]

    def create(self, key_id: str) -> tuple[bytes, bytes]:
        """A new root key, and what storage keeps of it."""

    def open(self, key_id: str, keeps: bytes) -> Iterator[bytes]:
        """What may be that root key, the likeliest first: at least one. Each takes time."""


def make(name: str, parameters: Mapping[str, Any], secrets: Secrets) -> Provider:
    """The provider that is reached so. Raises RootKeyError when the parameters are none of its own."""
    if name not in MODULES:
        raise RootKeyError(f"no provider of root keys is called {name}: it is one of {', '.join(PROVIDERS)}")
    module = importlib.import_module(MODULES[name])  # boto3 and a token's library are loaded by those who use them
    try:
        provider: Provider = module.PROVIDER(secrets, **parameters)
    except TypeError as error:
        raise RootKeyError(f"the root key provider {name} is not reached by {', '.join(parameters)}") from error
    return provider


def _bind(term: int) -> bytes:
    # Without its number an old key could be passed off as the newest, and new values would be sealed by it.
    return b"parastore key ring, term %d" % term
