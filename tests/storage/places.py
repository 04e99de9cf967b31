"""Places to keep parameters in, without operations above them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from tests.storage.engines import Database, migrated

from parastore.seal.keyring import KeyRing
from parastore.ssm.rules.versions import KEPT_VERSIONS, Version
from parastore.ssm.store import records
from parastore.ssm.store.records import FixedPlace, Place
from parastore.storage.protocol import Engine, Transaction

T = TypeVar("T")

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
REGION, OTHER_REGION = "us-east-1", "eu-west-1"


class Holding(NamedTuple):
    """An account's parameters in one Region of an engine."""

    engine: Engine
    ring: KeyRing
    account: str = ACCOUNT
    region: str = REGION

    def reading(self) -> Place:
        return FixedPlace(self.engine.read(), self.ring, self.account, self.region)

    async def writing(self, work: Callable[[Place], Awaitable[T]]) -> T:
        def inside(tx: Transaction) -> Awaitable[T]:
            return work(FixedPlace(tx, self.ring, self.account, self.region))

        return await self.engine.write(inside)

    async def put(self, *versions: Version, kept: int = KEPT_VERSIONS) -> None:
        async def work(place: Place) -> None:
            for version in versions:
                await records.save(place, version, kept)

        await self.writing(work)

    async def delete(self, *paths: str) -> list[bool]:
        async def work(place: Place) -> list[bool]:
            return [await records.delete(place, path) for path in paths]

        return await self.writing(work)


def version(path: str, number: int = 1, content: bytes = b"content", **members: Any) -> Version:
    """A version with whatever is not said made up."""
    made: dict[str, Any] = {
        "path": path,
        "name": path,
        "version": number,
        "type": "String",
        "content": content,
        "key_id": None,
        "description": None,
        "allowed_pattern": None,
        "tier": "Standard",
        "data_type": "text",
        "modified_at": 1_700_000_000_000 + number,
        "modified_by": f"arn:aws:iam::{ACCOUNT}:root",
    }
    return Version(**made | members)


@contextlib.asynccontextmanager
async def shelves(database: Database) -> AsyncIterator[Holding]:
    """A new database with two accounts; the shelf of the first."""
    async with migrated(database) as engine:

        async def accounts(tx: Transaction) -> None:
            for account in (ACCOUNT, OTHER_ACCOUNT):
                await tx.execute("INSERT INTO account VALUES ($1, 0)", account)

        await engine.write(accounts)
        yield Holding(engine, KeyRing({1: bytes(range(32))}))
