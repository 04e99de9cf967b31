"""The same random work for several engines and for a dict; all must answer alike, page order included.

    python -m tests.storage.crosstest LOG

does again what is in a log, line by line a step: [what to do, arguments ...]. A step never depends on how an earlier
one ended, so a log can be shortened by hand to what is needed.

    put      shelf, path, content, members, tags      the next version, or the first with its tags
    delete   shelf, paths
    group    [[put or delete, ...] ...], failing      works asked for at once; those whose number is in `failing` fail
    find     shelf, path
    replaced shelf, path, version
    history  shelf, path, after, limit
    describe shelf, conditions, limits                all pages
    by_path  shelf, path, recursive, conditions, limits
    reopen
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
from tests.storage.engines import KINDS, Database
from tests.storage.model import Model
from tests.storage.places import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, Holding, version

from parastore.seal.keyring import KeyRing
from parastore.ssm.rules.filters import Condition
from parastore.ssm.rules.versions import Version
from parastore.ssm.store import listings, records
from parastore.ssm.store import tags as stored_tags
from parastore.ssm.store.listings import Page
from parastore.ssm.store.records import FixedPlace, Place
from parastore.storage.migrations import migrate
from parastore.storage.protocol import Engine, Transaction

KEPT = 4
SHELVES = ((ACCOUNT, REGION), (ACCOUNT, OTHER_REGION), (OTHER_ACCOUNT, REGION))

Step = list[Any]
Changes = list[Step]


class NotThisOne(Exception):
    """What a work fails with that was to fail."""


class Disagreement(AssertionError):
    """Two sides gave different answers to a step."""


class Side(Protocol):
    """One of those who must agree. Answers are compared as they are."""

    name: str

    async def start(self) -> None: ...
    async def work(self, changes: Changes, fail: bool) -> Any: ...
    async def reading(self, step: Step) -> Any: ...
    async def together(self, works: list[tuple[Changes, bool]]) -> list[Any]: ...
    async def reopen(self) -> None: ...
    async def stop(self) -> None: ...


# What to do


def generate(seed: int, steps: int) -> list[Step]:
    """As many steps, always the same for a seed."""
    dice = random.Random(seed)
    return [_step(dice) for _ in range(steps)]


def _step(dice: random.Random) -> Step:
    shelf, path = dice.randrange(len(SHELVES)), _path(dice)
    match dice.choices(("change", "group", "read", "list", "reopen"), (40, 15, 25, 20, 1))[0]:
        case "change":
            return _change(dice)
        case "group":
            works = [[_change(dice) for _ in range(dice.randint(1, 4))] for _ in range(dice.randint(1, 12))]
            return ["group", works, [number for number in range(len(works)) if dice.random() < 0.3]]
        case "read":
            kind = dice.choice(("find", "replaced", "history"))
            more = {"find": [], "replaced": [dice.randint(1, 8)], "history": [dice.randint(0, 6), dice.randint(1, 5)]}
            return [kind, shelf, path, *more[kind]]
        case "list":
            limits = [dice.randint(1, 7) for _ in range(dice.randint(1, 3))]
            if dice.random() < 0.5:
                return ["describe", shelf, _conditions(dice, everything=True), limits]
            where = "/" if dice.random() < 0.3 else path
            return ["by_path", shelf, where, dice.random() < 0.6, _conditions(dice, everything=False), limits]
    return ["reopen"]


def _change(dice: random.Random) -> Step:
    shelf = dice.randrange(len(SHELVES))
    if dice.random() < 0.25:
        return ["delete", shelf, [_path(dice) for _ in range(dice.randint(1, 3))]]
    members = {
        "type": dice.choice(("String", "StringList", "SecureString")),
        "key_id": dice.choice((None, "alias/aws/ssm", "key-1")),
        "description": dice.choice((None, "", "설명 🙂")),
        "modified_at": dice.randint(0, 2**62),
    }
    tags = {key: _text(dice) for key in dice.sample(("team", "Team", "stage"), dice.randint(0, 2))}
    return ["put", shelf, _path(dice), _text(dice), members, tags]


def _path(dice: random.Random) -> str:
    return "".join("/" + dice.choice(("a", "b", "A", "a.b", "a-b", "a0")) for _ in range(dice.choice((1, 1, 2, 2, 3))))


def _text(dice: random.Random) -> str:
    return dice.choice(("", "red", "rot", "ü" * 3, "x" * dice.randint(1, 3000)))


def _conditions(dice: random.Random, everything: bool) -> list[Any]:
    choices: list[tuple[str, str, list[str]]] = [
        ("type", "equals", [dice.choice(("String", "SecureString"))]),
        ("type", "prefix", ["S", "Str"]),
        ("key_id", "prefix", ["alias/", "key"]),
        ("key_id", "equals", ["key-1"]),
    ]
    if everything:
        choices += [("path", kind, [_path(dice)]) for kind in ("prefix", "children", "descendants", "equals")]
        choices += [("path", "contains", [dice.choice(("a", "/b", "-", "A"))]), ("tag:team", "present", [])]
        choices += [("tag:team", "equals", ["red", "rot"]), ("tag:stage", "prefix", ["r"])]
    return dice.sample(choices, dice.choice((0, 0, 1, 2)))


# Who does it


class Dict:
    """The model."""

    name = "a dict"

    async def start(self) -> None:
        self.shelves = [Model() for _ in SHELVES]

    async def work(self, changes: Changes, fail: bool) -> Any:
        if fail:
            return NotThisOne.__name__
        return [self._change(change) for change in changes]

    def _change(self, change: Step) -> Any:
        kind, shelf, *rest = change
        model = self.shelves[shelf]
        if kind == "delete":
            return [model.delete(path) for path in rest[0]]
        path, content, members, tags = rest
        current = model.find(path)
        made = _next(path, content, members, current)
        model.put(made, KEPT, tags)
        return made.version

    async def together(self, works: list[tuple[Changes, bool]]) -> list[Any]:
        return [await self.work(*work) for work in works]

    async def reading(self, step: Step) -> Any:
        kind, shelf, *rest = step
        model = self.shelves[shelf]
        match kind:
            case "find":
                return model.find(*rest)
            case "replaced":
                return model.find_replaced(*rest)
            case "history":
                return model.history(*rest)
            case "describe":
                found = model.describe(_read_conditions(rest[0]))
                return [msgspec.structs.replace(each, content=b"") for each in found]
        path, recursive, conditions = rest[:3]
        return model.by_path(path, recursive, _read_conditions(conditions))

    async def reopen(self) -> None:
        pass

    async def stop(self) -> None:
        pass


class Stored:
    """An engine; with it a second one on the same database, which reads whenever the first wrote."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database
        self._ring = KeyRing({1: bytes(range(32))})
        self._engines: list[Engine] = []
        self._turn = 0

    async def start(self) -> None:
        self._engines = [self._database.open() for _ in range(2)]

        async def prepare(tx: Transaction) -> None:
            await migrate(tx, 0)
            for account in (ACCOUNT, OTHER_ACCOUNT):
                await tx.execute("INSERT INTO account VALUES ($1, 0) ON CONFLICT (id) DO NOTHING", account)

        await self._engines[0].write(prepare)

    async def work(self, changes: Changes, fail: bool) -> Any:
        return await self._work(self._next_engine(), changes, fail)

    async def together(self, works: list[tuple[Changes, bool]]) -> list[Any]:
        engine = self._next_engine()
        return await asyncio.gather(*(self._work(engine, *work) for work in works))

    def _next_engine(self) -> Engine:
        self._turn += 1
        return self._engines[self._turn % 2]

    async def _work(self, engine: Engine, changes: Changes, fail: bool) -> Any:
        async def work(tx: Transaction) -> Any:
            done = [await self._change(tx, change) for change in changes]
            if fail:
                raise NotThisOne
            return done

        try:
            return await engine.write(work)
        except NotThisOne as error:
            return type(error).__name__

    async def _change(self, tx: Transaction, change: Step) -> Any:
        kind, shelf, *rest = change
        place = FixedPlace(tx, self._ring, *SHELVES[shelf])
        if kind == "delete":
            return [await records.delete(place, path) for path in rest[0]]
        path, content, members, tags = rest
        current = await records.find(place, path)
        made = _next(path, content, members, current)
        await records.save(place, made, KEPT)
        if made.version == 1:
            await stored_tags.put(place, path, tags)
        return made.version

    async def reading(self, step: Step) -> Any:
        kind, shelf, *rest = step
        place = Holding(self._next_engine(), self._ring, *SHELVES[shelf]).reading()
        match kind:
            case "find":
                return await records.find(place, *rest)
            case "replaced":
                return await records.find_replaced(place, *rest)
            case "history":
                return await records.history(place, *rest)
        found: list[Any] = []
        after: str | None = None
        *where, conditions, limits = rest
        for turn in range(10_000):
            page = await _page(place, where, _read_conditions(conditions), after, limits[turn % len(limits)])
            found += page.versions
            if page.next is None:
                return [msgspec.structs.replace(each, content=b"") for each in found] if kind == "describe" else found
            after = page.next
        raise AssertionError(f"{step} never ends")

    async def reopen(self) -> None:
        await self.stop()
        await self.start()

    async def stop(self) -> None:
        for engine in self._engines:
            await engine.close()


