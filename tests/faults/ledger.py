"""Writers under load, and the book they keep: what a server promised, to be held against what it has afterwards."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from parastore.testing.server import Keys, Server
from parastore.testing.wire import NO_ANSWER, Answer, Wire

KEPT = 100
HOT = "/hot"
Op = Callable[[], Answer]


class State(NamedTuple):
    """A parameter's current version."""

    version: int
    value: str
    type: str


class Parameter:
    """What one writer, who alone writes it, knows of a parameter. None is: there is none.

    `maybe` holds what became of it if the request that got no answer was done. `values` are those of all versions of
    this life, by number.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.sure: State | None = None
        self.maybe: list[State | None] = []
        self.values: dict[int, str] = {}

    def settle(self, state: State | None) -> None:
        if state is None:
            self.values = {}
        else:
            self.values[state.version] = state.value
        self.sure, self.maybe = state, []


class Ledger:
    """One account's parameters, with sixteen writers or so."""

    def __init__(self, keys: Keys, writers: int = 16) -> None:
        self.keys = keys
        self.owned = [[Parameter(f"/own/{writer}/{each}") for each in range(4)] for writer in range(writers)]
        self.hot: dict[int, str] = {}
        self.hot_unanswered = 0
        self.acknowledged = 0
        self._lock = threading.Lock()

    def acknowledge_hot(self, version: int, value: str) -> None:
        with self._lock:
            assert version not in self.hot, f"{HOT}:{version} was given twice"
            self.hot[version] = value

    def count(self, acknowledged: int, hot_unanswered: int) -> None:
        with self._lock:
            self.acknowledged += acknowledged
            self.hot_unanswered += hot_unanswered

    def verify(self, port: int) -> None:
        """Everything promised is there, and everything there is what somebody wrote, in versions without a gap."""
        wire = Wire(port, self.keys)
        try:
            for owned in self.owned:
                # A writer has one request without an answer at most; it was done or not, for all its parameters.
                unanswered = [(each, each.sure) for each in owned if each.maybe not in ([], [each.sure])]
                for parameter in owned:
                    self._verify(parameter, history(wire, parameter.name))
                done = [each.name for each, before in unanswered if each.sure != before]
                assert len(done) in (0, len(unanswered)), f"only {done} of {unanswered}"
            self._verify_hot(history(wire, HOT))
            self._verify_tags(wire)
        finally:
            wire.close()

    def _verify(self, parameter: Parameter, versions: list[State]) -> None:
        actual = versions[-1] if versions else None
        possible = [parameter.sure, *parameter.maybe]
        assert actual in possible, f"{parameter.name} is {actual}, must be one of {possible}"
        parameter.settle(actual)
        assert_consecutive(parameter.name, versions)
        for each in versions:
            assert parameter.values[each.version] == each.value, f"{parameter.name}:{each.version} has another value"

    def _verify_hot(self, versions: list[State]) -> None:
        last = versions[-1].version if versions else 0
        assert_consecutive(HOT, versions)
        assert all(version <= last for version in self.hot), f"{HOT} lost versions behind {last}"
        unknown = last - len(self.hot)
        assert unknown <= self.hot_unanswered, f"{HOT} has {unknown} versions nobody was given"
        for each in versions:
            known = self.hot.setdefault(each.version, each.value)
            assert known == each.value, f"{HOT}:{each.version} has another value"
        for version in range(1, last + 1):
            self.hot.setdefault(version, "(of a request without answer, not kept)")
        self.hot_unanswered = 0

    def _verify_tags(self, wire: Wire) -> None:
        """Tags are written with the first version: there with it, or neither."""
        found: set[str] = set()
        token: dict[str, str] = {}
        while True:
            answer = wire.call(
                "DescribeParameters", ParameterFilters=[{"Key": "tag:owner", "Values": ["writer"]}], **token
            )
            assert answer.status == 200, answer
            found |= {each["Name"] for each in answer.body["Parameters"]}
            if "NextToken" not in answer.body:
                break
            token = {"NextToken": answer.body["NextToken"]}
        assert found == {each.name for owned in self.owned for each in owned if each.sure}


def assert_consecutive(name: str, versions: list[State]) -> None:
    if versions:
        last = versions[-1].version
        assert [each.version for each in versions] == list(range(max(1, last - KEPT + 1), last + 1)), name


