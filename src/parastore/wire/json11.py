"""JSON 1.1 around what `shapes` reads and writes: errors as bodies, compressed bodies as plain ones."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from parastore.errors import RequestEntityTooLargeException, SerializationException, ServiceError

_GZIP = zlib.MAX_WBITS | 16
# zlib copies what a member leaves of its input, so a body of many tiny members is fed in small pieces.
_PIECE = 4096

# A secret among an error's members is a mistake; str shows its mask, where the encoder of answers would reveal it.
_encoder = msgspec.json.Encoder(enc_hook=str)


def render_error(error: ServiceError) -> bytes:
    """The body of an error: the bare code first, then the text where the code has one, then other members."""
    body: dict[str, Any] = {"__type": error.code}
    if error.member is not None and error.message:
        body[error.member] = error.message
    return _encoder.encode(body | error.members)


def decompress(body: bytes, encoding: bytes, limit: int) -> bytes:
    """The body as it was before Content-Encoding `encoding`, of `limit` bytes at most.

    Raises SerializationException for an encoding other than gzip or a body that is not in it, and
    RequestEntityTooLargeException as soon as the limit is passed, whatever more there is.
    """
    encoding = encoding.strip().lower()
    if encoding in (b"", b"identity"):
        _bound(body, limit)
        return body
    if encoding != b"gzip":
        raise SerializationException
    try:
        return _gunzip(memoryview(body), limit)
    except zlib.error:
        raise SerializationException from None


def _gunzip(body: memoryview, limit: int) -> bytes:
    plain = bytearray()
    position = 0
    while True:
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            piece = body[position : position + _PIECE]
            if not piece:
                raise SerializationException
            # One byte more than allowed tells too long from just long enough.
            plain += member.decompress(piece, limit - len(plain) + 1)
            _bound(plain, limit)
            position += len(piece) - len(member.unused_data)
        if position == len(body):
            return bytes(plain)


def _bound(body: bytes | bytearray, limit: int) -> None:
    if len(body) > limit:
        raise RequestEntityTooLargeException
