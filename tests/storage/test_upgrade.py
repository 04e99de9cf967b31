"""From every schema there was, with data in it, to the present one; and an old node beside a new one.

What stood in an older schema is what that schema had tables and columns for.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
from tests.folders import (
    ACCOUNT,
    KEY_ID,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    SECRET,
    OpenFolder,
    in_folder,
    make_folder,
    raw,
)
from tests.storage.engines import EngineFactory, PostgresDatabase, SqliteDatabase

from parastore.server.bootstrap import first_start
from parastore.server.check import findings
from parastore.server.errors import StartError
from parastore.server.location import DatabaseUrl, Location
from parastore.server.settings import Settings
from parastore.server.unlock import load_ring
from parastore.storage import migrations, tables
from parastore.storage.migrations import Migration, migrate
from parastore.storage.protocol import Row, StorageError, Transaction
from parastore.testing.server import Server

T = TypeVar("T")

HEAD = migrations.load()[-1].number
# What an older schema had instead of what came later.
INSTEAD = {("key_ring", "provider"): "file"}
VALUES = {
    (ACCOUNT, REGION, "/app/plain"): "three",
    (ACCOUNT, REGION, "/app/list"): "red,blue",
    (ACCOUNT, REGION, "/app/hidden"): "s3cr3t",
    (ACCOUNT, REGION, "/app/own-key"): "s3cr3t-by-a-key-of-our-own",
    (ACCOUNT, OTHER_REGION, "/app/hidden"): "s3cr3t-elsewhere",
    (OTHER_ACCOUNT, REGION, "/app/plain"): "of-somebody-else",
}
LATER = Migration(
    HEAD + 1,
    "later",
    (
        "ALTER TABLE parameter ADD COLUMN later TEXT",
        "ALTER TABLE audit_trail ADD COLUMN later BIGINT NOT NULL DEFAULT 0",
        "CREATE TABLE later (id BIGINT PRIMARY KEY)",
        "INSERT INTO later VALUES (1)",
    ),
)
FAILING = Migration(
    HEAD + 1, "failing", (*LATER.statements, "DELETE FROM parameter_version", "INSERT INTO nowhere VALUES (1)")
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the present schema with something of everything."""
    folder = tmp_path_factory.mktemp("upgrade") / "data"
    make_folder(folder)

    async def fill(opened: OpenFolder) -> None:
        for value in ("one", "two", "three"):
            await opened.put("/app/plain", value, Overwrite=True)
        await opened.call("LabelParameterVersion", Name="/app/plain", ParameterVersion=2, Labels=["good"])
        await opened.put("/app/list", "red,blue", "StringList", Tags=[{"Key": "team", "Value": "red"}])
        await opened.put("/app/hidden", "s3cr3t", "SecureString")
        await opened.put("/app/hidden", "s3cr3t-elsewhere", "SecureString", region=OTHER_REGION)
        await opened.put("/app/plain", "of-somebody-else", account=OTHER_ACCOUNT)
        key = (await opened.call("CreateKey"))["KeyMetadata"]["KeyId"]
        await opened.put("/app/own-key", "s3cr3t-by-a-key-of-our-own", "SecureString", KeyId=key)

    in_folder(folder, fill)
    return folder


@pytest.fixture
def empty(engine_factory: EngineFactory, template: Path, tmp_path: Path) -> Location:
    """A new database on each engine, and beside it the root key of the template."""
    database = engine_factory()
    if isinstance(database, PostgresDatabase):
        folder, url = tmp_path / "node", DatabaseUrl(database.url)
        folder.mkdir(mode=0o700)
    else:
        assert isinstance(database, SqliteDatabase)
        folder, url = database.folder, None
    shutil.copy(template / "root.key", folder)
    return Location(folder, url)


