"""What `storage.protocol` promises, for every engine."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.engines import Database, executing, opened

from parastore.storage.protocol import Engine, StorageError, Transaction

ITEM = "CREATE TABLE item (id BIGINT PRIMARY KEY, text TEXT, data BLOB, number BIGINT)"
COUNT = "SELECT count(*) FROM item"


@contextlib.asynccontextmanager
async def with_items(database: Database) -> AsyncIterator[Engine]:
    async with opened(database, ITEM) as engine:
        yield engine


def insert(key: int, text: str = "") -> Callable[[Transaction], Awaitable[int]]:
    async def work(tx: Transaction) -> int:
        await tx.execute("INSERT INTO item (id, text) VALUES ($1, $2)", key, text)
        return key

    return work


def fail_after(work: Callable[[Transaction], Awaitable[Any]], error: BaseException) -> Callable[[Transaction], Any]:
    async def failing(tx: Transaction) -> None:
        await work(tx)
        raise error

    return failing


async def ids(engine: Engine) -> list[int]:
    return [row[0] for row in await engine.read().fetch_all("SELECT id FROM item ORDER BY id")]


# Reading and writing


async def test_what_was_written_is_read_by_everybody(database: Database) -> None:
    async with with_items(database) as one, opened(database) as other:
        for key in range(20):
            writer, reader = (one, other) if key % 2 else (other, one)
            assert await writer.write(insert(key, f"text {key}")) == key
            for engine in (writer, reader):
                assert await engine.read().fetch_row("SELECT id, text FROM item WHERE id = $1", key) == (
                    key,
                    f"text {key}",
                )


async def test_it_outlasts_the_engine(database: Database) -> None:
    async with with_items(database) as engine:
        await engine.write(insert(1))
    async with opened(database) as engine:
        assert await ids(engine) == [1]


async def test_rows_and_counts(database: Database) -> None:
    async with with_items(database) as engine:
        assert await engine.read().fetch_row("SELECT id FROM item") is None
        assert await engine.read().fetch_all("SELECT id FROM item") == []

        async def work(tx: Transaction) -> list[Any]:
            counts = [await tx.execute("INSERT INTO item (id, number) VALUES ($1, 0)", key) for key in (3, 1, 2)]
            counts += [
                await tx.execute("INSERT INTO item (id) VALUES (1) ON CONFLICT (id) DO NOTHING"),
                await tx.execute("UPDATE item SET number = number + 1"),
                await tx.execute("UPDATE item SET number = 7 WHERE id = 99"),
                await tx.execute("DELETE FROM item WHERE id > 1"),
                await tx.execute("DELETE FROM item WHERE id > 1"),
            ]
            return [counts, await tx.fetch_row("SELECT id, text, number FROM item"), await tx.fetch_all(COUNT)]

        assert await engine.write(work) == [[1, 1, 1, 0, 3, 0, 2, 0], (1, None, 1), [(1,)]]
        assert type(await engine.read().fetch_row("SELECT id, text FROM item")) is tuple


async def test_arguments_are_counted_by_number(database: Database) -> None:
    async with with_items(database) as engine:
        reader = engine.read()
        await engine.write(executing("INSERT INTO item (text, id, number) VALUES ($2, $1, $1)", args=(5, "five")))
        assert await reader.fetch_row("SELECT number, text, id FROM item WHERE text = $2 AND id = $1", 5, "five") == (
            5,
            "five",
            5,
        )
        many = list(range(12))
        listed = ", ".join(f"CAST(${number} AS BIGINT)" for number in range(12, 0, -1))
        assert await reader.fetch_row(f"SELECT {listed}", *many) == tuple(reversed(many))
        assert await reader.fetch_row("SELECT '$x', $1", "$2") == ("$x", "$2")


SCALARS = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    # PostgreSQL's text holds no NUL, UTF-8 no half of a surrogate pair.
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.binary(max_size=5000),
)


def test_values_come_back_as_they_were(database: Database) -> None:
    columns = {int: "number", str: "text", bytes: "data", type(None): "text"}

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(SCALARS, min_size=1, max_size=30))
    def check(values: list[Any]) -> None:
        asyncio.run(store(values))

    async def store(values: list[Any]) -> None:
        async with opened(database) as engine:

            async def work(tx: Transaction) -> None:
                await tx.execute("DELETE FROM item")
                for key, value in enumerate(values):
                    await tx.execute(f"INSERT INTO item (id, {columns[type(value)]}) VALUES ($1, $2)", key, value)

            await engine.write(work)
            for key, value in enumerate(values):
                row = await engine.read().fetch_row(f"SELECT {columns[type(value)]} FROM item WHERE id = $1", key)
                assert row == (value,)
                assert type(row[0]) is type(value)

    asyncio.run(_prepare(database))
    check()


async def _prepare(database: Database) -> None:
    async with with_items(database):
        pass


async def test_floats_come_back_as_they_were(database: Database) -> None:
    async with opened(database, "CREATE TABLE fraction (value DOUBLE PRECISION)") as engine:
        values = [0.1, -2.5e300, 1.7672256001234567e9, math.inf]
        for value in values:
            await engine.write(executing("INSERT INTO fraction VALUES ($1)", args=(value,)))
        assert [row[0] for row in await engine.read().fetch_all("SELECT value FROM fraction")] == values


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, "half a pair \ud800", object()])
async def test_what_cannot_be_kept_is_refused(database: Database, value: object) -> None:
    async with with_items(database) as engine:

        async def work(tx: Transaction) -> None:
            await tx.execute("INSERT INTO item (id) VALUES (1)")
            await tx.execute("INSERT INTO item (id, text) VALUES (2, $1)", value)

        with pytest.raises(Exception):  # noqa: B017, PT011 - each engine in its own words
            await engine.write(work)
        assert await ids(engine) == []


async def test_references_are_enforced(database: Database) -> None:
    async with opened(
        database,
        "CREATE TABLE owner (id BIGINT PRIMARY KEY)",
        "CREATE TABLE owned (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL REFERENCES owner (id) ON DELETE CASCADE)",
    ) as engine:
        with pytest.raises(StorageError):
            await engine.write(executing("INSERT INTO owned VALUES (1, 1)"))
        await engine.write(executing("INSERT INTO owner VALUES (1)", "INSERT INTO owned VALUES (1, 1)"))
        # The cascade is not counted.
        assert await engine.write(executing("DELETE FROM owner")) == [1]
        assert await engine.read().fetch_all("SELECT id FROM owned") == []


async def test_readers_do_not_write(database: Database) -> None:
    async with with_items(database) as engine:
        await engine.write(insert(1))
        for statement in ("INSERT INTO item (id) VALUES (2)", "DELETE FROM item", "CREATE TABLE other (id BIGINT)"):
            with pytest.raises(StorageError):
                await engine.read().execute(statement)
        assert await ids(engine) == [1]


async def test_a_wrong_statement_is_the_engines_failure(database: Database) -> None:
    async with with_items(database) as engine:
        for call in (engine.read().fetch_row, engine.read().fetch_all):
            with pytest.raises(StorageError):
                await call("SELECT nothing FROM nowhere")
        with pytest.raises(StorageError):
            await engine.write(executing("INSERT INTO nowhere VALUES (1)"))
        await engine.write(insert(1))
        assert await ids(engine) == [1]


# Transactions


async def test_a_failed_work_leaves_nothing_and_says_why(database: Database) -> None:
    class NotThisTime(Exception):
        pass

    async with with_items(database) as engine:
        await engine.write(insert(1))
        error = NotThisTime("because")
        with pytest.raises(NotThisTime) as raised:
            await engine.write(fail_after(insert(2), error))
        assert raised.value is error
        with pytest.raises(StorageError):
            await engine.write(
                fail_after(executing("DELETE FROM item", "INSERT INTO item (id) VALUES ('x', 1)"), error)
            )
        assert await ids(engine) == [1]


async def test_an_exception_may_be_a_result(database: Database) -> None:
    async with with_items(database) as engine:

        async def work(tx: Transaction) -> Exception:
            return ValueError("returned, not raised")

        assert isinstance(await engine.write(work), ValueError)


async def test_failing_works_do_not_harm_those_beside_them(database: Database) -> None:
    async with with_items(database) as engine:
        await engine.write(insert(1000))

        def work(key: int) -> Callable[[Transaction], Awaitable[Any]]:
            if key % 3 == 1:
                return fail_after(insert(key), RuntimeError(str(key)))
            if key % 3 == 2:
                return fail_after(
                    executing(f"UPDATE item SET id = {key} WHERE id = 1000", "INSERT INTO item (id) VALUES (0)"),
                    OSError(),
                )
            return insert(key)

        outcomes = await asyncio.gather(*(engine.write(work(key)) for key in range(60)), return_exceptions=True)
        for key, outcome in enumerate(outcomes):
            match key % 3:
                case 0:
                    assert outcome == key
                case 1:
                    assert isinstance(outcome, RuntimeError)
                    assert str(outcome) == str(key)
                case 2:
                    assert isinstance(outcome, StorageError)  # the key 0 is taken
        assert await ids(engine) == [*range(0, 60, 3), 1000]


async def test_works_are_done_again_only_for_one_that_failed_after_it_wrote(database: Database) -> None:
    async with with_items(database) as engine:
        runs: list[int] = []

        def counting(key: int) -> Callable[[Transaction], Awaitable[Any]]:
            async def work(tx: Transaction) -> Any:
                runs.append(key)
                return await insert(key)(tx)

            return work

        async def fail(tx: Transaction) -> None:
            await tx.fetch_row(COUNT)
            raise OSError("before it wrote")

        works = [counting(1), fail, counting(2)]
        await asyncio.gather(*(engine.write(each) for each in works), return_exceptions=True)
        assert runs == [1, 2]
        works = [counting(3), fail_after(insert(4), OSError("after it wrote")), counting(5)]
        await asyncio.gather(*(engine.write(each) for each in works), return_exceptions=True)
        assert runs == [1, 2, 3, 3, 5]
        assert await ids(engine) == [1, 2, 3, 5]


async def test_works_of_one_transaction_leave_notes_to_each_other(database: Database) -> None:
    async with with_items(database) as engine:

        def noting(key: int, error: Exception | None = None) -> Callable[[Transaction], Awaitable[Any]]:
            async def work(tx: Transaction) -> Any:
                before = tx.recall("last")
                await insert(key)(tx)
                tx.note("last", key)
                if error is not None:
                    raise error
                return before

            return work

        works = [noting(1), noting(2), noting(3)]
        assert await asyncio.gather(*(engine.write(each) for each in works)) == [None, 1, 2]
        assert await engine.write(noting(4)) is None  # another transaction
        assert engine.read().recall("last") is None
        # What was undone is not noted either.
        works = [noting(5), noting(6, OSError()), noting(7)]
        outcomes = await asyncio.gather(*(engine.write(each) for each in works), return_exceptions=True)
        assert (outcomes[0], outcomes[2]) == (None, None)
        assert await ids(engine) == [1, 2, 3, 4, 5, 7]


async def test_work_that_is_cancelled_from_within_concerns_nobody_else(database: Database) -> None:
    async with with_items(database) as engine:
        works = [insert(1), fail_after(insert(2), asyncio.CancelledError()), insert(3)]
        outcomes = await asyncio.gather(*(engine.write(work) for work in works), return_exceptions=True)
        assert outcomes[0] == 1
        assert isinstance(outcomes[1], asyncio.CancelledError)
        assert outcomes[2] == 3
        assert await ids(engine) == [1, 3]
        await engine.write(insert(4))


async def test_works_are_done_in_the_order_they_came(database: Database) -> None:
    async with opened(database, "CREATE TABLE line (position BIGINT PRIMARY KEY, word TEXT)") as engine:

        async def work(tx: Transaction, word: str) -> int:
            row = await tx.fetch_row("SELECT count(*) FROM line")
            assert row is not None
            position: int = row[0]
            await tx.execute("INSERT INTO line VALUES ($1, $2)", position, word)
            return position

        words = [functools.partial(work, word=f"word {n}") for n in range(600)]
        positions = await asyncio.gather(*(engine.write(each) for each in words))
        assert positions == list(range(600))
        rows = await engine.read().fetch_all("SELECT word FROM line ORDER BY position")
        assert rows == [(f"word {n}",) for n in range(600)]


async def test_a_transaction_sees_itself_and_nobody_sees_it(database: Database) -> None:
    async with with_items(database) as engine, opened(database) as other:

        async def work(tx: Transaction) -> list[Any]:
            await tx.execute("INSERT INTO item (id) VALUES (1)")
            return [await each.fetch_row(COUNT) for each in (tx, engine.read(), other.read())]

        assert await engine.write(work) == [(1,), (0,), (0,)]
        assert await engine.read().fetch_row(COUNT) == await other.read().fetch_row(COUNT) == (1,)


async def test_no_update_is_lost_between_engines(database: Database) -> None:
    async with with_items(database) as one, opened(database) as other:
        await one.write(insert(1))
        await one.write(executing("UPDATE item SET number = 0"))

        async def add_one(tx: Transaction) -> int:
            row = await tx.fetch_row("SELECT number FROM item WHERE id = 1")
            assert row is not None
            await tx.execute("UPDATE item SET number = $1 WHERE id = 1", row[0] + 1)
            number: int = row[0] + 1
            return number

        given = await asyncio.gather(*(engine.write(add_one) for _ in range(100) for engine in (one, other)))
        assert sorted(given) == list(range(1, 201))
        assert await one.read().fetch_row("SELECT number FROM item") == (200,)


# Waiters that go away


@pytest.mark.parametrize("yields", range(6))
async def test_whoever_goes_away_harms_nobody(database: Database, yields: int) -> None:
    """Cancelled at some moment between asking and committing: the others are answered, its own work is whole or not."""
    async with with_items(database) as engine:

        def pair(key: int) -> Callable[[Transaction], Awaitable[None]]:
            async def work(tx: Transaction) -> None:
                await tx.execute("INSERT INTO item (id) VALUES ($1)", key)
                await tx.execute("INSERT INTO item (id) VALUES ($1)", -key)

            return work

        tasks = [asyncio.create_task(engine.write(pair(key))) for key in range(1, 41)]
        for _ in range(yields):
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(outcome is None for outcome in outcomes[1::2])
        await engine.write(pair(100))
        present = set(await ids(engine))
        assert present == {-key for key in present}
        assert set(range(2, 41, 2)) | {100} <= present


async def test_closing_waits_for_what_is_under_way(database: Database) -> None:
    async with with_items(database):
        pass
    engine = database.open()
    tasks = [asyncio.create_task(engine.write(insert(key))) for key in range(300)]
    await asyncio.sleep(0)
    await engine.close()
    assert await asyncio.gather(*tasks) == list(range(300))
    async with opened(database) as again:
        assert await ids(again) == list(range(300))


async def test_a_closed_engine_refuses(database: Database) -> None:
    async with with_items(database) as engine:
        pass
    with pytest.raises(StorageError):
        await engine.write(insert(1))
    with pytest.raises(StorageError):
        engine.read()
    async with opened(database) as again:
        assert await ids(again) == []


# What a reader may remember


class Loader:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self) -> int:
        self.asked += 1
        return self.asked


async def test_what_is_known_is_not_loaded_again(database: Database) -> None:
    async with with_items(database) as engine:
        load = Loader()
        for _ in range(5):
            assert await engine.read().known("key", load) == 1
        assert await engine.read().known(("another", 1), load) == 2


@pytest.mark.parametrize("writer", ["itself", "another engine", "another process"])
async def test_any_write_makes_it_forget(database: Database, writer: str) -> None:
    async with with_items(database) as engine, opened(database) as other:
        load = Loader()
        await engine.read().known("key", load)
        for expected in (2, 3):
            if writer == "another process":
                await asyncio.to_thread(_insert_elsewhere, database, expected)
            else:
                await (engine if writer == "itself" else other).write(insert(expected))
            assert await engine.read().known("key", load) == expected
            assert await engine.read().known("key", load) == expected
        assert await ids(engine) == [2, 3]


async def test_a_quiet_write_makes_nobody_here_forget(database: Database) -> None:
    async with with_items(database) as engine:
        load = Loader()
        await engine.read().known("key", load)
        for key in range(50):
            await engine.write(insert(key), quiet=True)
            assert await engine.read().known("key", load) == 1
        with pytest.raises(ValueError, match="on purpose"):
            await engine.write(fail_after(insert(50), ValueError("on purpose")), quiet=True)
        assert await engine.read().known("key", load) == 1
        assert await ids(engine) == list(range(50))
        await asyncio.gather(engine.write(insert(51), quiet=True), engine.write(insert(52)))
        assert await engine.read().known("key", load) == 2


@pytest.mark.parametrize("writer", ["itself", "another engine"])
async def test_a_write_among_quiet_ones_makes_it_forget(database: Database, writer: str) -> None:
    async with with_items(database) as engine, opened(database) as other:
        load, stop = Loader(), asyncio.Event()

        async def be_quiet() -> None:
            key = 1000
            while not stop.is_set():
                key += 1
                await engine.write(insert(key), quiet=True)

        beside = asyncio.create_task(be_quiet())
        await engine.read().known("key", load)
        for expected in range(2, 32):
            await (engine if writer == "itself" else other).write(insert(expected))
            assert await engine.read().known("key", load) == expected
        stop.set()
        await beside


def _insert_elsewhere(database: Database, key: int) -> None:
    script = (
        "import asyncio, pathlib\n"
        "from tests.storage import engines\n"
        "async def main():\n"
        f"    engine = {database.opening}\n"
        f"    await engine.write(lambda tx: tx.execute('INSERT INTO item (id) VALUES ({key})'))\n"
        "    await engine.close()\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


async def test_a_failed_load_is_not_known(database: Database) -> None:
    async with with_items(database) as engine:

        async def fail() -> int:
            raise ValueError("not now")

        with pytest.raises(ValueError, match="not now"):
            await engine.read().known("key", fail)
        assert await engine.read().known("key", Loader()) == 1


async def test_a_transaction_knows_what_it_wrote(database: Database) -> None:
    async with with_items(database) as engine:

        async def work(tx: Transaction) -> list[Any]:
            async def load() -> Any:
                return await tx.fetch_row(COUNT)

            before = await tx.known("count", load)
            await tx.execute("INSERT INTO item (id) VALUES (1)")
            return [before, await tx.known("count", load)]

        assert await engine.write(work) == [(0,), (1,)]


async def test_an_older_view_is_not_remembered_as_the_newer(database: Database) -> None:
    """A write between `read` and `known` on the same reader: what is remembered then must not outlive it wrongly."""
    async with with_items(database) as engine:
        reader = engine.read()

        async def load() -> Any:
            return await reader.fetch_row(COUNT)

        async def load_and_write() -> Any:
            found = await load()
            await engine.write(insert(1))
            return found

        assert await reader.known("count", load_and_write) == (0,)
        assert await engine.read().known("count", load) == (1,)


async def test_the_memory_is_bounded(database: Database) -> None:
    async with with_items(database) as engine:
        load = Loader()
        for start in range(0, 30_000, 500):
            await asyncio.gather(*(engine.read().known(key, load) for key in range(start, start + 500)))
        reader: Any = engine.read()
        if hasattr(reader, "_remembered"):
            assert len(reader._remembered) <= 10_001
