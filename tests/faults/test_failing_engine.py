"""Every call of the engine fails in turn: an answer is right or a 500, never a wrong success, and never half a change.

TEST_SEED=n repeats the choices.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.folders import ACCOUNT, KEY_ID, REGION, SECRET, check, make_folder, new_trail

from parastore.house import House, furnish
from parastore.kms.operations import OPERATIONS as KMS
from parastore.pipeline import handle
from parastore.seal.barrier import Barrier
from parastore.server.unlock import load_ring
from parastore.sigv4.sign import Key, sign
from parastore.ssm.operations import OPERATIONS as SSM
from parastore.storage.sqlite import open_sqlite
from parastore.testing.faults import FailingEngine, never, nth, share
from parastore.wire.http import HttpRequest

pytestmark = pytest.mark.sqlite("an engine that fails at every call, whichever it is")

SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(2**32)))
VALUE = "a-value-that-must-not-be-seen"
Answer = tuple[int, dict[str, Any]]


class Installation:
    """A data folder behind an engine that fails, asked as over the network, but in this process."""

    def __init__(self, house: House, engine: FailingEngine) -> None:
        self.engine = engine
        self._house = house
        self.request_ids: list[str] = []

    async def ask(self, operation: str, **members: Any) -> Answer:
        body = json.dumps(members).encode()
        headers = {
            b"host": b"localhost",
            b"content-type": b"application/x-amz-json-1.1",
            b"x-amz-target": f"AmazonSSM.{operation}".encode(),
        }
        now = time.time()
        headers = sign(Key(KEY_ID, SECRET), "POST", b"/", b"", headers, body, region=REGION, service="ssm", now=now)
        answer = await handle(HttpRequest("POST", b"/", b"", headers, body), self._house)
        self.request_ids.append(answer.request_id)
        return answer.status, json.loads(answer.body)

    async def state(self) -> dict[str, Any]:
        """All there is, asked while nothing fails."""
        plan, self.engine.plan = self.engine.plan, never
        found: dict[str, Any] = {}
        listed = await self.ask("DescribeParameters")
        for each in listed[1]["Parameters"]:
            history = await self.ask("GetParameterHistory", Name=each["Name"], WithDecryption=True)
            found[each["Name"]] = [(one["Version"], one["Type"], one["Value"]) for one in history[1]["Parameters"]]
        tagged = await self.ask("DescribeParameters", ParameterFilters=[{"Key": "tag:team"}])
        found["tagged"] = [each["Name"] for each in tagged[1]["Parameters"]]
        self.engine.plan = plan
        return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("failing") / "data"
    make_folder(folder)
    return folder


@asynccontextmanager
async def installation(folder: Path) -> AsyncIterator[Installation]:
    engine = FailingEngine(open_sqlite(folder))
    barrier = Barrier(lambda: load_ring(engine.read(), folder))
    try:
        async with barrier.opened():
            yield Installation(
                furnish(
                    engine,
                    barrier,
                    trail=new_trail(folder),
                    public=SSM,
                    internal=KMS,
                    clock=lambda: time.time_ns() // 1_000_000,
                ),
                engine,
            )
    finally:
        await engine.close()


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    for each in template.iterdir():
        (folder / each.name).write_bytes(each.read_bytes())
        (folder / each.name).chmod(0o600)
    return folder


TAGS = [{"Key": "team", "Value": "red"}]
BEFORE: list[tuple[str, dict[str, Any]]] = [
    ("PutParameter", {"Name": "/a/plain", "Value": f"{VALUE}-1", "Type": "String"}),
    ("PutParameter", {"Name": "/a/plain", "Value": f"{VALUE}-2", "Overwrite": True}),
    ("PutParameter", {"Name": "/a/tagged", "Value": f"{VALUE}-3", "Type": "StringList", "Tags": TAGS}),
]
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("PutParameter", {"Name": "/a/plain", "Value": f"{VALUE}-4", "Overwrite": True}),
    ("PutParameter", {"Name": "/a/new", "Value": f"{VALUE}-5", "Type": "String", "Tags": TAGS}),
    # The first SecureString makes the account's key as well.
    ("PutParameter", {"Name": "/a/secret", "Value": f"{VALUE}-6", "Type": "SecureString"}),
    ("PutParameter", {"Name": "/a/plain", "Value": f"{VALUE}-7", "Type": "SecureString", "Overwrite": True}),
    ("DeleteParameter", {"Name": "/a/tagged"}),
    ("DeleteParameters", {"Names": ["/a/plain", "/a/tagged", "/a/nowhere"]}),
    ("PutParameter", {"Name": "/a/plain", "Value": "refused: it exists", "Type": "String"}),
]
READS: list[tuple[str, dict[str, Any]]] = [
    ("GetParameter", {"Name": "/a/plain"}),
    ("GetParameter", {"Name": "/a/plain:1"}),
    ("GetParameter", {"Name": "/a/secret", "WithDecryption": True}),
    ("GetParameter", {"Name": "/a/nowhere"}),
    ("GetParameters", {"Names": ["/a/plain", "/a/secret", "/a/nowhere"], "WithDecryption": True}),
    ("GetParametersByPath", {"Path": "/", "Recursive": True, "WithDecryption": True}),
    ("GetParametersByPath", {"Path": "/a", "ParameterFilters": [{"Key": "Type", "Values": ["SecureString"]}]}),
    ("GetParameterHistory", {"Name": "/a/plain"}),
    ("DescribeParameters", {"ParameterFilters": [{"Key": "tag:team"}]}),
]


def named(requests: list[tuple[str, dict[str, Any]]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("operation", "members"), requests, ids=[str(n) + each[0] for n, each in enumerate(requests)]
    )


def refused(answer: Answer) -> bool:
    """Whether it is the 500 of a failing engine; then it says nothing more."""
    if answer[0] != 500:
        return False
    assert answer[1] == {"__type": "InternalServerError", "Message": "An internal error occurred."}
    return True


def assert_logged(caplog: pytest.LogCaptureFixture, request_id: str) -> None:
    (record,) = [each for each in caplog.records if getattr(each, "request_id", None) == request_id]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert "as the test wants" in str(record.exc_info[1])


@named(WRITES)
def test_a_write_is_done_or_refused_whichever_call_fails(
    folder: Path, operation: str, members: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with installation(folder) as asked:
            for before in BEFORE:
                assert (await asked.ask(before[0], **before[1]))[0] == 200
            if operation == "PutParameter" and members["Name"] == "/a/plain" and members.get("Type") == "SecureString":
                assert (await asked.ask("PutParameter", **WRITES[2][1]))[0] == 200
            start = await asked.state()
            number = 0
            while True:
                number += 1
                asked.engine.plan, asked.engine.failed = nth(number, "read", "fetch", "execute", "begin", "commit"), 0
                answer = await asked.ask(operation, **members)
                if not asked.engine.failed:
                    break
                assert refused(answer)
                assert_logged(caplog, asked.request_ids[-1])
                assert await asked.state() == start
            assert number > 3
            refusals = answer[0] == 400
            assert refusals or await asked.state() != start
            # The same once more, where the commit is done and only the answer is lost: there, and not told.
            if not refusals and members.get("Overwrite"):
                asked.engine.plan = nth(1, "answer")
                assert refused(await asked.ask(operation, **members))
                assert len((await asked.state())["/a/plain"]) == len(start["/a/plain"]) + 2

    asyncio.run(story())
    assert check(folder) == []
    assert VALUE not in caplog.text


@named(READS)
def test_a_read_is_right_or_refused_whichever_call_fails(
    folder: Path, operation: str, members: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with installation(folder) as asked:
            for before in (*BEFORE, WRITES[2]):
                assert (await asked.ask(before[0], **before[1]))[0] == 200
            right = await asked.ask(operation, **members)
            number = 0
            while True:
                number += 1
                # A write elsewhere, so that nothing is remembered and everything is looked up.
                asked.engine.plan = never
                assert (await asked.ask("PutParameter", Name="/z", Value="z", Type="String", Overwrite=True))[0] == 200
                asked.engine.plan, asked.engine.failed = nth(number), 0
                answer = await asked.ask(operation, **members)
                if not asked.engine.failed:
                    break
                assert refused(answer)
                assert_logged(caplog, asked.request_ids[-1])
            assert number > 3
            if operation != "GetParametersByPath":  # /z is below / too
                assert answer == right

    asyncio.run(story())
    assert VALUE not in caplog.text


@pytest.mark.parametrize("part", [0.02, 0.2])
def test_with_a_share_of_all_calls_failing_nothing_answered_is_wrong(
    folder: Path, part: float, caplog: pytest.LogCaptureFixture
) -> None:
    """Eight clients at once, each on a parameter of its own, against what each knows of it."""
    print(f"TEST_SEED={SEED}")  # noqa: T201 - shown when it fails

    async def client(asked: Installation, number: int) -> int:
        dice = random.Random(f"{SEED}-{number}")
        name, version, value, refusals = f"/own/{number}", 0, "", 0
        for turn in range(60):
            kind = dice.choice(("put", "put", "get", "delete"))
            secure = "SecureString" if dice.random() < 0.5 else "String"
            match kind:
                case "put":
                    made = f"{number}:{turn}"
                    answer = await asked.ask("PutParameter", Name=name, Value=made, Type=secure, Overwrite=True)
                    after = version + 1
                    assert refused(answer) or answer == (200, {"Tier": "Standard", "Version": after})
                case "delete":
                    answer = await asked.ask("DeleteParameter", Name=name)
                    after = 0
                    assert refused(answer) or answer[0] == (200 if version else 400)
                case _:
                    answer = await asked.ask("GetParameter", Name=name, WithDecryption=True)
                    after = version
                    assert refused(answer) or answer[0] == (200 if version else 400)
                    if answer[0] == 200:
                        assert (answer[1]["Parameter"]["Version"], answer[1]["Parameter"]["Value"]) == (version, value)
            actual = await truth(asked, name)
            # What was refused was not done, or was done and only its answer lost.
            assert actual in ((version, after) if refused(answer) else (after,))
            if kind == "put" and actual == after:
                value = made
            version = actual
            refusals += refused(answer)
        return refusals

    async def truth(asked: Installation, name: str) -> int:
        # Asked past the failing engine.
        row = await asked.engine.engine.read().fetch_row(
            "SELECT version FROM parameter WHERE account = $1 AND region = $2 AND path = $3", ACCOUNT, REGION, name
        )
        return row[0] if row else 0

    async def story() -> None:
        async with installation(folder) as asked:
            asked.engine.plan = share(part, SEED)
            refusals = await asyncio.gather(*(client(asked, number) for number in range(8)))
            assert sum(refusals) > 0
            asked.engine.plan = never
            assert await asked.state()

    asyncio.run(story())
    assert check(folder) == []
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert all("as the test wants" in str(record.exc_info and record.exc_info[1]) for record in errors)
