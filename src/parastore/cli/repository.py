"""The files of a repository, but for what is plainly not source; and what Git has staged."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from parastore.adopt.find import is_env_file
from parastore.cli import exits

LARGEST = 1 << 20  # bytes; what is larger is data
_NOT_SOURCE = {
    ".git",
    "node_modules",
    ".venv",
    "venv",
    "__pycache__",
    ".tox",
    ".mypy_cache",
    ".terraform",
    "dist",
    "build",
}
_LOCKS = {"package-lock.json", "poetry.lock", "uv.lock", "yarn.lock", "Cargo.lock", "go.sum", "pnpm-lock.yaml"}


def source_files(folder: Path) -> Iterator[Path]:
    """Files below a folder that may be source, sorted. Of what Git ignores there, only .env files."""
    wanted = _of_git(folder) if (folder / ".git").exists() else None
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - _NOT_SOURCE)
        for name in sorted(set(files) - _LOCKS):
            file = Path(root, name)
            known = wanted is None or str(file.relative_to(folder)) in wanted or is_env_file(name)
            if known and not file.is_symlink() and file.stat().st_size <= LARGEST:
                yield file


def _of_git(folder: Path) -> set[str]:
    names = _git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return set(names.decode(errors="surrogateescape").split("\0"))


def staged(folder: Path) -> list[tuple[str, str]]:
    """Name and text of the files that the next commit changes, as it will have them."""
    names = _git(folder, "diff", "--cached", "--name-only", "-z", "--diff-filter=ACMR").decode(errors="surrogateescape")
    found = []
    for name in names.split("\0"):
        if name and Path(name).name not in _LOCKS:
            data = _git(folder, "show", f":{name}")
            if (text := as_text(data)) is not None:
                found.append((name, text))
    return found


def hook_file(folder: Path) -> Path:
    """Where Git looks for its pre-commit hook."""
    name = _git(folder, "rev-parse", "--git-path", "hooks/pre-commit").decode().strip()
    return folder / name


def as_text(data: bytes) -> str | None:
    """The text, or None for what is none, or too large."""
    if len(data) > LARGEST or b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _git(folder: Path, *words: str) -> bytes:
    try:
        return subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True).stdout  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"") or b""
        raise exits.Ended(exits.UNABLE, f"git {words[0]}: {said.decode(errors='replace').strip() or error}") from None
