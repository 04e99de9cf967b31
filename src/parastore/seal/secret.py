"""Where a passphrase or a PIN comes from: a private file, a systemd credential, or whoever sits at the terminal.

Never from a flag or a variable: others on the machine read the first, and every child process gets the second.
"""

from __future__ import annotations

import getpass
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from parastore.private import is_open_to_others

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 64 << 10


class SecretError(Exception):
    """There is no secret to be had. The text says where one was looked for."""


class Secrets:
    """Reads secrets; remembers what was typed, so that nobody is asked twice.

    `ask` says whether a terminal may be used. Workers get a copy that only remembers: it travels through the pipe that
    a worker is started by.
    """

    def __init__(self, *, ask: bool = False) -> None:
        self._ask = ask
        self._typed: dict[str, list[str]] = {}

    @classmethod
    def at_terminal(cls) -> Secrets:
        """Those of a command: whoever sits at the terminal is asked, if there is one."""
        return cls(ask=sys.stdin is not None and sys.stdin.isatty())  # None when it was closed before we were started

    def __reduce__(self) -> tuple[Callable[[dict[str, list[str]]], Secrets], tuple[dict[str, list[str]]]]:
        return _remembering, (self._typed,)

    def settle(self) -> None:
        """Ask nobody from now on."""
        self._ask = False

    def current(self, file: Path | None, what: str) -> list[str]:
        """What a passphrase or PIN may be, the newest first. Raises SecretError."""
        if lines := _lines(file, what):
            return lines[::-1]
        if what not in self._typed:
            self._typed[what] = [self._prompt(f"The root key's {what}: ", what)]
        return self._typed[what][::-1]

    def new(self, file: Path | None, what: str) -> str:
        """The one for a new root key: the last line of the file, or typed twice. Raises SecretError."""
        if lines := _lines(file, what):
            return lines[-1]
        typed = self._prompt(f"A new {what} for the root key: ", what)
        if self._prompt("The same again: ", what) != typed:
            raise SecretError("the two are not the same")
        self._typed.setdefault(what, []).append(typed)
        return typed

    def _prompt(self, text: str, what: str) -> str:
        if not self._ask:
            raise SecretError(
                f"it is in no file (root_key_secret_file), in no systemd credential (parastore-{what}), and nobody can"
                " be asked"
            )
        try:
            typed = _normal(getpass.getpass(text))
        except EOFError:
            typed = ""
        if not typed:
            raise SecretError("nothing was typed")
        return typed


def _remembering(typed: dict[str, list[str]]) -> Secrets:
    secrets = Secrets()
    secrets._typed = typed
    return secrets


def _lines(file: Path | None, what: str) -> list[str]:
    """What the file or the credential holds, oldest first; nothing when neither is there."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if file is None and folder and (credential := Path(folder, f"parastore-{what}")).exists():
        file = credential
    return [] if file is None else _read(file)


def _read(file: Path) -> list[str]:
    """The lines that are not empty, at least one."""
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(_MOST)
    except OSError as error:
        raise SecretError(f"{file} cannot be read: {error.strerror}") from error
    if is_open_to_others(file, mode):
        raise SecretError(f"{file} can be read by others: chmod 600 {file}")
    try:
        lines = [_normal(line) for line in content.decode().splitlines() if line]
    except UnicodeDecodeError:
        raise SecretError(f"{file} is not UTF-8 text") from None
    if not lines:
        raise SecretError(f"{file} is empty")
    return lines


def _normal(text: str) -> str:
    # One keyboard sends a letter with its accent, or a Korean syllable, in one piece, another in several (RFC 8265).
    return unicodedata.normalize("NFC", text)
