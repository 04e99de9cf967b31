"""A file that nobody reads, alters, reorders or cuts off unseen: encrypted frames, of which the last says that it is.

A frame is `length (4 bytes) | AES-256-GCM ciphertext and tag`, under a key that encrypts nothing else. Its nonce is its
number and whether it is the last one (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015), and
the file's header is authenticated with every frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_LENGTH = 4
LARGEST = 64 << 20  # bytes of a frame: what a damaged length makes us read at most


class DamagedFile(Exception):
    """The file is not what was written. The text says where."""


class FrameWriter:
    """Writes frames behind a header that was written."""

    def __init__(self, file: BinaryIO, key: bytes, header: bytes) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._header = header
        self._number = 0

    def write(self, content: bytes, *, last: bool = False) -> None:
        """Append a frame; nothing follows the last one."""
        frame = self._cipher.encrypt(_nonce(self._number, last), content, self._header)
        self._file.write(len(frame).to_bytes(_LENGTH, "big") + frame)
        self._number += 1


def frames(file: BinaryIO, key: bytes, header: bytes) -> Iterator[bytes]:
    """The frames of a file behind its header. Raises DamagedFile at the first that is not what was written."""
    cipher, number = AESGCM(key), 0
    while True:
        at = file.tell()
        length = int.from_bytes(_exactly(file, _LENGTH, number, at), "big")
        if length > LARGEST:
            raise DamagedFile(f"frame {number}, at byte {at}, has an impossible length")
        frame = _exactly(file, length, number, at)
        for last in (False, True):
            try:
                content = cipher.decrypt(_nonce(number, last), frame, header)
            except (InvalidTag, ValueError):
                continue
            yield content
            break
        else:
            raise DamagedFile(f"frame {number}, at byte {at}, was altered")
        if last:
            if file.read(1):
                raise DamagedFile(f"something was added behind the end, at byte {file.tell() - 1}")
            return
        number += 1


def _exactly(file: BinaryIO, length: int, number: int, at: int) -> bytes:
    found = file.read(length)
    if len(found) < length:
        raise DamagedFile(f"the file is cut off at byte {file.tell()}, within frame {number} that begins at byte {at}")
    return found


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
