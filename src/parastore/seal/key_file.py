"""`root.key`: the root key itself, or how its provider is reached. One line for each root key.

    parastore-root-key-1 <base64 of 32 bytes>
    parastore-root-key-2 {"id": ..., "provider": ..., parameters}

While a root key takes another's place there are two lines: the new one is written before the ring is wrapped by it, the
old one goes after. So whatever moment a crash leaves behind, the line that is needed is there. Parameters may name
programs to run, so they stand here and not in the database: a backup of the database that somebody altered runs
nothing.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parastore.seal.provider import SIZE, RootKeyError

NAME = "root.key"
_KEY, _REACH = "parastore-root-key-1", "parastore-root-key-2"
_MOST = 64 << 10


@dataclass(frozen=True, slots=True)
class Reach:
    """How the provider of one root key is reached."""

    id: str
    provider: str
    parameters: dict[str, Any] = field(default_factory=dict)


Entry = bytes | Reach  # a root key itself, or where it is


def reach_of(entries: Sequence[Entry], key_id: str, provider: str) -> Reach | None:
    """How the provider of a root key is reached, as far as these entries say.

    Its own line, else that of an older root key with the same provider: another node has made the newer one.
    """
    same = [entry for entry in entries if isinstance(entry, Reach) and entry.provider == provider]
    return next((entry for entry in same if entry.id == key_id), same[0] if same else None)


class KeyFile:
    """The file of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def read(self) -> list[Entry]:
        """Its entries; none when there is no file. Raises RootKeyError; refuses a file that others may read."""
        try:
            with self.path.open(encoding="utf-8") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(_MOST)
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise RootKeyError(f"the root key {self.path} cannot be read: {error}") from error
        if stat.S_IMODE(mode) & 0o077:
            raise RootKeyError(f"the root key {self.path} can be read by others: chmod 600 {self.path}")
        entries = [_parse(line) for line in text.splitlines()]
        if not entries or len(entries) > 2 or None in entries:
            raise RootKeyError(f"{self.path} is no Parastore root key")
        return [entry for entry in entries if entry is not None]

    def replace(self, entries: Sequence[Entry]) -> None:
        """Put these in the place of what is there: after a crash the file holds all of the one or all of the other."""
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(descriptor, 0o600)  # whatever the umask
                file.writelines(f"{_format(entry)}\n" for entry in entries)
                file.flush()
                os.fsync(file.fileno())
            os.rename(draft, self.path)
        except BaseException:
            os.unlink(draft)
            raise
        with _opened(self.path.parent) as folder:
            os.fsync(folder)

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Nobody else changes the root key meanwhile; waits for those who do. The kernel lets go of it for the dead."""
        with _opened(self.path.parent) as folder:
            fcntl.flock(folder, fcntl.LOCK_EX)
            for draft in self.path.parent.glob(f".{NAME}.*"):
                draft.unlink()  # of one who was killed
            yield


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _format(entry: Entry) -> str:
    if isinstance(entry, bytes):
        return f"{_KEY} {base64.b64encode(entry).decode()}"
    return f"{_REACH} {json.dumps({'id': entry.id, 'provider': entry.provider, **entry.parameters})}"


def _parse(line: str) -> Entry | None:
    mark, _, rest = line.partition(" ")
    try:
        if mark == _KEY:
            key = base64.b64decode(rest, validate=True)
            return key if len(key) == SIZE else None
        if mark == _REACH:
            parameters = json.loads(rest)
            return Reach(parameters.pop("id"), parameters.pop("provider"), parameters)
    except (ValueError, KeyError, AttributeError, TypeError):
        pass
    return None