def in_database(where: Location, work: Callable[[OpenFolder], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = where.open(create=True)
        try:
            return await work(OpenFolder(engine, await load_ring(engine.read(), where.folder)))
        finally:
            await engine.close()

    return asyncio.run(run())


def run_in_transaction(where: Location, work: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = where.open(create=True)
        try:
            return await engine.write(work)
        finally:
            await engine.close()

    return asyncio.run(run())


def make_old(where: Location, template: Path, number: int) -> None:
    """The template as a Parastore of schema `number` would have stored it."""
    now = {table.name: table.columns for table in tables.of_schema()}

    async def work(tx: Transaction) -> None:
        await migrate(tx, 1, to=number)
        with raw(template) as source:
            for table in tables.of_schema(number):
                known = [
                    name if name in now[table.name] else f"'{INSTEAD[table.name, name]}'" for name in table.columns
                ]
                rows = source.execute(f"SELECT {', '.join(known)} FROM {table.name}").fetchall()
                # A step may have filled it already.
                await tables.put(tx, table, [tuple(row) for row in rows])

    run_in_transaction(where, work)


def everything(where: Location, number: int) -> dict[str, list[Row]]:
    async def work(tx: Transaction) -> dict[str, list[Row]]:
        found = {
            table.name: [row async for page in tables.pages(tx, table) for row in page]
            for table in tables.of_schema(number)
        }
        found["tables"] = [(name,) for name in await tx.tables()]
        found["steps"] = await tx.fetch_all("SELECT number, name FROM schema_migration ORDER BY number")
        return found

    return run_in_transaction(where, work)


def start(where: Location) -> None:
    """What `parastore serve` does before it serves."""
    database = where.database and where.database.reveal()
    assert first_start(Settings(data_dir=where.folder, database=DatabaseUrl(database) if database else None)) is None


async def values(opened: OpenFolder) -> dict[tuple[str, str, str], str]:
    return {
        (account, region, name): await opened.get(name, account=account, region=region)
        for account, region, name in VALUES
    }


@pytest.mark.parametrize("number", range(1, HEAD + 1))
def test_every_schema_is_brought_up_to_date(empty: Location, template: Path, number: int) -> None:
    make_old(empty, template, number)
    start(empty)
    assert list(findings(empty)) == []
    assert everything(empty, HEAD)["steps"][-1][0] == HEAD

    async def look(opened: OpenFolder) -> None:
        assert await values(opened) == VALUES
        history = await opened.call("GetParameterHistory", Name="/app/plain")
        assert [each["Value"] for each in history["Parameters"]] == ["one", "two", "three"]
        tags = await opened.call("ListTagsForResource", ResourceType="Parameter", ResourceId="/app/list")
        assert tags["TagList"] == [{"Key": "team", "Value": "red"}]
        if number >= 2:
            assert await opened.get("/app/plain:good") == "two"
        await opened.put("/app/plain", "four", Overwrite=True)
        assert await opened.get("/app/plain") == "four"

    in_database(empty, look)
    assert list(findings(empty)) == []


@pytest.mark.parametrize("number", [1, HEAD])
def test_a_failing_step_leaves_all_as_it_was(
    empty: Location, template: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(empty, template, number)
    before = everything(empty, number)
    with monkeypatch.context() as patch:
        steps = (*migrations.load(), FAILING)
        patch.setattr(migrations, "load", lambda: steps)
        with pytest.raises((StartError, StorageError), match="nowhere"):
            start(empty)
    assert everything(empty, number) == before
    start(empty)
    assert in_database(empty, values) == VALUES


def test_an_old_node_goes_on_beside_a_new_one_and_does_not_start_again(
    empty: Location, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(empty, template, 1)
    database: dict[str, Any] = {"database": empty.database.reveal()} if empty.database else {}
    server = Server(empty.folder, **database)
    with server:
        ssm = boto3.client(
            "ssm", REGION, endpoint_url=server.url, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET
        )

        def use(value: str) -> None:
            ssm.put_parameter(Name="/app/plain", Value=value, Type="String", Overwrite=True)
            found = ssm.get_parameters_by_path(Path="/app", WithDecryption=True)["Parameters"]
            assert {each["Name"]: each["Value"] for each in found} == {
                name: told for (account, region, name), told in VALUES.items() if (account, region) == (ACCOUNT, REGION)
            } | {"/app/plain": value}
            assert ssm.get_parameter_history(Name="/app/plain")["Parameters"][-1]["Value"] == value

        use("by the old node")
        with monkeypatch.context() as patch:
            steps = (*migrations.load(), LATER)
            patch.setattr(migrations, "load", lambda: steps)
            assert run_in_transaction(empty, lambda tx: migrate(tx, 2)) == [LATER]
        for number in range(3):
            use(f"by the old node, beside a new one, {number}")
    assert [entry for entry in server.log if entry.get("level") in ("warning", "error", "raw")] == []
    with pytest.raises(RuntimeError, match=rf"newer Parastore .*schema {HEAD + 1}, this one knows {HEAD}.*upgrade"):
        server.start()
