"""Build the wheel of the commit that is checked out: `python tools/build_wheel.py dist`.

It is built twice, each time from a clean clone, and both must have the same bytes. Then it is installed into a fresh
environment, where `parastore serve` must give the console that is inside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
TRY = """
import sys, urllib.request
from pathlib import Path
from parastore.testing.server import Server
with Server(Path(sys.argv[1])) as server:
    for path in ("/console/", "/version"):
        with urllib.request.urlopen(server.url + path) as answer:
            print(f"{path}: {answer.status}, {len(answer.read())} bytes")
"""


def main(target: Path) -> None:
    """Build, compare, try and keep."""
    with tempfile.TemporaryDirectory(prefix="parastore-wheel-") as name:
        folder = Path(name)
        one, other = (build(folder / str(number)) for number in (1, 2))
        if one.read_bytes() != other.read_bytes():
            sys.exit(f"two builds differ: compare {keep(one, target)} with {keep(other, target / 'other')}")
        python = install(one, folder / "installed")
        sys.stdout.write(run(python, "-c", TRY, str(folder / "data")))
        sys.stdout.write(f"{keep(one, target)}: built twice, the same bytes\n")


def build(folder: Path) -> Path:
    """A wheel from a clean clone, dated by the commit."""
    clone = folder / "clone"
    run("git", "clone", "--quiet", str(ROOT), str(clone))
    date = run("git", "-C", str(clone), "log", "-1", "--format=%ct").strip()
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(clone))
    run(*pip, environment={"SOURCE_DATE_EPOCH": date})
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> str:
    """The Python of a fresh environment that has the wheel, and with it the versions that are locked."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    pip = (python, "-m", "pip", "install", "--quiet")
    run(*pip, "--require-hashes", "--requirement", str(ROOT / "requirements" / "runtime.lock"))
    run(*pip, "--no-deps", str(wheel))
    return python


def keep(wheel: Path, target: Path) -> Path:
    """Copy it there."""
    target.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(wheel, target))


def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """What a program of ours printed."""
    with_more = os.environ | (environment or {})
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=with_more).stdout  # noqa: S603


main(Path(sys.argv[1]))
