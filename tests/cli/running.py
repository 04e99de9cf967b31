"""The `parastore` command as a person runs it: a process of its own, with its own home."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """How a run ended; `terminal` is what a person saw, when there was one."""

    code: int
    out: str = ""
    err: str = ""
    terminal: str = ""


@dataclass(frozen=True)
class Shell:
    """A home folder and variables; nothing of the tests' own environment comes in."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.home / ".aws" / "config"

    @property
    def credentials(self) -> Path:
        return self.home / ".aws" / "credentials"

    @property
    def environ(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "COLUMNS": "200", **self.variables}

    def run(self, *words: str, stdin: str = "", **variables: str) -> Ended:
        """`parastore <words>` with everything piped."""
        ended = subprocess.run(
            [sys.executable, "-m", "parastore", *words],
            env=self.environ | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def type(self, *words: str, typed: str | Sequence[str] = "") -> Ended:
        """`parastore <words>` on a terminal, where somebody types: one answer, or one for each question."""
        answers = [typed] if isinstance(typed, str) else list(typed)
        terminal, end = pty.openpty()
        # A session of its own has no /dev/tty, so what asks for secrets asks on this terminal.
        process = subprocess.Popen(
            [sys.executable, "-m", "parastore", *words],
            env=self.environ,
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
        )
        os.close(end)
        shown = b""
        try:
            while chunk := os.read(terminal, 4096):
                shown += chunk
                if any(answers) and chunk.rstrip().endswith(b":"):
                    os.write(terminal, answers.pop(0).encode() + b"\n")
        except OSError:
            pass  # Linux says EIO where others say end of file
        finally:
            os.close(terminal)
        return Ended(process.wait(60), terminal=shown.decode())
