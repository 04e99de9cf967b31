"""How a process connects to PostgreSQL: the settings of its sessions, and the hosts of its URL in turn."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

from parastore.storage.postgres_failures import FAILURES, storage_error

PATIENCE = 5.0  # seconds a read or a write waits for a database that cannot be reached or is busy
PAUSE = 0.1  # seconds between two attempts
SESSION = {
    "application_name": "parastore",
    # A node that hangs or is cut off in its turn loses it, before those who wait give up.
    "idle_in_transaction_session_timeout": "3000",
    "lock_timeout": "4000",
    # To cancel a COMMIT that waits for its standby is to be told that it went well.
    "statement_timeout": "0",
}
_LISTS = ("host", "hostaddr", "port")  # parameters of a URL that may have one value for each host


class Hosts:
    """A database's URL. A host of several that does not answer is tried last from then on.

    asyncpg gives all hosts together the time that one attempt has; so the first one that hangs, or was cut off the
    network, would use up every attempt.
    """

    __slots__ = ("_others", "url")

    def __init__(self, url: str) -> None:
        self.url = url
        self._others = _rotations(url)

    @property
    def number(self) -> int:
        """How many hosts there are."""
        return len(self._others) + 1

    def failed(self, url: str) -> None:
        """Say that the first host of `url` did not answer in time."""
        if self._others and url == self.url:  # and not another one's failure, that was told before
            self._others.append(self.url)
            self.url = self._others.pop(0)


def _rotations(url: str) -> list[str]:
    """The same URL with its second host first, its third one, and so on; none when it has but one host."""
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    query = parse_qsl(parts.query, keep_blank_values=True)
    names = [hosts, *(value for name, value in query if name in _LISTS)]
    number = max(len(each.split(",")) for each in names)
    turned = []
    for first in range(1, number):
        chosen = [(name, _turned(value, first) if name in _LISTS else value) for name, value in query]
        rest = f"?{urlencode(chosen, safe='/,:*')}" if chosen else ""
        turned.append(f"{parts.scheme}://{login}{at}{_turned(hosts, first)}{parts.path}{rest}")
    return turned


def _turned(names: str, first: int) -> str:
    parts = names.split(",")
    return ",".join(parts[first % len(parts) :] + parts[: first % len(parts)])


def arguments(url: str, session: dict[str, str], target: str = "primary") -> dict[str, Any]:
    """What asyncpg is told, for a server of the kind `target`."""
    return {
        "dsn": url,
        "timeout": PATIENCE / 2,
        # Longer than a turn is waited for, or than a standby may take to say that it has a commit.
        "command_timeout": PATIENCE * 2,
        "statement_cache_size": 500,
        "max_cached_statement_lifetime": 0,
        "target_session_attrs": target,
        "server_settings": SESSION | session,
    }


async def connect(hosts: Hosts, session: dict[str, str], **others: Any) -> Any:
    """A connection of its own, with these settings of its session beside ours. Raises what asyncpg raises."""
    url = hosts.url
    try:
        return await asyncpg.connect(**arguments(url, session) | others)
    except TimeoutError:
        hosts.failed(url)
        raise


async def connect_patiently(url: str, session: dict[str, str]) -> Any:
    """The same for one who has no time to come again: every host is tried. Raises StorageError."""
    hosts = Hosts(url)
    for attempt in range(1, hosts.number + 1):
        try:
            return await connect(hosts, session, command_timeout=None)
        except (*FAILURES, ValueError) as error:
            if not isinstance(error, TimeoutError) or attempt == hosts.number:
                raise storage_error(error) from error
    raise AssertionError("there is always a last attempt")


async def end(open_one: Any) -> None:
    """Close a connection or a pool, without waiting for a server that does not answer."""
    try:
        await asyncio.wait_for(open_one.close(), 2)
    except FAILURES:
        open_one.terminate()
