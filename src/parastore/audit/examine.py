"""Examine a folder of trails, against what is known of them from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from parastore.audit import segments
from parastore.audit.chain import Position, start
from parastore.audit.segments import File
from parastore.audit.store import CHANGES, Stored, TrailRow
from parastore.audit.verify import Broken, Checker


class Known(NamedTuple):
    """What is known of a trail: where its chain begins, how far it was, and who says so."""

    trail: int
    first: Position
    last: Position
    by: str


class Report(NamedTuple):
    """What was found: the lines of all trails, what is broken, what else is to be known, and where each trail is."""

    lines: int
    broken: list[Broken]
    notes: list[str]
    ends: dict[int, tuple[Position, Position]]
    keys: set[str]
    changes: list[Position]


def known_of(rows: Iterable[TrailRow], keys: Mapping[int, str]) -> tuple[list[Known], list[Broken]]:
    """What storage knows, and what of that is not signed by the ring whose public keys these are."""
    known, broken = [], []
    for row in rows:
        unmarked = Position(0, start(row.number).hex())
        if (row.first, row.last) != (unmarked, unmarked) and not row.is_signed(keys.get(row.term, "")):
            broken.append(
                Broken(f"trail {row.number}", "storage's note of how far it was is not signed by the key ring")
            )
        known.append(Known(row.number, row.first, row.last, "storage"))
    numbers = {each.trail for each in known} - {CHANGES}
    for missing in sorted(set(range(min(numbers, default=0), max(numbers, default=0))) - numbers - {CHANGES}):
        broken.append(Broken(f"trail {missing}", "is gone from storage, and those after it are there"))
    return known, broken


def examine(folder: Path, known: list[Known], keys: Mapping[int, str] | None) -> Report:
    """Check all files of a folder. `keys` are the public keys of the ring's terms; None takes those that are there."""
    report = Report(0, [], [], {}, set(), [])
    about = {each.trail: each for each in known}
    found = {number: list(group) for number, group in groupby(segments.files(folder), lambda file: file.trail)}
    for number in sorted(found.keys() | about.keys()):
        if number == CHANGES and number not in found:
            continue
        checker = _checker(number, about.get(number), keys)
        _files(checker, found.get(number, []))
        if number not in about and known:
            checker.broken = checker.broken or Broken(f"trail {number}", "is unknown to storage")
        report = _note(report, checker)
    return report


def examine_stored(
    report: Report, trail: int, known: Known | None, lines: Iterable[Stored], keys: Mapping[int, str]
) -> Report:
    """Check a trail as it is stored; that of changes also against what the others say of it."""
    checker = _checker(trail, known, keys)
    for position in report.changes if trail == CHANGES else ():
        if position.lines > checker.first.lines:
            checker.expect(position, "a checkpoint of another trail")
    name = "changes" if trail == CHANGES else f"trail {trail}"
    for each in lines:
        checker.stored(name, each.sequence, each.digest, each.body.encode())
    return _note(report, checker)


def _checker(number: int, about: Known | None, keys: Mapping[int, str] | None) -> Checker:
    first = about.first if about is not None else None
    checker = Checker(number, first, keys.get if keys is not None else None)
    if about is not None and about.last.lines > about.first.lines:
        checker.expect(about.last, about.by)
    return checker


def _files(checker: Checker, files: list[File]) -> None:
    for file in files:
        is_last = file is files[-1]
        written = is_last and segments.is_written(file.path)
        checker.file(file.path.name, file.number, segments.forwards(file.path), last=is_last, written=written)


def _note(report: Report, checker: Checker) -> Report:
    checker.end()
    if checker.broken is not None:
        report.broken.append(checker.broken)
    report.notes.extend(checker.notes)
    report.keys.update(checker.keys)
    report.changes.extend(checker.changes)
    report.ends[checker.trail] = checker.first, checker.position
    return report._replace(lines=report.lines + checker.position.lines - checker.first.lines)
