"""Scripts of commands with the output expected of them: what a person would see, line by line.

    # A comment.
    $ parastore get /myapp/host
    db.example.com
    $ parastore get /myapp/none
    ! Error: /myapp/none: no such parameter
    [3]

`!` begins a line of stderr, `[3]` is an exit code other than 0, and `...` stands for any text. A command
runs in a shell in a folder of the script's own. `parastore`, alone, behind a pipe, with variables in front or a file
behind, runs in this process, which saves a second a time; what must be a process of its own is written `sh -c '...'`
or is `parastore exec`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click.testing

from parastore.cli.main import main

_PLAIN = re.compile(
    r"(?:(?P<left>[^|]*)\|\s*)?(?:env -u (?P<unset>\w+) )?(?P<set>(?:\w+=[^\s$`'\"]* )*)"
    r"parastore (?P<words>(?!exec\b|agent\b)[^|<>&;]*?)(?: > (?P<file>\S+))?\Z"
)


class Step(NamedTuple):
    line: int
    command: str
    expected: list[str]


def steps(text: str) -> Iterator[Step]:
    step: Step | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(number, line[2:], [])
        elif line.startswith("> ") and step:
            step = step._replace(command=f"{step.command}\n{line[2:]}")
        elif step and not line.startswith("#"):
            step.expected.append(line)
    if step:
        yield step


def run_script(file: Path, folder: Path, environ: Mapping[str, str]) -> None:
    """Run every step, and compare. Raises AssertionError showing the file's line, what was wanted, and what came."""
    for step in steps(file.read_text(encoding="utf-8")):
        out, err, code = _run(step.command, folder, environ)
        lines = out.splitlines() + [f"! {line}".rstrip() for line in err.splitlines()] + ([f"[{code}]"] if code else [])
        wanted = "\n".join(step.expected).rstrip("\n")
        came = "\n".join(line.rstrip() for line in lines).rstrip("\n")
        assert _matches(wanted, came), (
            f"{file.name}:{step.line}\n$ {step.command}\n--- wanted\n{wanted}\n--- came\n{came}"
        )


def _matches(wanted: str, came: str) -> bool:
    return re.fullmatch(".*?".join(map(re.escape, wanted.split("..."))), came, re.DOTALL) is not None


def _run(command: str, folder: Path, environ: Mapping[str, str]) -> tuple[str, str, int]:
    plain = _PLAIN.match(command)
    if not plain:
        shell = ["sh", "-c", command]
        ended = subprocess.run(
            shell,
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return ended.stdout, ended.stderr, ended.returncode
    piped = ""
    if plain["left"]:
        piped = subprocess.check_output(["sh", "-c", plain["left"]], cwd=folder, env=environ, text=True)
    environ = {name: value for name, value in environ.items() if name != plain["unset"]}
    environ |= dict(each.split("=", 1) for each in plain["set"].split())
    words = [each.replace("$URL", environ.get("URL", "")) for each in shlex.split(plain["words"])]
    before, saved = os.getcwd(), dict(os.environ)
    os.chdir(folder)
    os.environ.clear()
    try:
        result = click.testing.CliRunner().invoke(main, words, input=piped, env=dict(environ), prog_name="parastore")
    finally:
        os.chdir(before)
        os.environ.update(saved)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if plain["file"]:
        (folder / plain["file"]).write_text(result.stdout)
        return "", result.stderr, result.exit_code
    return result.stdout, result.stderr, result.exit_code


def environment(home: Path, **variables: str) -> dict[str, str]:
    """What a script's commands see: a home, this `parastore` on the PATH, and `variables`."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"HOME": str(home), "PATH": path, "COLUMNS": "200", "LANG": "C.UTF-8", **variables}
