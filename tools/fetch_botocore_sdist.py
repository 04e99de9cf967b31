"""Fetch botocore's source distribution and unpack its tests into `.cache/botocore-<version>/`.

The wheel leaves out AWS's own vectors (the SigV4 suite, the protocol tests), and we do not keep copies of them. The
version is the one in `requirements/dev.lock`. Done already, it does nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOCK = ROOT / "requirements" / "dev.lock"

# The lock names two files of this version; this is the sdist, the other one the wheel.
SHA256 = "a988f39e3a4484def0b8010f41128f71157da0515a4804fccce4739aa8f216da"


def locked_version() -> str:
    """The version in the lock. Raises SystemExit when the lock no longer knows our hash."""
    entry = re.search(r"^botocore==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK.read_text(), re.M)
    if entry is None:
        raise SystemExit(f"{LOCK} has no entry for botocore")
    if SHA256 not in entry[2]:
        raise SystemExit(f"{LOCK} has another botocore now: put the hash of its sdist into {Path(__file__).name}")
    return entry[1]


def wanted(archive: tarfile.TarFile, top: str) -> Iterator[tarfile.TarInfo]:
    """The tests and the licence; the package itself is installed."""
    for member in archive:
        if member.name.startswith((f"{top}/tests/", f"{top}/LICENSE", f"{top}/NOTICE")):
            yield member


def main() -> None:
    """Fetch, check, unpack: the folder appears whole or not at all."""
    top = f"botocore-{locked_version()}"
    folder = CACHE / top
    if folder.is_dir():
        return
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        pin = Path(scratch) / "pin.txt"
        pin.write_text(f"{top.replace('-', '==')} --hash=sha256:{SHA256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", scratch, "--requirement", str(pin)]
        subprocess.run(command, check=True)  # noqa: S603 - the words are ours
        with tarfile.open(Path(scratch) / f"{top}.tar.gz") as archive:
            archive.extractall(scratch, members=wanted(archive, top), filter="data")
        (Path(scratch) / top).rename(folder)


if __name__ == "__main__":
    main()
