"""Data folders made without a server, by the operations themselves; and raw access to break them.

With TEST_DATABASE=postgres the data of a folder is in the PostgreSQL database that goes with it, for a server as for
what is here; only `raw` knows SQLite's file.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec

from parastore.audit.trail import Trail
from parastore.context import Call, Caller, SecretValue
from parastore.iam.rules import root_arn
from parastore.iam.store import create_account, put_root_key
from parastore.kms.operations import OPERATIONS as KMS
from parastore.seal.keyring import KeyRing
from parastore.server.bootstrap import first_start
from parastore.server.check import findings
from parastore.server.location import DatabaseUrl, Location
from parastore.server.settings import Settings
from parastore.server.unlock import load_ring
from parastore.shapes import decode, encode
from parastore.ssm.operations import OPERATIONS as SSM
from parastore.storage.check import Finding
from parastore.storage.protocol import Engine, Transaction
from parastore.testing.server import Server

T = TypeVar("T")

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
REGION, OTHER_REGION = "us-east-1", "eu-west-1"
KEY_ID, OTHER_KEY_ID = "AKIAROOTROOTROOTROOT", "AKIAOTHEROTHEROTHERX"
SECRET, OTHER_SECRET = "first/secret+of/forty/characters/0123456", "other/secret+of/forty/characters/0123456"

_OPERATIONS = {each.name: each for each in (*SSM, *KMS)}
_INTERNAL = {each.action: each for each in KMS}


class OpenFolder:
    """A data folder with its engine and ring; `call` runs an operation as a request would, without a signature."""

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self.engine = engine
        self.ring = ring
        self.now = 1_700_000_000_000

    async def call(self, operation: str, *, account: str = ACCOUNT, region: str = REGION, **members: Any) -> Any:
        """The answer of an operation, as JSON gives it."""
        row = _OPERATIONS[operation]
        request = decode(row.request, msgspec.json.encode(members))
        self.now += 1000

        async def work(tx: Transaction) -> Any:
            caller = Caller(account, root_arn(account), account, KEY_ID)
            call = Call("a-request", caller, region, self.now, tx, self.ring, _dispatch)
            answer = await row.run(request, call)
            return None if answer is None else msgspec.json.decode(encode(answer))

        return await (self.engine.write(work) if row.writes else work(self.engine.read()))

    async def put(self, name: str, value: str, kind: str = "String", **members: Any) -> None:
        """PutParameter."""
        await self.call("PutParameter", Name=name, Value=value, Type=kind, **members)

    async def put_many(self, names: Iterable[str], **members: Any) -> None:
        """PutParameter of strings, all in one transaction."""
        row = _OPERATIONS["PutParameter"]

        async def work(tx: Transaction) -> None:
            caller = Caller(ACCOUNT, root_arn(ACCOUNT), ACCOUNT, KEY_ID)
            call = Call("a-request", caller, REGION, self.now, tx, self.ring, _dispatch)
            for name in names:
                request = {"Name": name, "Value": "v", "Type": "String"} | members
                await row.run(decode(row.request, msgspec.json.encode(request)), call)

        await self.engine.write(work)

    async def get(self, name: str, **members: Any) -> str:
        """The value of GetParameter, decrypted."""
        answer = await self.call("GetParameter", Name=name, WithDecryption=True, **members)
        value: str = answer["Parameter"]["Value"]
        return value


async def _dispatch(call: Call, action: str, members: dict[str, Any]) -> Any:
    row = _INTERNAL[action]
    via = f"ssm.{call.region}.amazonaws.com"
    inside = Call(call.request_id, call.caller, call.region, call.now, call.tx, call.ring, call.dispatch, via)
    return await row.run(row.request(**members), inside)


def location_of(folder: Path) -> Location:
    """Where the data of a folder is."""
    url = Server.new_database(folder)
    return Location(folder, DatabaseUrl(url) if url else None)


def flags(folder: Path) -> list[str]:
    """How a command is told of it."""
    database = location_of(folder).database
    return ["--data-dir", str(folder), *(["--database", database.reveal()] if database else [])]


def place(folder: Path) -> dict[str, str]:
    """How a command's environment tells it."""
    database = location_of(folder).database
    return {"PARASTORE_DATA_DIR": str(folder)} | ({"PARASTORE_DATABASE": database.reveal()} if database else {})


def check(folder: Path) -> list[Finding]:
    """All broken invariants of its data."""
    return list(findings(location_of(folder)))


def make_folder(folder: Path, **settings: Any) -> None:
    """A first start, and a second account."""
    first_start(
        Settings(
            **settings,
            data_dir=folder,
            database=location_of(folder).database,
            account_id=ACCOUNT,
            region=REGION,
            root_access_key_id=KEY_ID,
            root_secret_access_key=SecretValue(SECRET),
        )
    )

    async def second(opened: OpenFolder) -> None:
        async def work(tx: Transaction) -> None:
            await create_account(tx, OTHER_ACCOUNT, opened.now)
            await put_root_key(tx, opened.ring, OTHER_ACCOUNT, OTHER_KEY_ID, SecretValue(OTHER_SECRET), opened.now)

        await opened.engine.write(work)

    in_folder(folder, second)


def in_folder(folder: Path, work: Callable[[OpenFolder], Awaitable[T]]) -> T:
    """Open a folder, do something, close it."""

    async def run() -> T:
        engine = location_of(folder).open()
        try:
            return await work(OpenFolder(engine, await load_ring(engine.read(), folder)))
        finally:
            await engine.close()

    return asyncio.run(run())


def alter(folder: Path, statement: str) -> None:
    """Run one statement on it, past the operations."""

    async def work(opened: OpenFolder) -> None:
        await opened.engine.write(lambda tx: tx.execute(statement))

    in_folder(folder, work)


@contextlib.contextmanager
def raw(folder: Path) -> Iterator[apsw.Connection]:
    """The database as a stranger with write access has it: no foreign keys, no locks, no rules."""
    with contextlib.closing(apsw.Connection(str(folder / "parastore.db"))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection


def read_ring(folder: Path) -> KeyRing:
    """The folder's open key ring."""

    async def ring(opened: OpenFolder) -> KeyRing:
        return opened.ring

    return in_folder(folder, ring)


def new_trail(folder: Path) -> Trail:
    """A trail in a data folder, for a house that no server keeps."""
    trail = Trail(folder / "audit", lambda: time.time_ns() // 1_000_000)
    trail.open(1)
    return trail
