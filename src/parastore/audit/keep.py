"""What keeps a process's trail true: checkpoints, anchors, new files in time, the end of files whose process died.

`turn` is a job's. It writes to storage only when something was recorded since, and not more often than every five
seconds, for each write makes the other processes of a SQLite database forget what they remember.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from parastore.audit import segments, store
from parastore.audit.chain import (
    Checkpoint,
    Position,
    Signer,
    line,
    link,
    read_checkpoint,
    read_line,
    read_segment,
    signed,
)
from parastore.audit.event import written
from parastore.audit.segments import File
from parastore.audit.trail import Altered, Trail
from parastore.audit.verify import Checker
from parastore.seal.keyring import KeyRing
from parastore.storage.protocol import Engine, StorageError, Transaction

_log = logging.getLogger("parastore.audit")
_ANCHOR_EVERY = 5  # turns, of a second each
_PRUNE_EVERY = 60
_SENT = 200  # lines of a transaction
_NODE = "node"


def signer_of(ring: KeyRing, term: int | None = None) -> Signer:
    """What signs for a term of the ring, by default the newest."""
    number = ring.newest if term is None else term
    return Signer(number, ring.derive(number, "audit"))


def public_keys(ring: KeyRing) -> dict[int, str]:
    """The key that verifies, for each term of the ring."""
    return {term: signer_of(ring, term).public for term in ring.terms}


def node_of(folder: Path) -> str:
    """What tells a data folder's trails from those of other nodes. Made when it is not there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / _NODE
    with contextlib.suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        os.write(file, str(uuid.uuid4()).encode())
        os.close(file)
    return path.read_text(encoding="ascii")


async def send_file(engine: Engine, file: File, now: int) -> None:
    """Store the lines of a file that storage has not. `now` is the time of those that say none, in milliseconds."""
    have = await store.position(engine.read(), file.trail)
    found = [read_line(text[:-1]) for text in segments.forwards(file.path)]
    header = read_segment(found[0].body) if found and found[0] is not None else None
    if header is None:
        return
    numbered = enumerate(found, header.lines + 1)
    missing = [(at, line.digest, line.body) for at, line in numbered if line is not None and at > have.lines]
    for start in range(0, len(missing), _SENT):
        some = missing[start : start + _SENT]
        await engine.write(partial(store.add_lines, trail=file.trail, stored=some, now=now))


