"""Parameters in memory: read once, kept for a time, refreshed before that is over, and old ones rather than none.

    parameters = parastore.cached(boto3.client("ssm"), ttl=60)
    parameters.get("/myapp/db/host")                       # str
    parameters.get_many(["/myapp/db/host", "/myapp/x:3"])  # dict[str, str], ten a call
    parameters.by_path("/myapp/db")                        # {"host": ..., "password": ...}
    await parameters.aget("/myapp/db/host")                # waits in a thread, not in the event loop

Safe to share between threads. Values are decrypted, and those of SecureStrings are made known to `parastore.redaction`.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from parastore import redaction
from parastore.client.names import relative
from parastore.client.read import batches

T = TypeVar("T")
Key = tuple[str, str]  # "name" or "path", and which


class ParametersNotFound(LookupError):
    """Parameters that are not there; all of them are in `names`."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"no such parameter: {', '.join(names)}")
        self.names = names


class _Kept(NamedTuple):
    value: Any
    fetched: float


class CachedParameters:
    """Made by `cached`. Errors are botocore's own, and ParametersNotFound."""

    def __init__(self, client: Any, ttl: float, refresh_ahead: float, stale_if_error: bool) -> None:
        self._client = client
        self._ttl = ttl
        self._ahead = ttl * (1 - refresh_ahead)
        self._stale = stale_if_error
        self._kept: dict[Key, _Kept] = {}
        self._lock = threading.Lock()
        self._flights: dict[Key, threading.Lock] = {}
        self._refreshing: set[Key] = set()

    def get(self, name: str) -> str:
        """The value of a parameter, by name or ARN, with or without `:version` or `:label`."""
        value: str = self._get(("name", name), lambda: self._fetch_names([name])[name])
        return value

    def get_json(self, name: str) -> Any:
        """The value, decoded from JSON."""
        return json.loads(self.get(name))

    def get_list(self, name: str) -> list[str]:
        """The items of a StringList."""
        return self.get(name).split(",")

    def get_many(self, names: Iterable[str]) -> dict[str, str]:
        """Values by what they were asked for. What is not fresh is asked for together."""
        wanted = list(dict.fromkeys(names))
        found = {name: kept.value for name in wanted if (kept := self._fresh(("name", name)))}
        if missing := [name for name in wanted if name not in found]:
            try:
                fetched = self._fetch_names(missing)
            except Exception as error:
                old = {name: kept.value for name in missing if (kept := self._kept.get(("name", name)))}
                if not (self._stale and _is_away(error) and len(old) == len(missing)):
                    raise
                fetched = old
            else:
                for name, value in fetched.items():
                    self._keep(("name", name), value)
            found |= fetched
        return {name: found[name] for name in wanted}

    def by_path(self, path: str) -> dict[str, str]:
        """Values below a path at any depth, by what is left of their names."""
        values: dict[str, str] = self._get(("path", path), lambda: self._fetch_path(path))
        return dict(values)

    async def aget(self, name: str) -> str:
        """`get` without blocking the event loop."""
        return await self._apart(("name", name), self.get, name)

    async def aget_many(self, names: Iterable[str]) -> dict[str, str]:
        """`get_many` without blocking the event loop."""
        return await asyncio.to_thread(self.get_many, list(names))

    async def aby_path(self, path: str) -> dict[str, str]:
        """`by_path` without blocking the event loop."""
        return await self._apart(("path", path), self.by_path, path)

    def forget(self) -> None:
        """Ask for everything again."""
        with self._lock:
            self._kept.clear()

    async def _apart(self, key: Key, get: Callable[[str], T], which: str) -> T:
        # What is kept needs no thread, nor does starting its refresh.
        return get(which) if self._fresh(key) else await asyncio.to_thread(get, which)

    def _get(self, key: Key, fetch: Callable[[], Any]) -> Any:
        kept = self._fresh(key)
        if kept is not None:
            if time.monotonic() - kept.fetched >= self._ahead:
                self._refresh(key, fetch)
            return kept.value
        with self._lock:
            flight = self._flights.setdefault(key, threading.Lock())
        with flight:
            # Another thread may have fetched it while this one waited.
            if (kept := self._fresh(key)) is not None:
                return kept.value
            try:
                return self._keep(key, fetch())
            except Exception as error:
                old = self._kept.get(key)
                if old is None or not (self._stale and _is_away(error)):
                    raise
                return old.value

    def _fresh(self, key: Key) -> _Kept | None:
        kept = self._kept.get(key)
        return kept if kept is not None and time.monotonic() - kept.fetched < self._ttl else None

    def _keep(self, key: Key, value: Any) -> Any:
        with self._lock:
            self._kept[key] = _Kept(value, time.monotonic())
            self._flights.pop(key, None)
        return value

    def _refresh(self, key: Key, fetch: Callable[[], Any]) -> None:
        with self._lock:
            if key in self._refreshing:
                return
            self._refreshing.add(key)

        def run() -> None:
            try:
                self._keep(key, fetch())
            except Exception:  # noqa: BLE001, S110 (the value is still good; the read after its time raises)
                pass
            finally:
                self._refreshing.discard(key)

        threading.Thread(target=run, name="parastore-refresh", daemon=True).start()

    def _fetch_names(self, names: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for batch in batches(names):
            answer = self._client.get_parameters(Names=batch, WithDecryption=True)
            for each in answer["Parameters"]:
                for key in (each["Name"], each["ARN"]):
                    if (asked := key + each.get("Selector", "")) in batch:
                        found[asked] = _value(each)
        if missing := [name for name in names if name not in found]:
            raise ParametersNotFound(missing)
        return found

    def _fetch_path(self, path: str) -> dict[str, str]:
        pages = self._client.get_paginator("get_parameters_by_path").paginate(
            Path=path, Recursive=True, WithDecryption=True
        )
        return {relative(each["Name"], path): _value(each) for page in pages for each in page["Parameters"]}


def _value(parameter: dict[str, Any]) -> str:
    value: str = parameter["Value"]
    if parameter["Type"] == "SecureString":
        redaction.remember(value)
    return value


def _is_away(error: Exception) -> bool:
    """Whether the server could not be asked, or failed, or was too busy; an answer of its own is another matter."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        return status >= 500 or "Throttl" in error.response.get("Error", {}).get("Code", "")
    return isinstance(error, BotoCoreError)


def cached(
    client: Any = None, *, ttl: float = 300.0, refresh_ahead: float = 0.2, stale_if_error: bool = True
) -> CachedParameters:
    """Parameters through any boto3 SSM client, by default one of the standard chain.

    A value is kept for `ttl` seconds. A read in the last part of that time, by default a fifth, starts a refresh in the
    background. When a value is too old and the server is away, the old one is given, unless `stale_if_error` is False.
    """
    if client is None:
        from parastore.client.connect import open_client  # noqa: PLC0415

        client = open_client()
    return CachedParameters(client, ttl, refresh_ahead, stale_if_error)
