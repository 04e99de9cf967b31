"""One parameter in storage: its versions, what is kept of them, where it belongs."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from tests.storage.engines import Database
from tests.storage.model import Model
from tests.storage.places import OTHER_ACCOUNT, OTHER_REGION, Holding, shelves, version

from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.ssm.rules.versions import KEPT_VERSIONS, Version
from parastore.ssm.store import records
from parastore.ssm.store import tags as stored_tags
from parastore.ssm.store.records import Place
from parastore.storage.protocol import StorageError

EVERYTHING: dict[str, Any] = {
    "type": "SecureString",
    "content": bytes(range(256)),
    "key_id": "alias/aws/ssm",
    "description": "what it is for: schön, 설명, 🙂",
    "allowed_pattern": "^[a-z]+$",
    "data_type": "aws:ec2:image",
    "modified_at": 2**53 + 1,
}


def unopened(saved: Version) -> Version:
    """What `find` tells of a version."""
    return msgspec.structs.replace(saved, content=b"")


async def test_a_version_comes_back_as_it_was_saved(database: Database) -> None:
    async with shelves(database) as shelf:
        for saved in (version("/plain"), version("/full", **EVERYTHING), version("/bare", name="bare", content=b"")):
            await shelf.put(saved)
            assert await records.history(shelf.reading(), saved.path, 0, 1) == [saved]
            assert await records.find(shelf.reading(), saved.path) == unopened(saved)
        assert await records.find(shelf.reading(), "/nowhere") is None


async def test_an_overwrite_keeps_the_version_before(database: Database) -> None:
    async with shelves(database) as shelf:
        first = version("/a/b", name="/a/b", content=b"1", **{k: v for k, v in EVERYTHING.items() if k != "content"})
        second = version("/a/b", 2, b"2", type="StringList")
        await shelf.put(first)
        await shelf.put(second)
        assert await records.find(shelf.reading(), "/a/b") == unopened(second)
        assert await records.find_replaced(shelf.reading(), "/a/b", 1) == msgspec.structs.replace(first, name="")
        assert await records.find_replaced(shelf.reading(), "/a/b", 2) is None  # the current one is not replaced
        assert await records.history(shelf.reading(), "/a/b", 0, 10) == [
            msgspec.structs.replace(first, name=""),
            second,
        ]


@pytest.mark.parametrize("kept", [1, 2, 3, KEPT_VERSIONS])
async def test_older_versions_go_when_there_are_too_many(database: Database, kept: int) -> None:
    async with shelves(database) as shelf:
        model = Model()
        others = [version("/a", 1), version("/abc", 1)]
        await shelf.put(*others)
        for number in range(1, kept + 6):
            made = version("/ab", number, b"%d" % number)
            await shelf.put(made, kept=kept)
            model.put(made, kept)
            for after, limit in ((0, 1000), (0, 2), (max(0, number - 2), 1), (number, 5)):
                assert await records.history(shelf.reading(), "/ab", after, limit) == model.history("/ab", after, limit)
            for old in (number, number - 1, number - kept + 1, number - kept, 0):
                assert await records.find_replaced(shelf.reading(), "/ab", old) == model.find_replaced("/ab", old)
        assert len(model.history("/ab", 0, 1000)) == kept
        assert [await records.find(shelf.reading(), each.path) for each in others] == [*map(unopened, others)]


async def test_deleting_takes_everything_along(database: Database) -> None:
    async with shelves(database) as shelf:
        for path in ("/a", "/a/b"):
            await shelf.put(*(version(path, number) for number in (1, 2, 3)))
            await shelf.writing(lambda place, path=path: stored_tags.put(place, path, {"one": "1", "two": ""}))  # type: ignore[misc]
        assert await shelf.delete("/a", "/a", "/nowhere") == [True, False, False]
        assert await records.history(shelf.reading(), "/a", 0, 10) == []
        assert len(await records.history(shelf.reading(), "/a/b", 0, 10)) == 3
        rows = await shelf.engine.read().fetch_all("SELECT path, key, value, position FROM parameter_tag ORDER BY 4")
        assert rows == [("/a/b", "one", "1", 0), ("/a/b", "two", "", 1)]
        # What comes after has nothing of what was.
        await shelf.put(version("/a", 1, b"again"))
        assert [each.content for each in await records.history(shelf.reading(), "/a", 0, 10)] == [b"again"]


async def test_accounts_and_regions_are_worlds_apart(database: Database) -> None:
    async with shelves(database) as shelf:
        everywhere = [shelf, shelf._replace(account=OTHER_ACCOUNT), shelf._replace(region=OTHER_REGION)]
        for position, place in enumerate(everywhere):
            for number in range(1, position + 2):
                await place.put(version("/a", number, b"%d" % position))
        for position, place in enumerate(everywhere):
            assert [each.content for each in await records.history(place.reading(), "/a", 0, 9)] == [
                b"%d" % position
            ] * (position + 1)
        await everywhere[1].delete("/a")
        assert [bool(await records.find(place.reading(), "/a")) for place in everywhere] == [True, False, True]


async def test_a_parameter_belongs_to_an_account(database: Database) -> None:
    async with shelves(database) as shelf:
        with pytest.raises(StorageError):
            await shelf._replace(account="999999999999").put(version("/a"))


async def test_there_is_one_of_each_version(database: Database) -> None:
    async with shelves(database) as shelf:
        await shelf.put(version("/a", 1), version("/a", 2))
        with pytest.raises(StorageError):
            await shelf.put(version("/a", 1, b"another"))
        with pytest.raises(StorageError):
            await shelf.put(version("/a", 3), version("/a", 1))
        assert [each.version for each in await records.history(shelf.reading(), "/a", 0, 9)] == [1, 2]


async def test_what_was_altered_or_moved_does_not_open(database: Database) -> None:
    async with shelves(database) as shelf:
        await shelf.put(version("/a", 1, b"one"), version("/a", 2, b"two"), version("/b", 1, b"three"))

        async def breaks(statement: str, *args: object) -> None:
            class Undo(Exception):
                pass

            async def work(place: Place) -> None:
                await place.tx.execute(statement, *args)
                for path in ("/a", "/b"):
                    await records.read(place, path)
                    await records.history(place, path, 0, 10)
                raise Undo

            with pytest.raises(IntegrityError):
                await shelf.writing(work)

        await breaks("UPDATE parameter SET value = (SELECT value FROM parameter WHERE path = '/b') WHERE path = '/a'")
        await breaks("UPDATE parameter SET value = (SELECT value FROM parameter_version) WHERE path = '/a'")
        await breaks("UPDATE parameter SET version = 3 WHERE path = '/a'")
        await breaks("UPDATE parameter_version SET version = 5")
        await breaks("UPDATE parameter SET value = $1 WHERE path = '/b'", bytes.fromhex("0100000001"))
        with pytest.raises(IntegrityError):
            await records.history(shelf._replace(ring=KeyRing({1: bytes(32)})).reading(), "/a", 0, 1)


async def test_versions_are_consecutive_however_many_write(database: Database) -> None:
    async with shelves(database) as shelf:

        async def overwrite(place: Place) -> int:
            current = await records.find(place, "/hot")
            made = version("/hot", current.version + 1 if current else 1)
            await records.save(place, made, KEPT_VERSIONS)
            return made.version

        given = await asyncio.gather(*(shelf.writing(overwrite) for _ in range(150)))
        assert sorted(given) == list(range(1, 151))
        assert await _versions(shelf, "/hot") == list(range(51, 151))


async def _versions(shelf: Holding, path: str) -> list[int]:
    found: list[Version] = await records.history(shelf.reading(), path, 0, 1000)
    return [each.version for each in found]
