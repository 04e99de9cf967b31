"""Whatever is done to a trail is found, and the first line it was done to is named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parastore.audit import segments
from parastore.audit.chain import Position, Signer, start
from parastore.audit.examine import Known, Report, examine
from parastore.audit.trail import Altered, Trail
from parastore.errors import ServiceUnavailableException

SIGNER = Signer(1, b"k" * 32)
KEYS = {1: SIGNER.public}
RECORDS = 12


def record(number: int) -> bytes:
    return b'{"eventName":"GetParameter","eventID":"event-%d","requestParameters":{"name":"/a/\xed\x95\x9c"}}' % number


def write(folder: Path) -> Known:
    """A trail of two files; what storage knows of it."""
    trail = Trail(folder, lambda: 1_700_000_000_000)
    trail.open(3)
    for number in range(RECORDS):
        trail.write(record(number))
        if number % 4 == 3:
            trail.checkpoint(SIGNER, None, closing=number == 7)
    trail.checkpoint(SIGNER, None, closing=True)
    return Known(3, Position(0, start(3).hex()), trail.position, "storage")


def check(folder: Path, known: Known | None = None) -> Report:
    return examine(folder, [] if known is None else [known], KEYS)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Known]:
    folder = tmp_path_factory.mktemp("trail") / "audit"
    return folder, write(folder)


def lines(folder: Path) -> list[tuple[Path, int, bytes]]:
    return [(file.path, 0, text) for file in segments.files(folder) for text in segments.forwards(file.path)]


def put(folder: Path, of: list[tuple[Path, int, bytes]], into: Path) -> None:
    into.mkdir(exist_ok=True)
    for file in segments.files(folder):
        (into / file.path.name).write_bytes(b"".join(text for path, _, text in of if path == file.path))


def test_a_trail_that_nobody_touched_is_whole(template: tuple[Path, Known]) -> None:
    folder, known = template
    report = check(folder, known)

    assert (report.broken, report.notes) == ([], [])
    assert len(segments.files(folder)) == 2
    for path, _, text in lines(folder):
        assert json.loads(text)["digest"], path


@pytest.mark.parametrize("what", ["flip", "remove", "swap", "repeat", "cut"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_done_to_a_line_is_found(
    template: tuple[Path, Known], tmp_path_factory: pytest.TempPathFactory, what: str, data: st.DataObject
) -> None:
    folder, known = template
    all_lines = lines(folder)
    at = data.draw(st.integers(0, len(all_lines) - 1))
    path, _, text = all_lines[at]
    if what == "flip":
        position = data.draw(st.integers(0, len(text) - 1))
        bit = data.draw(st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128]))
        all_lines[at] = path, 0, text[:position] + bytes([text[position] ^ bit]) + text[position + 1 :]
    elif what == "remove":
        del all_lines[at]
    elif what == "swap":
        other = (at + data.draw(st.integers(1, len(all_lines) - 1))) % len(all_lines)
        all_lines[at], all_lines[other] = (path, 0, all_lines[other][2]), (all_lines[other][0], 0, text)
    elif what == "repeat":
        all_lines.insert(at, all_lines[at])
    else:
        end = data.draw(st.integers(0, len(text) - 1))
        all_lines = [*all_lines[:at], (path, 0, text[:end])]
    into = tmp_path_factory.mktemp("altered") / "audit"
    put(folder, all_lines, into)

    report = check(into, known)

    assert report.broken, what
    if what in ("flip", "remove") and path.name in report.broken[0].where:
        # The line itself, or where one was removed the line after it.
        assert int(report.broken[0].where.partition("line ")[2].partition(" ")[0] or 0) <= at + 1


def test_the_first_broken_record_is_named(template: tuple[Path, Known], tmp_path: Path) -> None:
    folder, known = template
    wrong, right = b'"event-2","requestParameters":{"name":"/b', b'"event-2","requestParameters":{"name":"/a'
    all_lines = [(path, at, text.replace(right, wrong)) for path, at, text in lines(folder)]
    put(folder, all_lines, tmp_path / "audit")

    (broken,) = check(tmp_path / "audit", known).broken

    assert str(broken) == (
        "00000003-000001.jsonl line 4 (event event-2): was altered, or a line before it was removed or moved"
    )


def test_a_chain_made_anew_is_not_signed(template: tuple[Path, Known], tmp_path: Path) -> None:
    """Whoever can write the files can make a chain of their own, but has no key that signs it."""
    folder = tmp_path / "audit"
    trail = Trail(folder, lambda: 1_700_000_000_000)
    trail.open(3)
    trail.write(record(1))
    trail.checkpoint(Signer(1, b"x" * 32), None, closing=True)

    assert [each.what for each in check(folder).broken] == ["is not signed by the key ring"]


@pytest.mark.parametrize("remove", [0, 1])
def test_a_file_that_is_gone_is_missed(template: tuple[Path, Known], tmp_path: Path, remove: int) -> None:
    folder, known = template
    put(folder, lines(folder), tmp_path / "audit")
    segments.files(tmp_path / "audit")[remove].path.unlink()

    assert check(tmp_path / "audit", known).broken


def interfere(folder: Path, what: Callable[[Path], None]) -> None:
    what(segments.files(folder)[-1].path)


@pytest.mark.parametrize("what", [lambda path: os.truncate(path, 100), lambda path: path.unlink()])
def test_what_is_done_under_a_server_is_noticed(tmp_path: Path, what: Callable[[Path], None]) -> None:
    trail = Trail(tmp_path / "audit", lambda: 1_700_000_000_000)
    trail.open(1)
    trail.write(record(1))
    interfere(tmp_path / "audit", what)

    with pytest.raises(Altered):
        trail.checkpoint(SIGNER, None)
    assert trail.altered == 1
    trail.write(record(2))  # goes on, in a file of its own
    trail.checkpoint(SIGNER, None, closing=True)

    assert examine(tmp_path / "audit", [], KEYS).broken


def test_a_record_that_cannot_be_written_is_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trail = Trail(tmp_path / "audit", lambda: 1_700_000_000_000)
    trail.open(1)
    trail.write(record(1))
    real = os.write
    monkeypatch.setattr("parastore.audit.trail.os.write", lambda file, data: real(file, data[:50]))
    with pytest.raises(ServiceUnavailableException):
        trail.write(record(2))
    monkeypatch.undo()
    trail.write(record(3))
    trail.checkpoint(SIGNER, None, closing=True)

    report = examine(tmp_path / "audit", [], KEYS)

    assert report.broken == []
    assert [b"event-2" in text for _, _, text in lines(tmp_path / "audit")] == [False] * 4
