"""OIDC issuers whose tokens may be exchanged for a role's session: as configured, and their public keys.

Keys come from a file, which is read again when it changes, or from a URL: the issuer's JWKS, by default the one its
discovery document names. Fetched keys are kept for ten minutes; an unknown key id makes them be fetched again, once a
minute at most, so that a flood of forged tokens does not become a flood of requests to the issuer.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from parastore.sts.people import People, fault_of

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:.]+\](:[0-9]+)?")  # it stands in a header, too
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEPT = 600.0  # seconds
_NOT_AGAIN = 60.0
_TIMEOUT = 5.0
_LARGEST = 1 << 20  # bytes of a JWKS or a discovery document


class Issuer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An issuer as the configuration file describes it: `[[oidc_issuers]]`.

    `issuer` is the `iss` of its tokens, a URL; `audiences` are those it may make tokens for. Without a file or a URL of
    keys the issuer's discovery document says where they are. `people` is there when persons sign in with it.
    """

    issuer: str
    audiences: tuple[str, ...] = ()
    people: People | None = None
    jwks_file: str | None = None
    jwks_url: str | None = None

    @property
    def name(self) -> str:
        """What trust policies call it: the URL without its scheme."""
        return self.issuer.partition("://")[2].rstrip("/")

    @property
    def accepted(self) -> tuple[str, ...]:
        """The audiences of tokens that are taken: those of machines, and the client that people sign in by."""
        return self.audiences if self.people is None else (*self.audiences, self.people.client_id)


class IssuerError(Exception):
    """An issuer is not described right, or its keys cannot be had. The text says how."""


def read_issuers(value: Any) -> tuple[Issuer, ...]:
    """Read the value of `oidc_issuers`. Raises IssuerError."""
    try:
        issuers = msgspec.convert(value, tuple[Issuer, ...])
    except msgspec.ValidationError as error:
        raise IssuerError(str(error)) from None
    if len({each.name for each in issuers}) < len(issuers):
        raise IssuerError("two issuers are the same")
    for each in issuers:
        if not each.accepted:
            raise IssuerError(
                f"{each.issuer} has no audiences: say for whom its tokens are made (sts.amazonaws.com), or how people"
                " sign in"
            )
        if each.people is not None and (fault := fault_of(each.people)) is not None:
            raise IssuerError(f"{each.issuer}: {fault}")
        if each.jwks_file is not None and each.jwks_url is not None:
            raise IssuerError(f"{each.issuer} has a file and a URL of keys: give one")
        for url in (each.issuer, *([each.jwks_url] if each.jwks_url else ())):
            if not _is_safe(url):
                raise IssuerError(f"{url} must be an https:// URL; http:// is for this machine only")
    return issuers


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(_HOST.fullmatch(parts.netloc)) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


Fetch = Callable[[Issuer], Any]


class KeySet:
    """An issuer's public keys, by key id."""

    def __init__(self, issuer: Issuer, fetch: Fetch) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._keys: Mapping[str, Any] = {}
        self._fetched = float("-inf")
        self._changed = 0
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> Any:
        """The JWK with this id, or None. Raises IssuerError when the keys cannot be had."""
        if self.issuer.jwks_file is not None:
            self._read(Path(self.issuer.jwks_file))
            return self._keys.get(key_id)
        found = self._keys.get(key_id)
        if found is None or time.monotonic() - self._fetched > _KEPT:
            # Whoever brings a key that is known does not wait behind those who bring others.
            async with self._fetching:
                await self._refresh(key_id, found)
        return self._keys.get(key_id)

    async def _refresh(self, key_id: str, known: Any) -> None:
        age = time.monotonic() - self._fetched
        if age > _KEPT or (key_id not in self._keys and age > _NOT_AGAIN):
            self._fetched = time.monotonic()
            try:
                self._keys = _by_id(await asyncio.to_thread(self._fetch, self.issuer))
            except IssuerError:
                # An issuer that is down for a moment does not stop those whose key is known.
                if known is None:
                    raise

    def _read(self, file: Path) -> None:
        try:
            changed = file.stat().st_mtime_ns
            if changed != self._changed:
                self._keys = _by_id(json.loads(file.read_bytes()))
                self._changed = changed
        except (OSError, ValueError) as error:
            raise IssuerError(f"cannot read the keys of {self.issuer.issuer} from {file}: {error}") from None


def _by_id(document: Any) -> Mapping[str, Any]:
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise IssuerError("the issuer's keys are no JWKS")
    return {str(each.get("kid", "")): each for each in keys if isinstance(each, dict)}


def fetch(issuer: Issuer) -> Any:
    """An issuer's JWKS, from its URL or the one of its discovery document. Blocks. Raises IssuerError."""
    url = issuer.jwks_url
    if url is None:
        discovered = _get(issuer.issuer.rstrip("/") + "/.well-known/openid-configuration")
        url = discovered.get("jwks_uri") if isinstance(discovered, dict) else None
        if not isinstance(url, str) or not _is_safe(url):
            raise IssuerError(f"the discovery document of {issuer.issuer} names no jwks_uri")
    return _get(url)


def _get(url: str) -> Any:
    import urllib3  # noqa: PLC0415 (only where an issuer is asked)

    timeout = urllib3.Timeout(total=_TIMEOUT)
    try:
        with urllib3.PoolManager(retries=urllib3.Retry(1, redirect=0), timeout=timeout) as pool:
            answer = pool.request("GET", url, preload_content=False)
            try:
                body = answer.read(_LARGEST + 1)
            finally:
                answer.release_conn()
            if answer.status != 200 or len(body) > _LARGEST:
                raise IssuerError(f"{url} answers with status {answer.status}")
            return json.loads(body)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise IssuerError(f"cannot read {url}: {type(error).__name__}") from None


_in_use: dict[str, KeySet] = {}


def use(issuers: Sequence[Issuer], fetch: Fetch) -> None:
    """Take tokens of these issuers, and no others."""
    _in_use.clear()
    _in_use.update({each.issuer: KeySet(each, fetch) for each in issuers})


def find(issuer: str) -> KeySet | None:
    """The keys of the issuer that a token names, if its tokens are taken."""
    return _in_use.get(issuer)
