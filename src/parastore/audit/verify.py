"""Is a trail what was written? Walks its lines and names the first one that is not. No I/O.

What cannot be seen by the chain alone, lines cut from its end, is seen by what was noted elsewhere (`Checker.expect`):
storage notes how far each trail is, and every checkpoint of a file how far the trail of changes was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from parastore.audit.chain import (
    CHECKPOINT,
    SEGMENT,
    Checkpoint,
    Line,
    Position,
    link,
    read_checkpoint,
    read_line,
    read_segment,
    start,
)

PublicKey = Callable[[int], str | None]  # of a term; None when this ring has no such term


class Broken(NamedTuple):
    """The first thing that is wrong with a trail: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Checker:
    """One trail. `public_key` gives the keys that may have signed; without it, each checkpoint's own is taken."""

    def __init__(self, trail: int, first: Position | None = None, public_key: PublicKey | None = None) -> None:
        self.trail = trail
        self.position = first or Position(0, start(trail).hex())
        self.first = self.position
        self.broken: Broken | None = None
        self.notes: list[str] = []
        self.keys: set[str] = set()
        self.changes: list[Position] = []
        self._public_key = public_key
        self._expected: dict[int, tuple[str, str]] = {}
        self._closed = False
        self._whole = True

    def expect(self, position: Position, by: str) -> None:
        """The trail was at this position once, as `by` says."""
        self._expected[position.lines] = position.digest, by

    def file(self, name: str, number: int, texts: Iterable[bytes], *, last: bool, written: bool = False) -> None:
        """Check a file of the trail. Another follows unless it is the `last`; one that is `written` may end anyhow."""
        self._closed = False
        torn = b""
        at = 0
        for at, text in enumerate(texts, 1):
            if self.broken is not None:
                return
            if not text.endswith(b"\n"):
                torn = text
                break
            self._line(name, at, number, text[:-1])
        if self.broken is not None:
            return
        if at == 0 or (at == 1 and torn):
            self.notes.append(f"{name}: nothing was written to it whole")
        if not last and not self._closed:
            self.broken = Broken(name, "lines are cut from its end: another file follows, and nothing closed this one")
        elif torn and not written:
            self.notes.append(f"{name}: ends with {len(torn)} bytes that are no line; a server was killed writing them")
        elif not self._closed and not written and self.trail:
            self.notes.append(f"{name}: was not closed, a server was killed; the next one to start closes it")

    def stored(self, name: str, sequence: int, digest: str, body: bytes) -> None:
        """Check the next line as it stands in storage."""
        if self.broken is None:
            where = self._where(f"{name} record {sequence}", body)
            if sequence != self.position.lines + 1:
                missing = f"records {self.position.lines + 1} to {sequence - 1} before it are missing"
                self.broken = Broken(where, missing)
                return
            self._accept(where, Line(body, _bytes(digest)), None)

    def end(self) -> None:
        """Nothing more follows: is all of it there that was there once?"""
        if self.broken is not None:
            return
        for lines, (_, by) in sorted(self._expected.items()):
            if lines > self.position.lines:
                self.broken = Broken(
                    f"trail {self.trail}",
                    f"is cut: it ends with line {self.position.lines}, and {by} says that it had {lines}",
                )
                return

    def _line(self, name: str, at: int, number: int, text: bytes) -> None:
        where = f"{name} line {at}"
        line = read_line(text)
        if line is None:
            self.broken = Broken(where, "is no line of a trail")
            return
        where = self._where(where, line.body)
        if self._closed:
            self.broken = Broken(where, "stands behind the end of its file")
        elif (at == 1) != line.body.startswith(SEGMENT) and self.trail and not self._is_later_part(at):
            self.broken = Broken(where, "is not what a file begins with" if at == 1 else "is the beginning of a file")
        else:
            self._accept(where, line, number)

    def _is_later_part(self, at: int) -> bool:
        """Whether the first line that is kept of a trail is the first of this file: it may be any line of it."""
        return at == 1 and self.position == self.first and self.first.lines > 0

    def _accept(self, where: str, line: Line, number: int | None) -> None:
        before = bytes.fromhex(self.position.digest)
        digest = link(before, line.body)
        if line.body.startswith(SEGMENT) and number is not None:
            header = read_segment(line.body)
            if header is None or (header.trail, header.number) != (self.trail, number):
                self.broken = Broken(where, "is the beginning of another file")
                return
            if (header.lines, header.digest) != self.position:
                missing = f"{header.lines} lines stood before it, there are {self.position.lines}"
                self.broken = Broken(where, f"does not follow what is before it: {missing}")
                return
        if digest != line.digest:
            self.broken = Broken(where, "was altered, or a line before it was removed or moved")
            return
        if line.body.startswith(CHECKPOINT):
            self._checkpoint(where, line.body, before)
        self.position = Position(self.position.lines + 1, digest.hex())
        expected = self._expected.get(self.position.lines)
        if self.broken is None and expected is not None and expected[0] != self.position.digest:
            self.broken = Broken(where, f"is not the line that {expected[1]} knows: the trail up to it was replaced")

    def _checkpoint(self, where: str, body: bytes, before: bytes) -> None:
        found = read_checkpoint(body, before)
        if found is None:
            self.broken = Broken(where, "is no checkpoint")
            return
        mark, good = found
        if not good or (mark.trail, mark.lines) != (self.trail, self.position.lines) or not self._is_known(mark):
            self.broken = Broken(where, "is not signed by the key ring")
            return
        self.keys.add(mark.public_key)
        self._closed = mark.closing
        if mark.changes is not None:
            self.changes.append(mark.changes)

    def _is_known(self, mark: Checkpoint) -> bool:
        return self._public_key is None or self._public_key(mark.term) == mark.public_key

    @staticmethod
    def _where(where: str, body: bytes) -> str:
        try:
            event = json.loads(body)["eventID"]
        except (ValueError, KeyError, TypeError):
            return where
        return f"{where} (event {str(event)[:64]!s})"


def _bytes(digest: str) -> bytes:
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""
