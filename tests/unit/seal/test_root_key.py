"""The root key file: made private and whole, never replaced, refused when anything about it is wrong."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from tests.folders import raw

from parastore.context import SecretValue
from parastore.seal.key_file import Entry, KeyFile, Reach
from parastore.seal.provider import RootKey, RootKeyError
from parastore.seal.secret import Secrets
from parastore.server.bootstrap import first_start
from parastore.server.check import check_folder
from parastore.server.errors import StartError
from parastore.server.root_key import rotate, show
from parastore.server.settings import Settings

KEY_BYTES = bytes(range(32))
KEY = base64.b64encode(KEY_BYTES).decode()


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_it_is_private_whatever_the_umask(file: KeyFile, umask: int) -> None:
    before = os.umask(umask)
    try:
        file.replace([KEY_BYTES])
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert os.listdir(file.path.parent) == ["root.key"]


REACH = Reach("0123456789abcdef", "kms", {"key_id": "alias/root", "region": "us-east-1"})


@pytest.mark.parametrize(
    "entries",
    [[KEY_BYTES], [REACH], [KEY_BYTES, REACH], [REACH, KEY_BYTES], [KEY_BYTES, bytes(32)]],
    ids=["key", "reach", "from key", "to key", "keys"],
)
def test_it_holds_keys_and_ways_to_them(file: KeyFile, entries: list[Entry]) -> None:
    file.replace([bytes(32)])
    file.replace(entries)
    assert file.read() == entries


def test_the_form_of_a_key_is_that_of_the_first_release(file: KeyFile) -> None:
    file.replace([KEY_BYTES])
    assert file.path.read_text() == f"parastore-root-key-1 {KEY}\n"


def test_one_that_cannot_be_written_leaves_the_old(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.replace([KEY_BYTES])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.replace([bytes(32)])
    assert file.read() == [KEY_BYTES]
    assert os.listdir(file.path.parent) == ["root.key"]


def test_what_a_dead_process_left_is_cleared_away(file: KeyFile) -> None:
    file.replace([KEY_BYTES])
    file.path.with_name(".root.key.1").write_text("half a k")
    with file.changing():
        assert os.listdir(file.path.parent) == ["root.key"]


def test_it_wraps_and_unwraps() -> None:
    root = RootKey(KEY_BYTES)
    wrapped = root.wrap(bytes(range(1, 33)), 1)
    assert bytes(range(1, 33)) not in wrapped
    assert RootKey(KEY_BYTES).unwrap(wrapped, 1) == bytes(range(1, 33))
    assert root.wrap(bytes(range(1, 33)), 1) != wrapped
    for other, term in ((RootKey(bytes(32)), 1), (root, 2)):
        with pytest.raises(RootKeyError, match="does not fit"):
            other.unwrap(wrapped, term)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777])
def test_one_that_others_may_use_is_refused(file: KeyFile, mode: int) -> None:
    file.replace([KEY_BYTES])
    file.path.chmod(mode)
    with pytest.raises(RootKeyError, match="can be read by others: chmod 600"):
        file.read()


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_one_that_only_its_owner_may_use_is_taken(file: KeyFile, mode: int) -> None:
    file.replace([KEY_BYTES])
    file.path.chmod(mode)
    assert file.read() == [KEY_BYTES]


def test_one_that_is_missing(file: KeyFile) -> None:
    assert file.read() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"nonsense",
        KEY.encode(),
        f"parastore-root-key-3 {KEY}\n".encode(),
        f"parastore-root-key-1 {KEY[:-4]}\n".encode(),
        f"parastore-root-key-1 {KEY}AAAA\n".encode(),
        f"parastore-root-key-1 {KEY} {KEY}\n".encode(),
        f"parastore-root-key-1 !{KEY[1:]}\n".encode(),
        b"parastore-root-key-1 \n",
        f"parastore-root-key-1 {KEY}\n".encode() * 3,
        f"parastore-root-key-1 {KEY}\nnonsense\n".encode(),
        b"parastore-root-key-2 \n",
        b"parastore-root-key-2 []\n",
        b"parastore-root-key-2 {}\n",
        b'parastore-root-key-2 {"id": "1"}\n',
    ],
)
def test_one_that_is_garbage_is_refused_without_showing_it(file: KeyFile, content: bytes) -> None:
    file.path.write_bytes(content)
    file.path.chmod(0o600)
    with pytest.raises(RootKeyError) as caught:
        file.read()
    assert str(file.path) in str(caught.value)
    assert KEY not in str(caught.value)


def test_one_that_is_a_folder(file: KeyFile) -> None:
    file.path.mkdir()
    with pytest.raises(RootKeyError, match="cannot be read"):
        file.read()


# The product with such a file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data_dir=tmp_path / "data")
    assert first_start(made) is not None
    return made


def test_a_first_start_makes_it_private(settings: Settings) -> None:
    assert stat.S_IMODE((settings.data_dir / "root.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert first_start(settings) is None


def test_a_start_without_it_makes_no_new_one(settings: Settings) -> None:
    (settings.data_dir / "root.key").unlink()
    with pytest.raises(StartError, match="is missing"):
        first_start(settings)
    assert not (settings.data_dir / "root.key").exists()


def test_a_start_with_that_of_another_folder(settings: Settings, tmp_path: Path) -> None:
    first_start(Settings(data_dir=tmp_path / "other"))
    (tmp_path / "other" / "root.key").replace(settings.data_dir / "root.key")
    with pytest.raises(StartError, match="the root key does not fit this data"):
        first_start(settings)


def test_a_start_with_an_open_one(settings: Settings) -> None:
    (settings.data_dir / "root.key").chmod(0o644)
    with pytest.raises(StartError, match="chmod 600"):
        first_start(settings)


def test_one_that_was_there_first_is_used(tmp_path: Path) -> None:
    """An operator may bring the root key of a backup, or one made elsewhere."""
    (tmp_path / "data").mkdir(mode=0o700)
    KeyFile(tmp_path / "data").replace([KEY_BYTES])
    before = (tmp_path / "data" / "root.key").read_bytes()
    secret = SecretValue("first/secret+of/forty/characters/0123456")
    settings = Settings(
        data_dir=tmp_path / "data", root_access_key_id="AKIAIOSFODNN7EXAMPLE", root_secret_access_key=secret
    )
    assert first_start(settings) is not None
    assert (tmp_path / "data" / "root.key").read_bytes() == before


def test_a_folder_of_before_there_were_providers_opens(settings: Settings) -> None:
    """The schema of the first releases named the provider with each term, and had no row of the root key."""
    with raw(settings.data_dir) as connection:
        connection.execute(
            "ALTER TABLE key_ring ADD COLUMN provider TEXT NOT NULL DEFAULT 'file'; DROP TABLE root_key;"
            " DROP TABLE audit_record; DROP TABLE audit_trail;"
            " DROP INDEX parameter_tag_by_value; DROP INDEX parameter_label_by_label; DROP INDEX parameter_by_kind;"
            " DROP INDEX parameter_by_key; DROP INDEX parameter_by_data_type;"
            " DELETE FROM schema_migration WHERE number >= 5"
        )
    assert first_start(settings) is None
    found = show(settings.location)
    assert (found.provider, [number for number, _ in found.terms]) == ("file", [1])
    assert check_folder(settings.data_dir) == []
    assert [number for number, _ in rotate(settings.location, Secrets()).terms] == [1, 2]


def test_several_root_keys_are_a_forgery(settings: Settings) -> None:
    with raw(settings.data_dir) as connection:
        connection.execute("INSERT INTO root_key SELECT 'another', 'command', NULL, created_at FROM root_key")
    with pytest.raises(StartError, match="names several root keys"):
        first_start(settings)
