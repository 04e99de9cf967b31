"""The key ring: what seals every stored value, and binds it to its place.

A blob is `format (1 byte) | term (4) | nonce (12) | AES-256-GCM ciphertext and tag`. Old terms open, only the
newest seals. The place (account, region, name, version ...) is authenticated, not stored: a blob that was altered, or
copied to another row, does not open.

INVARIANT: no value and no key reaches storage unsealed. What describes them (names, types, tags, times) is not sealed.
Nonces are random, so one term must not seal more than 2**32 blobs (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = b"\x01"
_HEADER = 1 + 4
_NONCE = 12


class IntegrityError(Exception):
    """A sealed blob does not open: altered, moved from its place, or sealed by another ring."""


class UnknownTerm(IntegrityError):
    """A blob names a term that this ring does not have: made by a newer one, or altered."""


class StaleRing(Exception):
    """Storage's ring has a newer term. What was done is rolled back, and may be done again with that ring."""


class KeyRing:
    """Open terms of the ring. `terms` maps a term's number to its 32-byte key; `newest` is the one that seals."""

    def __init__(self, terms: dict[int, bytes]) -> None:
        self.newest = max(terms)
        self._terms = dict(terms)
        self._ciphers = {_FORMAT + term.to_bytes(4, "big"): AESGCM(key) for term, key in terms.items()}
        self._newest = max(self._ciphers)

    def seal(self, plaintext: bytes, *place: str) -> bytes:
        """`plaintext` sealed for this place."""
        nonce = os.urandom(_NONCE)
        return self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, plaintext, _bind(place))

    @property
    def terms(self) -> tuple[int, ...]:
        """The numbers of its terms, ascending."""
        return tuple(sorted(self._terms))

    def derive(self, term: int, purpose: str) -> bytes:
        """32 bytes that only a term's key gives, for a purpose other than sealing (HKDF-SHA256)."""
        return HKDF(SHA256(), 32, None, f"parastore {purpose}".encode()).derive(self._terms[term])

    def is_newest(self, blob: bytes) -> bool:
        """Whether the newest term sealed it: one that may have been stolen with an old root key did not."""
        return blob.startswith(self._newest)

    def unseal(self, blob: bytes, *place: str) -> bytes:
        """What was sealed for this place; raises IntegrityError."""
        cipher = self._ciphers.get(blob[:_HEADER])
        if cipher is None:
            raise UnknownTerm(f"sealed by an unknown key, for {place}")
        try:
            return cipher.decrypt(blob[_HEADER : _HEADER + _NONCE], blob[_HEADER + _NONCE :], _bind(place))
        except (InvalidTag, ValueError) as error:
            raise IntegrityError(f"altered or moved, for {place}") from error


def _bind(place: tuple[str, ...]) -> bytes:
    # No part holds NUL (names, ids and numbers cannot), so no two places have the same bytes.
    return "\0".join(place).encode()