async def _page(
    place: Place, where: list[Any], conditions: list[Condition], after: str | None, limit: int
) -> Page[Any]:
    if where:
        path, recursive = where
        return await listings.by_path(place, path, recursive, conditions, after, limit)
    return await listings.describe(place, conditions, after, limit)


def _next(path: str, content: str, members: dict[str, Any], current: Version | None) -> Version:
    return version(path, current.version + 1 if current else 1, content.encode(), **members)


def _read_conditions(written: list[Any]) -> list[Condition]:
    return [Condition(name, match, tuple(values)) for name, match, values in written]


# Together


async def run(steps: Sequence[Step], sides: Sequence[Side], log: Path) -> None:
    """Have all sides do all steps, writing each to the log first. Raises Disagreement."""
    with log.open("w", encoding="utf-8") as file:
        for side in sides:
            await side.start()
        try:
            for number, step in enumerate(steps, 1):
                file.write(json.dumps(step) + "\n")
                file.flush()
                answers = [await _do(side, step) for side in sides]
                for side, answer in zip(sides[1:], answers[1:], strict=True):
                    if answer != answers[0]:
                        raise Disagreement(
                            f"step {number}, {step}: {sides[0].name} gives {answers[0]}, {side.name} gives {answer};"
                            f" see it again with python -m tests.storage.crosstest {log}"
                        )
        finally:
            for side in sides:
                await side.stop()


async def _do(side: Side, step: Step) -> Any:
    match step[0]:
        case "put" | "delete":
            return await side.work([step], fail=False)
        case "group":
            return await side.together([(changes, number in step[2]) for number, changes in enumerate(step[1])])
        case "reopen":
            return await side.reopen()
    return await side.reading(step)


def everyone(folder: Path) -> list[Side]:
    """The model and one engine of each kind, on new databases."""
    sides: list[Side] = [Dict()]
    for name, kind in KINDS.items():
        (folder / name).mkdir(mode=0o700)
        sides.append(Stored(name, kind(folder / name)))
    return sides


def replay(log: Path, folder: Path) -> None:
    """Do again what is in a log."""
    steps = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    asyncio.run(run(steps, everyone(folder), folder / "replayed.log"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        replay(Path(sys.argv[1]), Path(name))
    sys.stdout.write("all agree\n")
