"""Session tokens and the ring: a rotation of the root key ends those of before it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from parastore.context import Caller, SecretValue, Session
from parastore.errors import ExpiredTokenException, UnrecognizedClientException
from parastore.iam.store import AccessKey
from parastore.seal.keyring import KeyRing
from parastore.sts.tokens import find_session, issue

OLD, NEW = bytes(32), bytes(range(32))
NOW = 1_700_000_000_000
ID = "ASIAIOSFODNN7EXAMPLE"


class Forgetful:
    async def known(self, key: Any, load: Any, *args: Any) -> Any:
        return await load(*args)


def find(ring: KeyRing, token: str) -> AccessKey:
    tx: Any = Forgetful()
    return asyncio.run(find_session(tx, ring, ID, token, NOW))


def made(ring: KeyRing) -> tuple[AccessKey, str]:
    session = Session(issued_at=NOW - 1000, expires_at=NOW + 1000)
    caller = Caller("111122223333", "arn:aws:iam::111122223333:root", "111122223333", ID, None, session)
    key = AccessKey(caller, SecretValue("a secret"))
    return key, issue(ring, key)


def test_a_token_of_the_newest_term_opens() -> None:
    ring = KeyRing({1: OLD, 2: NEW})
    key, token = made(ring)
    assert find(ring, token) == key


def test_a_token_of_an_older_term_is_over() -> None:
    """Whoever stole the first term could make one for any principal, after any rotation."""
    _, forged = made(KeyRing({1: OLD}))
    find(KeyRing({1: OLD}), forged)
    with pytest.raises(ExpiredTokenException):
        find(KeyRing({1: OLD, 2: NEW}), forged)


def test_a_token_of_another_ring_is_none() -> None:
    _, foreign = made(KeyRing({2: OLD}))
    with pytest.raises(UnrecognizedClientException):
        find(KeyRing({1: OLD, 2: NEW}), foreign)
