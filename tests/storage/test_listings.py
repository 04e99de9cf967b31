"""Listings, page by page, against a sorted dict: nothing skipped, nothing twice, whatever is written between pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.engines import EngineFactory
from tests.storage.model import Model
from tests.storage.places import OTHER_ACCOUNT, OTHER_REGION, Holding, shelves, version

from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.names import depth_of
from parastore.ssm.rules.versions import Version
from parastore.ssm.store import labels, listings, records
from parastore.ssm.store import tags as stored_tags
from parastore.ssm.store.listings import Page
from parastore.ssm.store.records import FixedPlace, Place
from parastore.storage.protocol import Transaction

# Few letters, so that names share prefixes; the characters around "/" in the alphabet, where ranges have their ends.
SEGMENT = st.text(st.sampled_from("aB0-._"), min_size=1, max_size=2)
PATHS = st.lists(SEGMENT, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
LIMITS = st.lists(st.integers(1, 5), min_size=1, max_size=4)


def conditions(field: str, matches: list[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    several = st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(Condition, st.just(field), st.sampled_from(matches), several)


FIELDS = st.one_of(
    conditions("type", ["equals"], st.sampled_from(["String", "SecureString"])),
    conditions("key_id", ["equals", "prefix"], st.sampled_from(["k", "key-1", "key-2"])),
    st.just(Condition("label", "equals", ("any",))),
)
OTHERS = st.one_of(
    conditions("path", ["prefix", "equals", "children", "descendants"], PATHS | st.just("/")),
    conditions("path", ["contains"], SEGMENT | st.just("/")),
    conditions("tag:team", ["equals", "prefix"], st.sampled_from(["r", "red"])),
    st.just(Condition("tag:team", "present", ())),
    conditions("tier", ["equals"], st.sampled_from(["Standard", "Advanced"])),
    conditions("data_type", ["equals", "prefix"], st.sampled_from(["text", "aws:"])),
)


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, tuple[Version, dict[str, str]]]:
    made = {}
    for path in draw(st.lists(PATHS, max_size=25, unique=True)):
        secure = draw(st.booleans())
        members: dict[str, Any] = {"type": "SecureString" if secure else "String"}
        members["key_id"] = draw(st.sampled_from(["key-1", "key-2"])) if secure else None
        tags = draw(st.sampled_from([{}, {"team": "red"}, {"team": "rot"}, {"other": "red"}]))
        made[path] = (version(path, **members), tags)
    return made


class Listing:
    """One request for a list, as a client makes it page after page."""

    def __init__(self, path: str | None, recursive: bool, conditions: Sequence[Condition]) -> None:
        self.path = path  # None describes
        self.recursive = recursive
        self.conditions = tuple(conditions)

    def __repr__(self) -> str:
        return f"Listing({self.path!r}, {self.recursive}, {self.conditions})"

    async def page(self, place: Place, after: str | None, limit: int) -> Page[Any]:
        if self.path is None:
            return await listings.describe(place, self.conditions, after, limit)
        return await listings.by_path(place, self.path, self.recursive, self.conditions, after, limit)

    def expected(self, model: Model) -> list[Any]:
        if self.path is None:
            return [msgspec.structs.replace(each, content=None) for each in model.describe(self.conditions)]
        return model.by_path(self.path, self.recursive, self.conditions)

    def order(self, path: str) -> tuple[int, str]:
        return (0 if self.path is None else depth_of(path), path)


LISTINGS = st.one_of(
    st.builds(Listing, st.none(), st.just(False), st.lists(FIELDS | OTHERS, max_size=2)),
    st.builds(Listing, PATHS | st.just("/"), st.booleans(), st.lists(FIELDS, max_size=2)),
)


async def fill(shelf: Holding, made: dict[str, tuple[Version, dict[str, str]]]) -> Model:
    model = Model()

    async def work(place: Place) -> None:
        await place.tx.execute("DELETE FROM parameter")
        for each, tags in made.values():
            await records.save(place, each, 100)
            await stored_tags.put(place, each.path, tags)
            model.put(each, 100, tags)

    await shelf.writing(work)
    return model


async def pages(shelf: Holding, listing: Listing, limits: Sequence[int]) -> list[Version]:
    """All pages, put together."""
    found: list[Version] = []
    after: str | None = None
    for turn in range(1000):
        limit = limits[turn % len(limits)]
        page = await listing.page(shelf.reading(), after, limit)
        assert len(page.versions) <= limit
        found += page.versions
        if page.next is None:
            return found
        assert after is None or listing.order(page.next) > listing.order(after)
        after = page.next
    raise AssertionError("it never ends")


@pytest.mark.parametrize("examined", [3, 2000])
def test_pages_together_are_the_whole_list(
    engine_factory: EngineFactory, examined: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "EXAMINED", examined)
    with asyncio.Runner() as runner:
        context = shelves(engine_factory())
        shelf = runner.run(context.__aenter__())

        @settings(max_examples=engine_factory.some(150), deadline=None)
        @given(parameters(), st.lists(st.tuples(LISTINGS, LIMITS), min_size=1, max_size=6))
        def check(made: dict[str, tuple[Version, dict[str, str]]], wanted: list[tuple[Listing, list[int]]]) -> None:
            model = runner.run(fill(shelf, made))
            for listing, limits in wanted:
                assert runner.run(pages(shelf, listing, limits)) == listing.expected(model)

        check()
        runner.run(context.__aexit__(None, None, None))


CHANGES = st.lists(st.tuples(st.sampled_from(["put", "delete"]), PATHS), max_size=4)


@pytest.mark.parametrize("examined", [3, 2000])
def test_writes_between_pages_neither_skip_nor_repeat(
    engine_factory: EngineFactory, examined: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "EXAMINED", examined)
    with asyncio.Runner() as runner:
        context = shelves(engine_factory())
        shelf = runner.run(context.__aenter__())

        @settings(max_examples=engine_factory.some(150), deadline=None)
        @given(parameters(), LISTINGS, LIMITS, st.lists(CHANGES, max_size=8))
        def check(
            made: dict[str, tuple[Version, dict[str, str]]],
            listing: Listing,
            limits: list[int],
            changes: list[list[tuple[str, str]]],
        ) -> None:
            runner.run(story(made, listing, limits, changes))

        async def story(
            made: dict[str, tuple[Version, dict[str, str]]],
            listing: Listing,
            limits: list[int],
            changes: list[list[tuple[str, str]]],
        ) -> None:
            model = await fill(shelf, made)
            listed = {each.path for each in listing.expected(model)}
            throughout, ever, seen = set(listed), set(listed), list[str]()
            after: str | None = None
            for turn in range(1000):
                page = await listing.page(shelf.reading(), after, limits[turn % len(limits)])
                seen += [each.path for each in page.versions]
                assert {each.path for each in page.versions} <= listed
                if page.next is None:
                    break
                after = page.next
                if turn < len(changes):
                    await change(changes[turn], model)
                    listed = {each.path for each in listing.expected(model)}
                    throughout &= listed
                    ever |= listed
            assert len(set(seen)) == len(seen)
            assert throughout <= set(seen) <= ever
            assert seen == sorted(seen, key=listing.order)

        async def change(wanted: list[tuple[str, str]], model: Model) -> None:
            async def work(place: Place) -> None:
                for kind, path in wanted:
                    if kind == "delete":
                        assert await records.delete(place, path) == model.delete(path)
                    else:
                        current = model.find(path)
                        made = version(path, current.version + 1 if current else 1)
                        await records.save(place, made, 100)
                        model.put(made, 100)

            await shelf.writing(work)

        check()
        runner.run(context.__aexit__(None, None, None))


# Many


class Counted:
    """A reader that counts the rows its statements give."""

    def __init__(self, shelf: Holding) -> None:
        self.rows = 0
        self.statements = 0
        self._tx = shelf.engine.read()
        self.place = FixedPlace(cast("Transaction", self), shelf.ring, shelf.account, shelf.region)

    async def fetch_row(self, sql: str, *args: Any) -> Any:
        self.statements += 1
        return await self._tx.fetch_row(sql, *args)

    async def fetch_all(self, sql: str, *args: Any) -> Any:
        self.statements += 1
        rows = await self._tx.fetch_all(sql, *args)
        self.rows += len(rows)
        return rows

    def recall(self, key: object) -> None:
        return None

    async def known(self, key: object, load: Any, *args: Any, small: object) -> Any:
        return await load(*args)


@pytest.fixture
def names(engine_factory: EngineFactory) -> list[str]:
    """Some thousand, on fifteen levels."""
    flat = [f"/{number:04}" for number in range(3000)]
    on_a_level = range(400)[-engine_factory.some(400) :]
    deep = ["/deep" + "/x" * level + f"/{number:04}" for level in range(1, 13) for number in on_a_level]
    return flat + deep


async def test_a_page_examines_a_bounded_number(
    engine_factory: EngineFactory, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what no index helps to find; more where only names are compared, by how many values they are compared with."""
    monkeypatch.setattr(listings, "EXAMINED", 300)
    async with shelves(engine_factory()) as shelf:
        model = await fill(shelf, {name: (version(name), {}) for name in names})
        found = Condition("path", "contains", ("/2999", "0399"))
        usual = Condition("type", "equals", ("String",))
        for listing, most in ((Listing(None, False, [found]), 750), (Listing(None, False, [usual, found]), 300)):
            after: str | None = None
            count = 0
            while True:
                page = await listing.page(shelf.reading(), after, 10)
                count += 1
                if page.next is None:
                    break
                behind, upto = listing.order(after or ""), listing.order(page.next)
                assert sum(behind < listing.order(name) <= upto for name in names) <= most
                after = page.next
            assert count >= len(names) / most
            assert await pages(shelf, listing, [10]) == listing.expected(model)