class Keeper:
    """Keeps the trail of one process in `folder`. `clock` gives milliseconds, `ring` the ring in force or None.

    A file is closed when it is larger than `most_bytes` or older than `longest` milliseconds, and deleted `retention`
    milliseconds after its last record. Where nodes share a database (`shared`) storage gets all lines, each turn, and
    a closed file is deleted once it has them.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        clock: Callable[[], int],
        *,
        most_bytes: int,
        longest: int,
        retention: int,
        shared: bool = False,
    ) -> None:
        self.trail = Trail(folder, clock)
        self.folder = folder
        self._engine = engine
        self._clock = clock
        self._most_bytes = most_bytes
        self._longest = longest
        self._retention = retention
        self._shared = shared
        if shared:
            self.trail.unsent = []
        self._signer: Signer | None = None
        self._turns = 0
        self._anchored = Position(0, "")
        self._changes = Position(0, "")

    async def open(self) -> None:
        """Give the trail its number. Raises StorageError, OSError."""
        node = node_of(self.folder)
        above = max((each.trail for each in segments.files(self.folder)), default=0)
        now = self._clock()
        self.trail.open(await self._engine.write(lambda tx: store.open_trail(tx, node, now, above)))

    async def turn(self, ring: KeyRing) -> bool:
        """Sync and sign what was recorded since the last turn, and once in a while do what else is to be done."""
        signer = self._signer_of(ring)
        trail = self.trail
        changes = await store.position(self._engine.read(), store.CHANGES)
        if not trail.is_marked and (file := trail.descriptor()) is not None:
            await asyncio.get_running_loop().run_in_executor(None, _sync, file)
        full = trail.size > self._most_bytes or (trail.size and self._clock() - trail.opened_at > self._longest)
        try:
            trail.checkpoint(signer, changes, closing=bool(full))
        except Altered as error:
            _log.error("the audit trail was altered", extra={"reason": str(error)})
        await self._send()
        if full and self._shared:
            # Under load a minute's files would fill a folder that is in memory.
            await self._delete_sent(trail.number)
        if self._turns % _ANCHOR_EVERY == 0:
            await self._anchor(signer, changes)
        if self._turns % _PRUNE_EVERY == 0:
            await self._close_abandoned(signer)
            await self._prune(signer)
        self._turns += 1
        return False

    async def close(self) -> None:
        """Sign the end, if the ring could be had. What cannot be done is left to the next process."""
        try:
            if self._signer is not None:
                changes = await store.position(self._engine.read(), store.CHANGES)
                self.trail.checkpoint(self._signer, changes, closing=True)
                await self._send()
                await self._anchor(self._signer, changes)
        except (Altered, OSError, StorageError) as error:
            _log.error("the audit trail is not closed", extra={"reason": str(error)})
        finally:
            self.trail.close()

    def _signer_of(self, ring: KeyRing) -> Signer:
        if self._signer is None or self._signer.term != ring.newest:
            self._signer = signer_of(ring)
        return self._signer

    async def _send(self) -> None:
        """Store what this process has recorded since the last turn."""
        number, unsent = self.trail.number, self.trail.unsent
        while unsent:
            some = unsent[:_SENT]
            await self._engine.write(partial(store.add_lines, trail=number, stored=some, now=self._clock()), quiet=True)
            del unsent[: len(some)]

    async def _anchor(self, signer: Signer, changes: Position) -> None:
        now, own = self._clock(), self.trail.position
        number = self.trail.number
        if own == self._anchored and changes == self._changes:
            return

        async def work(tx: Transaction) -> None:
            if own != self._anchored:
                await store.anchor(tx, number, own, signer, now)
            if changes != self._changes:
                await store.anchor(tx, store.CHANGES, changes, signer, now)

        await self._engine.write(work, quiet=True)
        self._anchored, self._changes = own, changes

    async def _close_abandoned(self, signer: Signer) -> None:
        """Close the files of processes that were killed, so that nothing can be cut from them unnoticed."""
        known = {row.number: row for row in await store.trails(self._engine.read())}
        for file in segments.files(self.folder):
            row = known.get(file.trail)
            if file.trail == self.trail.number or row is None or _end_of(file.path) is not None:
                continue
            descriptor = segments.take(file.path)
            if descriptor is None:
                continue
            try:
                end = _close(file, descriptor, row.first, signer, self._clock())
            finally:
                os.close(descriptor)
            if end is not None and self._shared:
                await send_file(self._engine, file, self._clock())
            if end is not None:
                await self._engine.write(partial(store.anchor, number=file.trail, last=end, signer=signer, now=0))

    async def _prune(self, signer: Signer) -> None:
        before = self._clock() - self._retention
        known = {row.number: row for row in await store.trails(self._engine.read())}
        reader = self._engine.read()
        for number in [each for each in known if (await store.position(reader, each)).lines]:
            while (
                await self._engine.write(partial(store.prune, trail=number, before=before, signer=signer)) == store.PAGE
            ):
                pass
        if self._shared:
            await self._delete_sent()
            return
        for file in segments.files(self.folder):
            row = known.get(file.trail)
            if row is None or file.path.stat().st_mtime * 1000 >= before or segments.is_written(file.path):
                continue
            end = _end_of(file.path)
            if end is None:
                continue
            await self._engine.write(partial(store.begin_behind, row=row, first=end, signer=signer))
            known[file.trail] = row._replace(first=end)
            file.path.unlink(missing_ok=True)
        await self._forget(known, before)

    async def _forget(self, known: dict[int, store.TrailRow], before: int) -> None:
        """Forget the oldest trails, of which nothing is left: those that are known have no gap between them."""
        left = {file.trail for file in segments.files(self.folder)}
        node = node_of(self.folder)
        for number, row in sorted(known.items()):
            if number == store.CHANGES:
                continue
            if number in left or number == self.trail.number or row.opened_at >= before or row.node != node:
                return
            await self._engine.write(partial(store.forget, number=number))

    async def _delete_sent(self, trail: int | None = None) -> None:
        """Delete closed files, of one trail or of all, once storage has what is in them."""
        for file in segments.files(self.folder):
            if trail not in (None, file.trail) or (file.trail == self.trail.number and segments.is_written(file.path)):
                continue
            # A process that has closed a file may have the last of it in memory yet.
            end = _end_of(file.path)
            if end is not None and (await store.position(self._engine.read(), file.trail)).lines >= end.lines:
                file.path.unlink()


def _sync(file: int) -> None:
    try:
        os.fdatasync(file)
    finally:
        os.close(file)


def _end_of(path: Path) -> Position | None:
    """How far a trail is at the end of a file, by what stands in it; None when the file is not closed."""
    for text in segments.backwards(path):
        line = read_line(text)
        found = None if line is None else read_checkpoint(line.body, b"")
        if line is None or found is None or not found[0].closing:
            return None
        return Position(found[0].lines + 1, line.digest.hex())
    return None


def _close(file: File, descriptor: int, first: Position, signer: Signer, now: int) -> Position | None:
    """Close a file; how far its trail is then. One that is broken is left as it is, for whoever looks into it."""
    trail = [each for each in segments.files(file.path.parent) if each.trail == file.trail]
    earlier = [each for each in trail if each.number <= file.number]
    checker = Checker(file.trail, first)
    for each in earlier:
        checker.file(each.path.name, each.number, segments.forwards(each.path), last=each is earlier[-1], written=True)
    if checker.broken is not None:
        _log.error("the audit trail is broken", extra={"where": checker.broken.where, "reason": checker.broken.what})
        return None
    size = os.fstat(descriptor).st_size
    whole = sum(len(text) for text in segments.forwards(file.path) if text.endswith(b"\n"))
    if not whole:
        file.path.unlink()
        return None
    if whole < size:
        os.ftruncate(descriptor, whole)
    at = written(now // 1000).decode()
    mark = Checkpoint(
        file.trail, checker.position.lines, at, signer.term, signer.public, closing=True, torn=size - whole
    )
    before = bytes.fromhex(checker.position.digest)
    body = signed(mark, before, signer)
    digest = link(before, body)
    os.write(descriptor, line(body, digest))
    os.fdatasync(descriptor)
    return Position(checker.position.lines + 1, digest.hex())
