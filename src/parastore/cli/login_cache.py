"""What `parastore login` keeps of a sign-in: a file for each profile, mode 0600, in `$XDG_CACHE_HOME/parastore/login`.

It holds temporary credentials and, where the issuer gives one, the refresh token that renews them. Whoever changes it
holds the profile's lock, because an issuer takes most refresh tokens only once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from parastore.cli.files import write_private
from parastore.login.server import Offer


class Kept(msgspec.Struct, frozen=True):
    """A sign-in: at which server, as which role, with whom; repr() shows no secret.

    `credentials` are as a credential process prints them, but for `Version`.
    """

    endpoint_url: str
    role: str
    offer: Offer
    credentials: dict[str, str]
    refresh_token: str | None

    def seconds_left(self) -> float:
        """How long the credentials still hold; less than nothing when they have ended."""
        return (datetime.fromisoformat(self.credentials["Expiration"]) - datetime.now(UTC)).total_seconds()

    def __repr__(self) -> str:
        return f"Kept({self.endpoint_url}, {self.role})"


def find(profile: str) -> Kept | None:
    """The profile's sign-in; None when there is none, or one of another version."""
    try:
        return msgspec.json.decode(_file(profile).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None


def keep(profile: str, kept: Kept) -> None:
    """Put a sign-in in the place of the former."""
    write_private(_file(profile), msgspec.json.encode(kept).decode())


def forget(profile: str) -> None:
    """Keep nothing of the profile."""
    _file(profile).unlink(missing_ok=True)


@contextlib.contextmanager
def lock(profile: str) -> Iterator[None]:
    """While it is held, nobody else changes what is kept of the profile."""
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(_file(profile).with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "parastore" / "login"


def _file(profile: str) -> Path:
    return _folder() / f"{quote(profile, safe=' ')}.json"
