"""Requests of a sign-in: where they may go, how long they may take, and what their failures mean for a person."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from parastore.client.connect import Failure, Kind

if TYPE_CHECKING:
    import requests

TIMEOUT = 15  # seconds
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def secure(url: str, whose: str) -> str:
    """The URL, if nobody on the way can read along. Raises Failure."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url
    raise Failure(Kind.REFUSED, f"{whose}, {url}, must be https://, or everybody on the way could sign in as you")


def prepare(session: requests.Session) -> requests.Session:
    """A session that trusts what AWS clients trust, and takes no password from ~/.netrc."""
    session.verify = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE") or True
    session.auth = _as_it_is
    return session


def _as_it_is(request: Any) -> Any:
    return request


@contextlib.contextmanager
def reaching(whose: str) -> Iterator[None]:
    """Raise what happens on the way as Failure."""
    import requests  # noqa: PLC0415 (only who signs in pays for it)

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Failure(Kind.UNREACHABLE, f"{whose}: {error}. AWS_CA_BUNDLE names the certificate to trust") from None
    except requests.exceptions.RequestException as error:
        raise Failure(Kind.UNREACHABLE, f"cannot reach {whose}: {type(error).__name__}") from None


def json_of(answer: requests.Response, whose: str) -> dict[str, Any]:
    """The object that an answer is. Raises Failure when it is none, or no success."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code != 200 or not isinstance(body, dict):
        said = body.get("message") if isinstance(body, dict) else None
        kind = Kind.UNREACHABLE if answer.status_code >= 500 else Kind.REFUSED
        raise Failure(kind, f"{whose} answers with status {answer.status_code}{f': {said}' if said else ''}")
    return body
