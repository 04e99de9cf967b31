"""A program of the operator's holds the root key: `PROGRAM ... wrap` and `PROGRAM ... unwrap`, through pipes.

`wrap` reads the new root key from standard input (base64, one line) and writes what storage is to keep; `unwrap`
reads that and writes the root key again. So the key that opens it stays with the program, and each root key is one of
its own; a program that printed one key for ever could not be rotated, and would give it to whoever may run it.

No shell is between. What goes wrong is told by the program's exit code: its words on standard error are not shown,
for they may hold what it works on. It gets no PARASTORE_ variable, and `TIMEOUT` seconds.
"""

from __future__ import annotations

import base64
import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from parastore.seal.provider import SIZE, Provider, RootKeyError, RootKeyUnavailable
from parastore.seal.secret import Secrets

TIMEOUT = 30.0
_MOST = 16 << 10  # bytes a program may write; less than a pipe holds, so that giving them back cannot block


class CommandProvider:
    """`command` is the program and its first arguments."""

    name: ClassVar[str] = "command"

    def __init__(self, secrets: Secrets, *, command: Sequence[str]) -> None:
        self.parameters: dict[str, Any] = {"command": list(command)}
        self._command = list(command)

    def create(self, key_id: str) -> tuple[bytes, bytes]:
        """See Provider."""
        key = os.urandom(SIZE)
        keeps = self._run("wrap", base64.b64encode(key) + b"\n")
        if not keeps or key in keeps or base64.b64encode(key) in keeps or key.hex().encode() in keeps.lower():
            raise RootKeyError(f"`{self._shown('wrap')}` must write the key in a form that tells nothing of it")
        return key, keeps

    def open(self, key_id: str, keeps: bytes) -> Iterator[bytes]:
        """See Provider."""
        written = self._run("unwrap", keeps)
        try:
            key = base64.b64decode(written.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != SIZE:
            raise RootKeyError(f"`{self._shown('unwrap')}` wrote {len(written)} bytes that are no root key")
        yield key

    def _run(self, verb: str, given: bytes) -> bytes:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PARASTORE_")}
        try:
            process = subprocess.Popen(  # noqa: S603 - the operator's own program, named in a file of mode 0600
                [*self._command, verb],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environ,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise RootKeyUnavailable(f"`{self._shown(verb)}` cannot be run: {error}") from error
        try:
            return self._talk(process, verb, given)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started
            process.wait()
            assert process.stdout is not None
            process.stdout.close()

    def _talk(self, process: subprocess.Popen[bytes], verb: str, given: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(given)
        until, written = time.monotonic() + TIMEOUT, b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while selector.select(max(0, until - time.monotonic())):
                piece = os.read(process.stdout.fileno(), _MOST)
                written += piece
                if len(written) > _MOST:
                    raise RootKeyError(f"`{self._shown(verb)}` writes more than {_MOST} bytes")
                if not piece:
                    break
            else:
                raise RootKeyUnavailable(f"`{self._shown(verb)}` did not end within {TIMEOUT:g} seconds")
        try:
            code = process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise RootKeyUnavailable(f"`{self._shown(verb)}` did not end within {TIMEOUT:g} seconds") from None
        if code:
            raise RootKeyUnavailable(f"`{self._shown(verb)}` ended with {code}: run it by hand to see why")
        return written

    def _shown(self, verb: str) -> str:
        # Arguments may be anybody's secret, whatever is documented.
        return f"{self._command[0] if self._command else ''} ... {verb}"


PROVIDER: type[Provider] = CommandProvider
