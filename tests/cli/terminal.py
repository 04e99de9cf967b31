"""A person at a terminal: reads what is shown, and answers questions."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cli.running import Ended


def wait_until_it_reads(process: int) -> None:
    """Nobody types within 200 us of a question. CPython loses a Ctrl-C that comes while `input` flushes its prompt."""
    for _ in range(2000):
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "S":
            return
        time.sleep(0.001)
    raise AssertionError("it asked, but does not read the answer")


def converse(
    command: Sequence[str], environ: Mapping[str, str], answers: Sequence[tuple[str, str]] = (), columns: int = 80
) -> Ended:
    """Run a command on a terminal; when it shows the next of `answers`' questions, type the answer."""
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {name: value for name, value in environ.items() if name != "COLUMNS"}

    def take_terminal() -> None:
        # Whoever runs the tests in the background has it ignored, and a program inherits that.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is a signal, and /dev/tty is this

    process = subprocess.Popen(
        command,
        env=environ,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        preexec_fn=take_terminal,  # noqa: PLW1509 (no threads here)
    )
    os.close(end)
    shown, looked, left = b"", 0, list(answers)
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
            while left and left[0][0].encode() in shown[looked:]:
                question, answer = left.pop(0)
                looked = shown.index(question.encode(), looked) + len(question)
                wait_until_it_reads(process.pid)
                os.write(terminal, answer.encode() + b"\n")
    except OSError:
        pass  # Linux says EIO where others say end of file
    finally:
        os.close(terminal)
    assert not left, f"never asked: {left[0][0]}\n{shown.decode()}"
    return Ended(process.wait(60), terminal=shown.decode().replace("\r\n", "\n"))
