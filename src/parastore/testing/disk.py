"""A disk that fails or loses power, under the real SQLite engine of this process.

    with Disk() as disk:
        engine = open_sqlite(folder)
        disk.fault = nth(7, apsw.FullError)         # the seventh call of any kind fails
        disk.events                                 # what was written and synced, in order
        crashed(before, disk.events, moment, dice)  # what could be on the disk, were the power cut at that moment

Reads of shared memory go past it, as they go past a real disk.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, NamedTuple

import apsw

SECTOR = 512
Fault = Callable[[str, str], type[Exception] | None]  # call and file name -> what it fails with


class Event(NamedTuple):
    """A change of a file, a sync, or a mark that somebody set."""

    kind: str  # write, truncate, sync, delete, or a mark's own word
    file: str
    offset: int = 0
    data: bytes = b""


class Disk(apsw.VFS):
    """SQLite's own file system, with a hand on every call. The default of this process while it is entered."""

    def __init__(self) -> None:
        self.fault: Fault = lambda call, file: None
        self.events: list[Event] = []
        self._default = apsw.vfs_names()[0]
        super().__init__("faulty-disk", self._default, makedefault=True)

    def __enter__(self) -> Disk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        apsw.set_default_vfs(self._default)
        self.unregister()

    def mark(self, word: str, about: str = "") -> None:
        """Note in the events that something happened, such as an answer."""
        self.events.append(Event(word, about))

    def touch(self, call: str, file: str) -> None:
        """Fail if this call is to fail."""
        error = self.fault(call, file)
        if error is not None:
            raise error("as the test wants")

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802
        """See apsw.VFS."""
        path = name if isinstance(name, str | None) else name.filename()
        return _File(self, (path or "temporary").rpartition("/")[2], self._default, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """See apsw.VFS."""
        file = filename.rpartition("/")[2]
        self.touch("delete", file)
        super().xDelete(filename, syncdir)
        self.events.append(Event("delete", file))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, file: str, base: str, name: Any, flags: Any) -> None:
        self._disk = disk
        self._file = file
        disk.touch("open", file)
        super().__init__(base, name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.touch("read", self._file)
        return super().xRead(amount, offset)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._disk.touch("write", self._file)
        super().xWrite(data, offset)
        self._disk.events.append(Event("write", self._file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.touch("truncate", self._file)
        super().xTruncate(newsize)
        self._disk.events.append(Event("truncate", self._file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.touch("sync", self._file)
        super().xSync(flags)
        self._disk.events.append(Event("sync", self._file))


def nth(number: int, error: type[Exception], *calls: str, onwards: bool = False) -> Fault:
    """The `number`th call fails, and with `onwards` every later one; only `calls` count if any are named."""
    seen = 0

    def fault(call: str, file: str) -> type[Exception] | None:
        nonlocal seen
        if calls and call not in calls:
            return None
        seen += 1
        return error if seen == number or (onwards and seen > number) else None

    return fault


def crashed(before: dict[str, bytes], events: Sequence[Event], moment: int, dice: random.Random) -> dict[str, bytes]:
    """Files as a power cut after `moment` events may leave them: what was synced, and any part of the rest."""
    synced = {name: bytearray(content) for name, content in before.items()}
    pending: dict[str, list[Event]] = {}
    for event in events[:moment]:
        if event.kind in ("write", "truncate"):
            pending.setdefault(event.file, []).append(event)
        elif event.kind == "sync":
            for each in pending.pop(event.file, ()):
                _apply(synced, each)
        elif event.kind == "delete":
            pending.pop(event.file, None)
            synced.pop(event.file, None)
    keep = dice.random()
    for changes in pending.values():
        for each in changes:
            for part in _sectors(each):
                if dice.random() < keep:
                    _apply(synced, part)
    return {name: bytes(content) for name, content in synced.items()}


def _sectors(event: Event) -> list[Event]:
    if event.kind != "write":
        return [event]
    ends = [*range(SECTOR - event.offset % SECTOR, len(event.data), SECTOR), len(event.data)]
    starts = [0, *ends[:-1]]
    return [
        event._replace(offset=event.offset + start, data=event.data[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]


def _apply(files: dict[str, bytearray], event: Event) -> None:
    content = files.setdefault(event.file, bytearray())
    if event.kind == "truncate":
        del content[event.offset :]
        return
    if len(content) < event.offset:
        content.extend(bytes(event.offset - len(content)))
    content[event.offset : event.offset + len(event.data)] = event.data
