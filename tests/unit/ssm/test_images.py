"""AMI ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from parastore.ssm.public.catalogue import CatalogueError
from parastore.ssm.public.images import read_images
from parastore.ssm.rules.images import is_image


@pytest.mark.parametrize(
    ("value", "known", "holds"),
    [
        ("ami-12345678", None, True),
        ("ami-0123456789abcdef0", None, True),
        ("ami-123456789", None, False),
        ("ami-1234567G", None, False),
        ("ami-12345678\n", None, False),
        ("i-12345678", None, False),
        ("ami-12345678", {"ami-12345678"}, True),
        ("ami-12345678", {"ami-87654321"}, False),
        ("ami-12345678", set(), False),
    ],
)
def test_ids(value: str, known: set[str] | None, holds: bool) -> None:
    assert is_image(value, known) == holds


def test_no_file_knows_all() -> None:
    assert read_images(None) is None


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "images"
    file.write_text("ami-12345678\n\nami-0123456789abcdef0\n")
    assert read_images(file) == frozenset({"ami-12345678", "ami-0123456789abcdef0"})


@pytest.mark.parametrize("content", [None, b"ami-x", b"\xff"])
def test_a_wrong_file(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "images"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CatalogueError, match="cannot read"):
        read_images(file)