RARE = ("/0700", "/2900", "/deep/x/x/0399")
INDEXED = [
    Condition("type", "equals", ("SecureString",)),
    Condition("type", "equals", ("SecureString", "StringList")),
    Condition("key_id", "equals", ("key-1",)),
    Condition("key_id", "prefix", ("key-",)),
]
DESCRIBED = [
    *INDEXED,
    Condition("tier", "equals", ("Advanced",)),
    Condition("data_type", "equals", ("aws:ec2:image",)),
    Condition("data_type", "prefix", ("aws:",)),
    Condition("tag:team", "equals", ("blue", "red")),
    Condition("tag:team", "prefix", ("r",)),
    Condition("tag:team", "present", ()),
    Condition("path", "equals", RARE),
    Condition("path", "prefix", RARE),
]


async def test_a_page_begins_at_the_index_of_its_filter(
    engine_factory: EngineFactory, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of thousands are found at once, where looking at a hundred for each page would take many pages."""
    monkeypatch.setattr(listings, "EXAMINED", 100)
    members: dict[str, Any] = {
        "type": "SecureString",
        "key_id": "key-1",
        "tier": "Advanced",
        "data_type": "aws:ec2:image",
    }
    rare = {name: (version(name, **members), {"team": "red"}) for name in RARE}
    label = Condition("label", "equals", ("live",))
    async with shelves(engine_factory()) as shelf:
        await fill(shelf, {name: (version(name), {"other": "red"}) for name in names} | rare)

        async def put_labels(place: Place) -> None:
            for name in RARE:
                await labels.attach(place, name, "live", 1)

        await shelf.writing(put_labels)
        for listing in (
            *(Listing(None, False, [each]) for each in DESCRIBED),
            *(Listing(None, False, [each, Condition("path", "contains", ("/",))]) for each in DESCRIBED),
            *(Listing("/", True, [each]) for each in (*INDEXED, label)),
        ):
            page = await listing.page(shelf.reading(), None, 10)
            assert ([each.path for each in page.versions], page.next) == (list(RARE), None), listing


async def test_a_page_reads_no_more_than_it_gives(engine_factory: EngineFactory, names: list[str]) -> None:
    async with shelves(engine_factory()) as shelf:
        await fill(shelf, {name: (version(name), {}) for name in names})
        for listing in (Listing(None, False, []), Listing("/", True, []), Listing("/deep/x/x", True, [])):
            counted = Counted(shelf)
            page = await listing.page(counted.place, None, 10)
            assert len(page.versions) == 10
            assert counted.rows == 11
            assert counted.statements <= 16


async def test_lists_of_other_accounts_and_regions_stay_apart(engine_factory: EngineFactory) -> None:
    async with shelves(engine_factory()) as shelf:
        everywhere = [shelf, shelf._replace(account=OTHER_ACCOUNT), shelf._replace(region=OTHER_REGION)]
        for position, place in enumerate(everywhere):
            await place.put(*(version(f"/a/{position}-{number}") for number in range(3)))
        for position, place in enumerate(everywhere):
            for listing in (Listing(None, False, []), Listing("/", True, []), Listing("/a", False, [])):
                found = await pages(place, listing, [2])
                assert [each.path for each in found] == [f"/a/{position}-{number}" for number in range(3)]
