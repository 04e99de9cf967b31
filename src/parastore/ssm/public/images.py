"""The AMIs an operator says there are."""

from __future__ import annotations

from pathlib import Path

from parastore.ssm.public.catalogue import CatalogueError
from parastore.ssm.rules.images import is_image


def read_images(file: Path | None) -> frozenset[str] | None:
    """The ids in a text file, one a line; None without a file. Raises CatalogueError."""
    if file is None:
        return None
    try:
        lines = file.read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        raise CatalogueError(f"cannot read {file}: {error}") from error
    for line in lines:
        if not is_image(line):
            raise CatalogueError(f"cannot read {file}: {line!r} is no AMI id")
    return frozenset(lines)
