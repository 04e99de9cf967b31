"""docs/performance.md has two authors: `make bench` and `make scale`. Each leaves the other's part as it is."""

from __future__ import annotations

from pathlib import Path

_SCALE = "\n## Scale\n"


def write(file: Path, *, bench: str | None = None, scale: str | None = None) -> None:
    """Replace one part, or both."""
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    front, mark, back = kept.partition(_SCALE)
    if bench is None:
        bench = front
    if scale is None:
        scale = mark + back
    file.write_text(bench.rstrip("\n") + "\n" + ("\n" + scale.lstrip("\n") if scale else ""), encoding="utf-8")
