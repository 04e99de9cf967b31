"""docs/tutorial.md, line by line, in one shell: what is typed there is typed here, and what is shown must come."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from tests.cli.script import environment

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
END = "----end-of-step----"


def steps() -> list[tuple[str, str]]:
    """What is typed, and what is shown after it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line == ">" or line.startswith("> "):
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", found[-1][1])
            else:
                found[-1][1].append(line)
    return [(typed, "\n".join(shown)) for typed, shown in found]


class Shell:
    """A shell that stays, so that `cd`, `export` and `&` are what they are."""

    def __init__(self, folder: Path) -> None:
        variables = {
            "GIT_AUTHOR_NAME": "T",
            "GIT_AUTHOR_EMAIL": "t@example.com",
            "GIT_COMMITTER_NAME": "T",
            "GIT_COMMITTER_EMAIL": "t@example.com",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PARASTORE_LOG_LEVEL": "error",
        }
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=environment(folder, **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def type(self, command: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\nprintf '\\n{END}\\n'\n")
        self._process.stdin.flush()
        shown: list[str] = []
        for line in self._process.stdout:
            if line.strip() == END:
                break
            shown.append(line)
        return "".join(shown).rstrip("\n")

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(20)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def matches(wanted: str, came: str) -> bool:
    return re.fullmatch(".*?".join(map(re.escape, wanted.split("..."))), came, re.DOTALL) is not None


def test_every_line(tmp_path: Path) -> None:
    # The ports of the page may be somebody else's here.
    ports = {"4583": free_port(), "2773": free_port()}
    shell = Shell(tmp_path)
    shell.type(f"export PARASTORE_PORT={ports['4583']} PARAMETERS_SECRETS_EXTENSION_HTTP_PORT={ports['2773']}")
    try:
        for typed, wanted in steps():
            for usual, port in ports.items():
                typed, wanted = typed.replace(usual, str(port)), wanted.replace(usual, str(port))  # noqa: PLW2901
            if typed.endswith("&"):
                shell.type(typed.replace("&", ">> ../log 2>&1 &"))
                port = ports["2773" if "agent" in typed else "4583"]
                deadline = time.monotonic() + 30
                while not ready(port):
                    assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                    time.sleep(0.05)
                continue
            came = shell.type(typed)
            assert matches(wanted, came), f"$ {typed}\n--- wanted\n{wanted}\n--- came\n{came}"
    finally:
        shell.end()


def test_the_page_has_steps() -> None:
    assert len(steps()) > 25
    assert any("..." in shown for _, shown in steps())
    assert matches("a...c", "abc")
    assert not matches("a\nb", "a\nc")
