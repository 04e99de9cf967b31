"""One process's trail of what changed nothing: reads and refusals, a file that only grows.

A record is given to the operating system before its call is answered, so it outlives the process; the disk has it
within a second. It is written without a transaction, for a commit for each read would cost more than the read, and
would make every other process forget what it remembers (docs/adr/0013).

INVARIANT: what was written and not acknowledged is cut off again, so the file holds whole lines, of one chain.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from parastore.audit import segments
from parastore.audit.chain import SEGMENT, Checkpoint, Position, Segment, Signer, line, links, signed, start
from parastore.audit.event import written
from parastore.errors import ServiceUnavailableException

# A record, or what composes it: then those of many calls are composed one after another, when they are written.
Record = bytes | Callable[[], bytes]


class Altered(Exception):
    """Somebody else changed the file that is being written. The text says how."""


class Trail:
    """The trail of one process. It has no number, and writes nothing, until `open`. `clock` gives milliseconds."""

    def __init__(self, folder: Path, clock: Callable[[], int]) -> None:
        self._folder = folder
        self._clock = clock
        self.number = 0
        self.lines = 0
        self.inner = 0  # records of what other services did for a call: KMS, which decrypts for readers
        self._digest = b""
        self._segment = 0
        self._file = -1
        self._path = folder
        self.size = 0
        self.opened_at = 0
        self._gathered: list[Record] | None = None
        self.is_marked = True  # whether nothing was written since the last checkpoint
        self.altered = 0  # files that somebody else cut, added to or removed while this process wrote them
        self.failure: str | None = None  # why records cannot be kept, until a checkpoint can
        self.passed_on: Callable[[Sequence[bytes]], None] | None = None  # who is told of every record
        self.unsent: list[tuple[int, bytes, bytes]] | None = None  # sequence, digest and body, where storage gets them

    def open(self, number: int) -> None:
        """Begin the trail with this number. Its first file is made with its first record."""
        self.number = number
        self._digest = start(number)

    @property
    def position(self) -> Position:
        """How far it has come."""
        return Position(self.lines, self._digest.hex())

    def gather(self) -> None:
        """Put what is written aside until `settle`: for many calls that are answered together."""
        self._gathered = []

    def settle(self) -> None:
        """Write what was gathered since. Raises as `write` does; then nothing of it is kept."""
        records, self._gathered = self._gathered, None
        if records:
            self._keep(records)

    def write(self, *records: Record) -> None:
        """Add records. Raises ServiceUnavailableException when they cannot be kept; then nothing of them is."""
        self.inner += len(records) - 1
        if self._gathered is not None:
            self._gathered += records
            return
        self._keep(records)

    def _keep(self, given: Sequence[Record]) -> None:
        records = [each if isinstance(each, bytes) else each() for each in given]
        try:
            if self._file < 0:
                self._begin()
            self._append(records)
        except OSError as error:
            self.failure = error.strerror or str(error)
            raise ServiceUnavailableException(
                "The audit trail cannot be written, so nothing is answered now. Try again later."
            ) from error
        if self.passed_on is not None:
            self.passed_on(records)

    def pass_on(self, records: Sequence[bytes]) -> None:
        """Tell of records that are kept: those of changes are in storage."""
        if self.passed_on is not None:
            self.passed_on(records)

    def checkpoint(self, signer: Signer, changes: Position | None, *, closing: bool = False) -> None:
        """Sign what there is, and after a failure see so whether it is over.

        Raises OSError, and Altered when the file is not what was written.
        """
        if self.failure is not None and self._file < 0:
            self._begin()
        elif self.failure is None and (self._file < 0 or (self.is_marked and not closing)):
            return
        status = os.fstat(self._file)
        if not status.st_nlink or status.st_size != self.size:
            self._let_go()
            self.altered += 1
            raise Altered(f"{self._path} was {'cut or added to' if status.st_nlink else 'removed'} by somebody else")
        at = written(self._clock() // 1000).decode()
        mark = Checkpoint(self.number, self.lines, at, signer.term, signer.public, changes, closing)
        self._append((signed(mark, self._digest, signer),))
        self.is_marked = True
        self.failure = None
        if closing:
            os.fdatasync(self._file)
            self._let_go()

    def descriptor(self) -> int | None:
        """A copy of the file's descriptor, to sync in a thread and close."""
        return None if self._file < 0 else os.dup(self._file)

    def close(self) -> None:
        """Write no more; a file that no checkpoint has closed is closed by the next process that looks."""
        if self._file >= 0:
            self._let_go()

    def _begin(self) -> None:
        if not self.number:
            raise OSError("the trail is not open yet")
        now = self._clock()
        self._path = self._folder / segments.name_of(self.number, self._segment + 1)
        self._file = segments.create(self._path)
        self._segment += 1
        self.size, self.opened_at = 0, now
        header = Segment(self.number, self._segment, self.lines, self._digest.hex(), written(now // 1000).decode())
        try:
            self._append((SEGMENT + msgspec.json.encode(header) + b"}",))
        except OSError:
            # Nothing stands in it; the next try makes it again.
            self._let_go()
            self._segment -= 1
            with contextlib.suppress(OSError):
                self._path.unlink()
            raise

    def _append(self, bodies: Sequence[bytes]) -> None:
        digests = links(self._digest, bodies)
        data = b"".join(map(line, bodies, digests))
        count = -1
        try:
            count = os.write(self._file, data)
        finally:
            if count != len(data):
                self._cut_back()
        if count != len(data):
            raise OSError("the disk took a part of the record only")
        if self.unsent is not None:
            self.unsent += zip(itertools.count(self.lines + 1), digests, bodies, strict=False)
        self._digest = digests[-1]
        self.lines += len(bodies)
        self.size += count
        self.is_marked = False

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._file, self.size)
        except OSError:
            # What stands there now is no part of the chain; a new file goes on from what is.
            self._let_go()

    def _let_go(self) -> None:
        os.close(self._file)
        self._file = -1
        self.size = 0
