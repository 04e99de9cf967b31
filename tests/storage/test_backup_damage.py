"""A backup that is not, byte for byte, what was written is refused, and nothing is restored of it."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.folders import in_folder, make_folder

from parastore.seal.provider import RootKeyError
from parastore.seal.secret import Secrets
from parastore.server.backup import Backup, BackupError, back_up, restore
from parastore.server.location import Location


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("damage") / "data"
    make_folder(made)

    async def fill(opened: Any) -> None:
        for number in range(5):
            await opened.put(f"/app/{number}", f"value {number}", "SecureString")

    in_folder(made, fill)
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> bytes:
    written = io.BytesIO()
    back_up(Location(folder), written, Secrets(), lambda done, total: None)
    return written.getvalue()


def read(text: bytes, folder: Path) -> int:
    """How many rows a reader gets to see."""
    return sum(len(rows) for _, rows in Backup(io.BytesIO(text), folder, Secrets()).pages())


@st.composite
def damage(draw: st.DrawFn) -> tuple[str, int, bytes]:
    """What happens at which place, in parts of the file; and bytes."""
    what = draw(st.sampled_from(["flip", "cut", "insert", "overwrite", "repeat"]))
    return what, draw(st.integers(0, 1 << 30)), draw(st.binary(min_size=1, max_size=40))


def damaged(text: bytes, what: str, place: int, data: bytes) -> bytes:
    at = place % len(text)
    match what:
        case "flip":
            return text[:at] + bytes([text[at] ^ (data[0] or 1)]) + text[at + 1 :]
        case "cut":
            return text[:at]
        case "insert":
            return text[:at] + data + text[at:]
        case "overwrite":
            return (text[:at] + data + text[at + len(data) :])[: len(text)]
    return text[:at] + text[at : at + 300] + text[at:]


@given(damage())
def test_damage_is_refused(whole: bytes, folder: Path, hurt: tuple[str, int, bytes]) -> None:
    text = damaged(whole, *hurt)
    if text == whole:
        assert read(text, folder) > 0
        return
    # A root key error: what the header says of the key ring was altered so that no root key fits it.
    with pytest.raises((BackupError, RootKeyError)) as caught:
        read(text, folder)
    assert "value" not in str(caught.value)


def test_every_byte_of_the_header_counts(whole: bytes, folder: Path) -> None:
    # The magic word, the length, and the JSON behind it, which is what is read before any key is known.
    end = 23 + int.from_bytes(whole[19:23], "big")
    for at in range(end):
        for bit in (0x01, 0x20):
            text = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
            with pytest.raises((BackupError, RootKeyError)):
                read(text, folder)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.999])
def test_the_first_bad_place_is_named_and_nothing_is_written(
    whole: bytes, folder: Path, tmp_path: Path, part: float
) -> None:
    at = int(len(whole) * part)
    for text, said in (
        (whole[:at], rf"cut off at byte {at}, within frame \d+ that begins at byte \d+"),
        (
            whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
            r"frame \d+, at byte \d+, (was altered|has an impossible)",
        ),
    ):
        file = tmp_path / "backup"
        file.write_bytes(text)
        target = tmp_path / "target"
        target.mkdir(mode=0o700, exist_ok=True)
        shutil.copy2(folder / "root.key", target)
        with file.open("rb") as opened, pytest.raises(BackupError, match=said) as caught:
            restore(Location(target), opened, Secrets(), lambda done, total: None)
        assert [each.name for each in target.iterdir()] == ["root.key"]
        named = int(str(caught.value).partition("at byte ")[2].partition(",")[0].split(" ")[0])
        assert named <= at
