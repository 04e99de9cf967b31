"""The chain: every line carries the digest of all lines before it and of itself.

A line is a JSON object whose last member is `digest`: hex of SHA-256 over the digest of the line before (32 bytes) and
the line's own bytes without that member. So a line that is altered, removed, added or moved breaks the chain at that
place. A checkpoint is a line signed by a key that only the key ring gives: whoever can write the files can make
another chain, but not sign it.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_MARK = b',"digest":"'
_END = b'"}'
_TAIL = len(_MARK) + 64 + len(_END)
_SIGNED = b',"signature":"'

SEGMENT, CHECKPOINT = b'{"segment":', b'{"checkpoint":'


class Signer:
    """Signs for one term of the key ring; `public` is the key that verifies, in base64."""

    def __init__(self, term: int, seed: bytes) -> None:
        self.term = term
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, *parts: bytes) -> str:
        """The signature over these parts, in base64."""
        return base64.b64encode(self._key.sign(b"\n".join(parts))).decode()


def signed_by(public: str, signature: str, *parts: bytes) -> bool:
    """Whether a signature over these parts is of the key that `public` verifies."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), b"\n".join(parts))
    except (InvalidSignature, ValueError):
        return False
    return True


def start(trail: int) -> bytes:
    """The digest that a trail's chain begins with."""
    return hashlib.sha256(b"parastore audit trail %d" % trail).digest()


class Position(NamedTuple):
    """How far a trail has come: its lines, and the digest after the last of them."""

    lines: int
    digest: str


class Segment(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What a file begins with: it is file `number` of a trail, of which `lines` lines up to `digest` are before it."""

    trail: int
    number: int
    lines: int
    digest: str
    opened_at: str


class Checkpoint(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """How far a trail has come: `lines` before this one. `closing` ends a file, `torn` bytes of which were no line.

    `changes` is the trail of changes (see `store`) as it was then: its length and digest. `public_key` verifies.
    """

    trail: int
    lines: int
    at: str
    term: int
    public_key: str
    changes: Position | None = None
    closing: bool = False
    torn: int = 0


def link(before: bytes, body: bytes) -> bytes:
    """The digest of `body` in a chain whose digest was `before`."""
    return hashlib.sha256(before + body).digest()


def links(before: bytes, bodies: Iterable[bytes]) -> list[bytes]:
    """The digest of each of these bodies in a chain whose digest was `before`."""
    return list(itertools.accumulate(bodies, link, initial=before))[1:]


def line(body: bytes, digest: bytes) -> bytes:
    """A line of the chain; `body` is a JSON object."""
    return b"".join((body[:-1], _MARK, digest.hex().encode(), b'"}\n'))


def signed(checkpoint: Checkpoint, before: bytes, signer: Signer) -> bytes:
    """A checkpoint's body, for a chain whose digest is `before`."""
    content = msgspec.json.encode(checkpoint)
    return b'{"checkpoint":%b,"signature":"%b"}' % (content, signer.sign(before, content).encode())


class Line(NamedTuple):
    """A line taken apart: its body, and the digest it carries."""

    body: bytes
    digest: bytes


def read_line(text: bytes) -> Line | None:
    """A line without its end; None when it is no line of a chain."""
    at = len(text) - _TAIL
    if at < 1 or text[at : at + len(_MARK)] != _MARK or not text.endswith(_END):
        return None
    spelled = text[at + len(_MARK) : -len(_END)]
    try:
        digest = bytes.fromhex(spelled.decode("ascii"))
    except ValueError:
        return None
    # Hexadecimal has more than one spelling of a byte, and may hold spaces.
    return Line(text[:at] + b"}", digest) if digest.hex().encode() == spelled else None


def read_segment(body: bytes) -> Segment | None:
    """The header in a body that begins with SEGMENT; None when it is none."""
    try:
        return msgspec.json.decode(body[len(SEGMENT) : -1], type=Segment)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def read_checkpoint(body: bytes, before: bytes) -> tuple[Checkpoint, bool] | None:
    """The checkpoint in a body that begins with CHECKPOINT, and whether its own key signed it at this place."""
    content, mark, rest = body[len(CHECKPOINT) : -len(_END)].rpartition(_SIGNED)
    try:
        checkpoint = msgspec.json.decode(content, type=Checkpoint)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    signature = rest.decode("latin-1")
    return checkpoint, bool(mark) and signed_by(checkpoint.public_key, signature, before, content)
