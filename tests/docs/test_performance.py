"""docs/performance.md has two authors, and neither loses what the other wrote."""

from __future__ import annotations

from pathlib import Path

from bench import page


def test_each_part_is_kept_when_the_other_is_written(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    page.write(file, bench="# Performance\n\nfirst\n")
    assert file.read_text() == "# Performance\n\nfirst\n"
    page.write(file, scale="## Scale\n\nplots\n")
    page.write(file, bench="# Performance\n\nsecond\n")
    assert file.read_text() == "# Performance\n\nsecond\n\n## Scale\n\nplots\n"
    page.write(file, scale="## Scale\n\nnewer plots\n")
    assert file.read_text() == "# Performance\n\nsecond\n\n## Scale\n\nnewer plots\n"
