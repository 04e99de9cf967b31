"""The files of trails: `<trail>-<number>.jsonl` in a folder of mode 0700, each locked for as long as it is written."""

from __future__ import annotations

import fcntl
import mmap
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"(\d{8,})-(\d{6,})\.jsonl")


class File(NamedTuple):
    """A file of a trail."""

    trail: int
    number: int
    path: Path


def name_of(trail: int, number: int) -> str:
    """The name of a trail's file."""
    return f"{trail:08d}-{number:06d}.jsonl"


def files(folder: Path) -> list[File]:
    """The files of a folder in order; none when it is not there."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    found = ((_NAME.fullmatch(name), folder / name) for name in names)
    return sorted(File(int(match[1]), int(match[2]), path) for match, path in found if match)


def create(path: Path) -> int:
    """A new file to append to, locked. Raises OSError."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def take(path: Path) -> int | None:
    """A file that nobody writes any more, to append to and locked; None when somebody does. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def is_written(path: Path) -> bool:
    """Whether somebody writes this file now."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def forwards(path: Path) -> Iterator[bytes]:
    """The lines with their ends; one without an end is the last and was not written whole."""
    with path.open("rb") as file:
        yield from file


def backwards(path: Path) -> Iterator[bytes]:
    """The whole lines there are now, without their ends, the last first."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return
        with closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as view:
            end = view.rfind(b"\n")
            while end > 0:
                begin = view.rfind(b"\n", 0, end) + 1
                yield view[begin:end]
                end = begin - 1