def history(wire: Wire, name: str) -> list[State]:
    """All kept versions, the current one last."""
    found: list[State] = []
    token: dict[str, str] = {}
    while True:
        answer = wire.call("GetParameterHistory", Name=name, WithDecryption=True, **token)
        if answer.status == 400 and answer.body["__type"] == "ParameterNotFound":
            return []
        assert answer.status == 200, answer
        found += [State(each["Version"], each["Value"], each["Type"]) for each in answer.body["Parameters"]]
        if "NextToken" not in answer.body:
            return found
        token = {"NextToken": answer.body["NextToken"]}


class Writer:
    """Writes its own parameters and the hot one until there is no answer, or until it is told to stop."""

    def __init__(self, ledger: Ledger, number: int, port: int, seed: str, stop: threading.Event) -> None:
        self.thread = threading.Thread(target=self._run, name=f"writer-{number}", daemon=True)
        self._ledger = ledger
        self._own = ledger.owned[number]
        self._wire = Wire(port, ledger.keys)
        self._dice = random.Random(f"{seed}-{number}")
        self._stop = stop
        self.acknowledged = 0
        self.failure: Exception | None = None

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._write()
                self.acknowledged += 1
        except NO_ANSWER:
            pass
        except Exception as error:  # noqa: BLE001 - for the thread that waits
            self.failure = error
        finally:
            self._wire.close()
            self._ledger.count(self.acknowledged, 0)

    def _write(self) -> None:
        kind = self._dice.choices(("put", "hot", "delete", "delete many"), (60, 20, 12, 8))[0]
        present = [each for each in self._own if each.sure]
        if kind == "hot":
            self._put_hot()
        elif kind == "put" or not present:
            self._put(self._dice.choice(self._own))
        elif kind == "delete":
            self._delete(self._dice.choice(present))
        else:
            self._delete_many(self._dice.sample(self._own, 3))

    def _put(self, parameter: Parameter) -> None:
        before = parameter.sure
        kind = self._dice.choice(("String", "SecureString"))
        made = State(before.version + 1 if before else 1, self._value(), kind)
        parameter.maybe = [made]
        more = {"Overwrite": True} if before else {"Tags": [{"Key": "owner", "Value": "writer"}]}
        answer = self._wire.call("PutParameter", Name=parameter.name, Value=made.value, Type=kind, **more)
        assert answer.status == 200, (parameter.name, answer)
        assert answer.body["Version"] == made.version, (parameter.name, made, answer)
        parameter.settle(made)

    def _put_hot(self) -> None:
        value = self._value()
        try:
            answer = self._wire.call("PutParameter", Name=HOT, Value=value, Type="String", Overwrite=True)
        except NO_ANSWER:
            self._ledger.count(0, 1)
            raise
        assert answer.status == 200, answer
        self._ledger.acknowledge_hot(answer.body["Version"], value)

    def _delete(self, parameter: Parameter) -> None:
        parameter.maybe = [None]
        answer = self._wire.call("DeleteParameter", Name=parameter.name)
        assert answer.status == 200, (parameter.name, answer)
        parameter.settle(None)

    def _delete_many(self, parameters: list[Parameter]) -> None:
        for each in parameters:
            each.maybe = [None]
        answer = self._wire.call("DeleteParameters", Names=[each.name for each in parameters])
        assert answer.status == 200, answer
        assert set(answer.body["DeletedParameters"]) == {each.name for each in parameters if each.sure}
        for each in parameters:
            each.settle(None)

    def _value(self) -> str:
        return f"{self._dice.getrandbits(64):x}" + "." * self._dice.choice((0, 10, 500, 3000))


def load(ledger: Ledger, server: Server, seed: str, until: Callable[[], None]) -> int:
    """All writers write until `until` has returned, or their connections break; how much was acknowledged."""
    stop = threading.Event()
    writers = [Writer(ledger, number, server.port, seed, stop) for number in range(len(ledger.owned))]
    for writer in writers:
        writer.thread.start()
    try:
        until()
    finally:
        stop.set()
        for writer in writers:
            writer.thread.join(60)
    raise_first(writer.failure for writer in writers)
    assert not any(writer.thread.is_alive() for writer in writers)
    return sum(writer.acknowledged for writer in writers)


def raise_first(failures: Iterable[Exception | None]) -> None:
    for failure in failures:
        if failure is not None:
            raise failure


def errors(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a server had to complain of."""
    return [entry for entry in log if entry.get("level") in ("error", "critical", "raw")]
