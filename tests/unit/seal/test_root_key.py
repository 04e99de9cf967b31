"""The root key file: made private and whole, never replaced, refused when anything about it is wrong."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from parastore.context import SecretValue
from parastore.seal.provider import FileProvider, RootKeyError
from parastore.server.bootstrap import first_start
from parastore.server.errors import StartError
from parastore.server.settings import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "root.key"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_it_is_private_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        FileProvider.create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) & 0o177 == 0
    assert os.listdir(path.parent) == ["root.key"]


def test_it_holds_a_key_of_256_bits_and_each_time_another(path: Path) -> None:
    FileProvider.create(path)
    mark, encoded = path.read_text().split()
    assert mark == "parastore-root-key-1"
    assert len(base64.b64decode(encoded, validate=True)) == 32
    FileProvider.create(path.with_name("second.key"))
    assert path.read_bytes() != path.with_name("second.key").read_bytes()


def test_it_wraps_and_unwraps(path: Path) -> None:
    wrapped = FileProvider.create(path).wrap(bytes(range(32)), 1)
    assert bytes(range(32)) not in wrapped
    assert FileProvider.load(path).unwrap(wrapped, 1) == bytes(range(32))
    assert FileProvider.load(path).wrap(bytes(range(32)), 1) != wrapped


def test_it_is_never_replaced(path: Path) -> None:
    FileProvider.create(path)
    before = path.read_bytes()
    with pytest.raises(RootKeyError, match="exists already"):
        FileProvider.create(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["root.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666, 0o777])
def test_one_that_others_may_use_is_refused(path: Path, mode: int) -> None:
    FileProvider.create(path)
    path.chmod(mode)
    with pytest.raises(RootKeyError, match="can be read by others: chmod 600"):
        FileProvider.load(path)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_one_that_only_its_owner_may_use_is_taken(path: Path, mode: int) -> None:
    FileProvider.create(path)
    path.chmod(mode)
    FileProvider.load(path)


def test_one_that_is_missing(path: Path) -> None:
    with pytest.raises(RootKeyError, match="is missing: put it back from where you keep it safe"):
        FileProvider.load(path)


KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"nonsense",
        KEY.encode(),
        f"parastore-root-key-2 {KEY}\n".encode(),
        f"parastore-root-key-1 {KEY[:-4]}\n".encode(),
        f"parastore-root-key-1 {KEY}AAAA\n".encode(),
        f"parastore-root-key-1 {KEY} {KEY}\n".encode(),
        f"parastore-root-key-1 !{KEY[1:]}\n".encode(),
        b"parastore-root-key-1 \n",
        f"parastore-root-key-1 {KEY}\n".encode() * 100,
    ],
)
def test_one_that_is_garbage_is_refused_without_showing_it(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(RootKeyError) as caught:
        FileProvider.load(path)
    assert str(path) in str(caught.value)
    assert KEY not in str(caught.value)


def test_one_that_is_a_folder(path: Path) -> None:
    path.mkdir()
    with pytest.raises(RootKeyError, match="cannot be read"):
        FileProvider.load(path)


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
    FileProvider.create(tmp_path / "data" / "root.key")
    before = (tmp_path / "data" / "root.key").read_bytes()
    secret = SecretValue("first/secret+of/forty/characters/0123456")
    settings = Settings(
        data_dir=tmp_path / "data", root_access_key_id="AKIAIOSFODNN7EXAMPLE", root_secret_access_key=secret
    )
    assert first_start(settings) is not None
    assert (tmp_path / "data" / "root.key").read_bytes() == before
