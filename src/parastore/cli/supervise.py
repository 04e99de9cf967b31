"""Run a program, pass signals on to it, and start it again when its parameters have changed."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from types import FrameType
from typing import TYPE_CHECKING

from parastore.cli.aws import say
from parastore.cli.folder import Unable
from parastore.client.connect import Failure

if TYPE_CHECKING:
    from parastore.cli.program import Program

GRACE = 10.0  # seconds between SIGTERM and SIGKILL when it is started again
LONGEST = 60.0  # seconds that looks which fail, one after another, come to be apart
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT)


def supervise(program: Program, look: Callable[[], Program | None], every: float) -> int:
    """Run until the program ends by itself; its exit code, 128 and the number when a signal ended it.

    `look` gives the program as it would be now, or None when nothing changed. A look that fails leaves the program
    running and is told once; while looks fail, as when they are throttled, they become rarer.
    """
    told, failures = "", 0
    with _signals() as signals:
        process = signals.start(program)
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_pause(every, failures))
                return code if code >= 0 else 128 - code
            try:
                latest = look()
            except (Failure, Unable) as failure:
                failures += 1
                if (now := str(failure)) != told:
                    say(f"Cannot look for changes: {now}")
                    told = now
                continue
            told, failures = "", 0
            if latest is None or latest == program:
                continue
            say(f"Changed: {_changes(program, latest)}. Starting {program.arguments[0]} again.")
            program = latest
            signals.process = None
            _end(process)
            process = signals.start(program)


def _pause(every: float, failures: int) -> float:
    """Seconds until the next look. Many that were started together do not look together."""
    return max(every, min(every * (1 << min(failures, 10)), LONGEST)) * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)


def _changes(old: Program, new: Program) -> str:
    names = old.environ.keys() | new.environ.keys()
    changed = sorted(name for name in names if old.environ.get(name) != new.environ.get(name))
    return ", ".join(changed) or "an argument"


class _Signals:
    """Passes signals on. One that comes between two programs is for the second."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(program.arguments, executable=program.file, env=program.environ)  # noqa: S603
        self.process = process
        while self._waiting:
            process.send_signal(self._waiting.pop())
        return process

    def __call__(self, number: int, frame: FrameType | None) -> None:
        # Ctrl-C and Ctrl-\ reach the whole foreground group of a terminal: the program has had them already.
        if number in (signal.SIGINT, signal.SIGQUIT) and sys.stdin.isatty():
            return
        if self.process is None:
            self._waiting.append(number)
        else:
            self.process.send_signal(number)


@contextlib.contextmanager
def _signals() -> Generator[_Signals, None, None]:
    signals = _Signals()
    before = {number: signal.signal(number, signals) for number in _PASSED_ON}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    deadline = time.monotonic() + GRACE
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    process.wait()
