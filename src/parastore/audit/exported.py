"""An export: the files of all trails, the trail of changes as one of them, and a signed manifest of how far each is.

Nothing can be cut from it unnoticed, and it is checked without the server, its data or a secret. Who checks it compares
the public key with the one that `parastore audit key` shows on the server.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from parastore.audit import segments
from parastore.audit.chain import SEGMENT, Position, Signer, line, read_segment, signed_by
from parastore.audit.examine import Known, Report, examine
from parastore.audit.segments import File
from parastore.audit.store import CHANGES, Stored
from parastore.audit.verify import Broken

MANIFEST = "manifest.json"


class Manifest(msgspec.Struct, rename="camel"):
    """How far each trail was, and the keys that sign for the terms of the ring."""

    exported_at: str
    trails: dict[int, tuple[Position, Position]]
    public_keys: dict[int, str]
    term: int


class _Signed(msgspec.Struct):
    manifest: msgspec.Raw
    signature: str


def write(
    files: Iterable[File],
    into: Path,
    stored: Mapping[int, Sequence[Stored]],
    report: Report,
    keys: dict[int, str],
    signer: Signer,
    at: str,
) -> None:
    """Write an export of what was examined: files, and the lines of trails that storage has.

    `into` must not be there. Raises OSError.
    """
    into.mkdir(mode=0o700, parents=True)
    for file in files:
        if file.trail in report.ends:
            _copy(file.path, into / file.path.name)
    for trail, lines in stored.items():
        _write_stored(into, trail, lines)
    # What was recorded since the report is in the copies: they are looked at anew, and the manifest is about them.
    known = [Known(number, first, first, "storage") for number, (first, _) in report.ends.items()]
    copied = examine(into, known, keys)
    ends = {number: ends for number, ends in copied.ends.items() if ends[0].lines < ends[1].lines}
    content = msgspec.json.encode(Manifest(at, ends, keys, signer.term))
    whole = msgspec.json.encode(_Signed(msgspec.Raw(content), signer.sign(content)))
    with _private(into / MANIFEST) as out:
        out.write(whole)


def _write_stored(into: Path, trail: int, lines: Sequence[Stored]) -> None:
    texts: dict[str, list[bytes]] = {}
    name = segments.name_of(trail, 1)
    for each in lines:
        body = each.body.encode()
        header = read_segment(body) if body.startswith(SEGMENT) else None
        if header is not None:
            name = segments.name_of(trail, header.number)
        texts.setdefault(name, []).append(line(body, bytes.fromhex(each.digest)))
    for name, kept in texts.items():
        with _private(into / name) as out:
            out.writelines(kept)


def _copy(path: Path, into: Path) -> None:
    with path.open("rb") as source, _private(into) as out:
        shutil.copyfileobj(source, out)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def check(folder: Path, key: str | None = None) -> Report:
    """Check an export, or a copy of a folder of trails. `key` is the public key that is to have signed.

    Raises OSError, ValueError for a manifest that is none.
    """
    path = folder / MANIFEST
    if not path.exists():
        report = examine(folder, [], None)
        report.notes.append("there is no manifest: lines that were cut from the end of a trail cannot be seen")
        return _by_key(report, key, report.keys)
    try:
        whole = msgspec.json.decode(path.read_bytes(), type=_Signed)
        manifest = msgspec.json.decode(whole.manifest, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no manifest: {error}") from None
    public = manifest.public_keys.get(manifest.term, "")
    known = [Known(number, *ends, "the manifest") for number, ends in manifest.trails.items()]
    report = examine(folder, known, manifest.public_keys)
    if not signed_by(public, whole.signature, bytes(whole.manifest)):
        report.broken.insert(0, Broken(MANIFEST, "was altered: its signature does not hold"))
    _changes(report, known)
    return _by_key(report, key, {public})


def _changes(report: Report, known: Iterable[Known]) -> None:
    """Lines of changes that checkpoints speak of must be among those the manifest speaks of."""
    ends = next((each for each in known if each.trail == CHANGES), None)
    most = max((each.lines for each in report.changes), default=0)
    if most > (ends.last.lines if ends is not None else 0):
        report.broken.append(Broken("trail 0", f"is cut: a checkpoint says that it had {most} lines"))


def _by_key(report: Report, key: str | None, keys: set[str]) -> Report:
    if key is not None and key not in keys:
        report.broken.insert(0, Broken("signatures", "are of another key than the one that is to have signed"))
    report.keys.update(keys)
    return report
