"""A parameter's life through boto3, whatever is done in whatever order, against a dict; by one client and by many."""

from __future__ import annotations

import base64
import functools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.exceptions
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from tests.conftest import Client, ClientFactory
from tests.properties.linear import Seen, State, is_linearizable
from tests.sdk.storage import change

from parastore.server.check import findings
from parastore.testing.server import Keys, Server

KEPT = 100
NAMES = ["/a", "bare", "/a/b", "/a/b/c", "/a/b.c", "/a/bc/d", "/x-y/z_0"]
PATHS = ["/", "/a", "/a/", "/a/b", "/x-y", "/nowhere"]
FILTERS = [
    None,
    ("Type", "Equals", "SecureString"),
    ("Name", "BeginsWith", "/a"),
    ("Name", "Contains", "b"),
    ("tag:team", "Equals", "red"),
    ("Path", "Recursive", "/a"),
]
KINDS = ["String", "StringList", "SecureString"]
LABELS = ["live", "old", "x.1", "9-is-none", "aws-is-none"]


@pytest.fixture(scope="module", params=[1, 3], ids=["1 worker", "3 workers"])
def own_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("lifecycle") / "data", workers=request.param) as server:
        yield server
    assert [entry for entry in server.log if entry["level"] in ("error", "raw")] == []


@dataclass
class Life:
    """One parameter as it should be: values and types by version, oldest first."""

    name: str
    versions: dict[int, tuple[str, str, str | None]]  # value, type, description
    tags: dict[str, str] = field(default_factory=dict)
    tier: str = "Standard"
    labels: dict[str, int] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return max(self.versions)

    @property
    def path(self) -> str:
        return "/" + self.name.removeprefix("/")

    @property
    def is_full(self) -> bool:
        """Whether another version would push out one that has a label."""
        return self.version - KEPT + 1 in self.labels.values()


@dataclass
class Walk:
    """A listing under way, page by page while others write."""

    ask: Callable[[dict[str, Any]], Any]
    token: str
    matches: Callable[[Life], bool]
    seen: list[str]
    throughout: set[str]
    ever: set[str]


class Lifecycle(RuleBasedStateMachine):
    """Every answer is what the model says. Four clients have connections of their own, so workers take turns."""

    server: Server
    clients: Callable[[Keys], Client]

    def __init__(self) -> None:
        super().__init__()
        self.lives: dict[str, Life] = {}
        self.walks: list[Walk] = []
        self.has_expired = False

    @initialize()
    def open(self) -> None:
        self.keys = self.server.new_account()
        self.ssm = [self.clients(self.keys) for _ in range(4)]
        self.dice = random.Random(0)

    def teardown(self) -> None:
        for client in getattr(self, "ssm", []):
            client.close()

    @property
    def client(self) -> Client:
        return self.dice.choice(self.ssm)

    def life(self, name: str) -> Life | None:
        return self.lives.get("/" + name.removeprefix("/"))

    # Writes

    @rule(
        name=st.sampled_from(NAMES),
        value=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}"), min_size=1, max_size=20),
        kind=st.sampled_from(KINDS),
        description=st.none() | st.sampled_from(["", "what it is for"]),
        tags=st.sampled_from([{}, {"team": "red"}]),
        tier=st.sampled_from(["Standard", "Advanced"]),
    )
    def create(
        self, name: str, value: str, kind: str, description: str | None, tags: dict[str, str], tier: str
    ) -> None:
        more: dict[str, Any] = {"Tier": tier} if description is None else {"Description": description, "Tier": tier}
        if tags:
            more["Tags"] = [{"Key": key, "Value": each} for key, each in tags.items()]
        if self.life(name):
            with pytest.raises(self.ssm[0].exceptions.ParameterAlreadyExists):
                self.client.put_parameter(Name=name, Value=value, Type=kind, **more)
        else:
            answer = self.client.put_parameter(Name=name, Value=value, Type=kind, **more)
            assert answer["Version"] == 1
            life = Life(name, {1: (value, kind, description or None)}, dict(tags), tier)
            self.lives[life.path] = life
            self.changed()

    @rule(
        name=st.sampled_from(NAMES),
        value=st.sampled_from(["1", "2,3", "four"]),
        kind=st.none() | st.sampled_from(KINDS),
    )
    def overwrite(self, name: str, value: str, kind: str | None) -> None:
        life = self.life(name)
        more = {} if kind is None else {"Type": kind}
        if life is None and kind is None:
            with pytest.raises(botocore.exceptions.ClientError, match="A parameter type is required"):
                self.client.put_parameter(Name=name, Value=value, Overwrite=True)
        elif life is None:
            assert self.client.put_parameter(Name=name, Value=value, Overwrite=True, **more)["Version"] == 1
            life = Life(name, {1: (value, str(kind), None)})
            self.lives[life.path] = life
        elif life.is_full:
            with pytest.raises(self.ssm[0].exceptions.ParameterMaxVersionLimitExceeded):
                self.client.put_parameter(Name=name, Value=value, Overwrite=True, **more)
        else:
            answer = self.client.put_parameter(Name=name, Value=value, Overwrite=True, **more)
            self.add_version(life, answer["Version"], value, kind)
        self.changed()

    @precondition(lambda self: self.lives)
    @rule(data=st.data(), times=st.integers(40, 70))
    def overwrite_often(self, data: st.DataObject, times: int) -> None:
        life = data.draw(st.sampled_from(sorted(self.lives.values(), key=lambda each: each.name)))
        for number in range(times):
            if life.is_full:
                break
            answer = self.client.put_parameter(Name=life.name, Value=f"n{number}", Overwrite=True)
            self.add_version(life, answer["Version"], f"n{number}", None)

    def add_version(self, life: Life, version: int, value: str, kind: str | None) -> None:
        assert version == life.version + 1
        _, before, description = life.versions[life.version]
        life.versions[version] = (value, kind or before, description)
        life.versions.pop(version - KEPT, None)

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        if self.life(name):
            self.client.delete_parameter(Name=name)
            del self.lives["/" + name.removeprefix("/")]
            self.changed()
        else:
            with pytest.raises(self.ssm[0].exceptions.ParameterNotFound):
                self.client.delete_parameter(Name=name)

    @rule(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    def delete_many(self, names: list[str]) -> None:
        answer = self.client.delete_parameters(Names=names)
        assert sorted(answer["DeletedParameters"]) == sorted(name for name in names if self.life(name))
        assert sorted(answer["InvalidParameters"]) == sorted(name for name in names if not self.life(name))
        for name in names:
            self.lives.pop("/" + name.removeprefix("/"), None)
        self.changed()

    @precondition(lambda self: self.lives and not self.has_expired)  # once in a life: the server looks once a second
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        life = data.draw(st.sampled_from(sorted(self.lives.values(), key=lambda each: each.name)))
        if life.is_full:
            return
        self.has_expired = True
        at = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
        policies = json.dumps([{"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": at}}])
        self.client.put_parameter(Name=life.name, Value="x", Overwrite=True, Tier="Advanced", Policies=policies)
        soon = "UPDATE parameter_policy SET due_at = 1 WHERE account = $1 AND path = $2"
        assert change(self.server, soon, self.keys.account, life.path) == 1
        deadline = time.monotonic() + 60
        while found := self.client.get_parameters(Names=[life.name])["Parameters"]:
            assert found[0]["Version"] == life.version + 1
            assert time.monotonic() < deadline
            time.sleep(0.05)
        del self.lives[life.path]
        self.changed()

    # Labels and tags

    @rule(
        name=st.sampled_from(NAMES),
        labels=st.lists(st.sampled_from(LABELS), min_size=1, max_size=3),
        version=st.none() | st.integers(1, 130),
    )
    def label(self, name: str, labels: list[str], version: int | None) -> None:
        life = self.life(name)
        more = {} if version is None else {"ParameterVersion": version}
        if life is None or (version is not None and version not in life.versions):
            with pytest.raises(botocore.exceptions.ClientError) as raised:
                self.client.label_parameter_version(Name=name, Labels=labels, **more)
            wanted = "ParameterVersionNotFound" if life else "ParameterNotFound"
            assert raised.value.response["Error"]["Code"] == wanted
            return
        answer = self.client.label_parameter_version(Name=name, Labels=labels, **more)
        assert answer["ParameterVersion"] == (version or life.version)
        assert answer["InvalidLabels"] == list(dict.fromkeys(each for each in labels if "none" in each))
        for each in labels:
            if "none" not in each:
                life.labels[each] = version or life.version

    @rule(name=st.sampled_from(NAMES), label=st.sampled_from(LABELS), version=st.integers(1, 5))
    def unlabel(self, name: str, label: str, version: int) -> None:
        life = self.life(name)
        if life is None or version not in life.versions:
            with pytest.raises(botocore.exceptions.ClientError, match="NotFound"):
                self.client.unlabel_parameter_version(Name=name, ParameterVersion=version, Labels=[label])
            return
        answer = self.client.unlabel_parameter_version(Name=name, ParameterVersion=version, Labels=[label])
        had = life.labels.get(label) == version
        assert (answer["RemovedLabels"], answer["InvalidLabels"]) == (([label], []) if had else ([], [label]))
        if had:
            del life.labels[label]

    @rule(name=st.sampled_from(NAMES), label=st.sampled_from(LABELS))
    def get_label(self, name: str, label: str) -> None:
        life = self.life(name)
        if life and label in life.labels:
            found = self.client.get_parameter(Name=f"{name}:{label}", WithDecryption=True)["Parameter"]
            assert found["Selector"] == f":{label}"
            self.assert_version(found, life, life.labels[label], True)
        else:
            wanted = "ParameterVersionNotFound" if life else "ParameterNotFound"
            with pytest.raises(botocore.exceptions.ClientError) as raised:
                self.client.get_parameter(Name=f"{name}:{label}")
            assert raised.value.response["Error"]["Code"] == wanted

    @rule(path=st.sampled_from(PATHS), label=st.sampled_from(LABELS))
    def by_label(self, path: str, label: str) -> None:
        pages = self.client.get_paginator("get_parameters_by_path").paginate(
            Path=path, Recursive=True, ParameterFilters=[{"Key": "Label", "Values": [label]}]
        )
        found = {each["Name"]: each["Version"] for one in pages for each in one["Parameters"]}
        assert found == {
            life.name: life.labels[label]
            for life in self.lives.values()
            if label in life.labels and is_below(life, path, True)
        }

    @rule(
        name=st.sampled_from(NAMES),
        add=st.dictionaries(st.sampled_from(["team", "env", "a b"]), st.sampled_from(["red", ""]), max_size=2),
        remove=st.lists(st.sampled_from(["team", "env"]), max_size=1),
    )
    def tag(self, name: str, add: dict[str, str], remove: list[str]) -> None:
        life = self.life(name)
        resource = {"ResourceType": "Parameter", "ResourceId": name}
        tags = [{"Key": key, "Value": value} for key, value in add.items()]
        if life is None:
            with pytest.raises(self.ssm[0].exceptions.InvalidResourceId):
                self.client.add_tags_to_resource(**resource, Tags=tags)
            return
        self.client.add_tags_to_resource(**resource, Tags=tags)
        life.tags |= add
        self.client.remove_tags_from_resource(**resource, TagKeys=remove)
        for key in remove:
            life.tags.pop(key, None)
        listed = self.client.list_tags_for_resource(**resource)["TagList"]
        assert [(each["Key"], each["Value"]) for each in listed] == list(life.tags.items())
        self.changed()

    # Reads

    @rule(name=st.sampled_from(NAMES), decrypt=st.booleans(), arn=st.booleans())
    def get(self, name: str, decrypt: bool, arn: bool) -> None:
        life = self.life(name)
        asked = self.arn(name) if arn else name
        if life is None:
            with pytest.raises(self.ssm[0].exceptions.ParameterNotFound):
                self.client.get_parameter(Name=asked, WithDecryption=decrypt)
        else:
            found = self.client.get_parameter(Name=asked, WithDecryption=decrypt)["Parameter"]
            assert found["ARN"] == self.arn(name)
            assert found["Name"] == (life.name if arn else name)
            self.assert_version(found, life, life.version, decrypt)

    @rule(name=st.sampled_from(NAMES), version=st.integers(0, 130), decrypt=st.booleans())
    def get_version(self, name: str, version: int, decrypt: bool) -> None:
        life = self.life(name)
        if life and version in life.versions:
            found = self.client.get_parameter(Name=f"{name}:{version}", WithDecryption=decrypt)["Parameter"]
            assert found["Selector"] == f":{version}"
            self.assert_version(found, life, version, decrypt)
        else:
            wanted = "ParameterVersionNotFound" if life else "ParameterNotFound"
            with pytest.raises(botocore.exceptions.ClientError) as raised:
                self.client.get_parameter(Name=f"{name}:{version}", WithDecryption=decrypt)
            assert raised.value.response["Error"]["Code"] == wanted

    @rule(names=st.lists(st.sampled_from([*NAMES, "/never"]), min_size=1, max_size=5, unique=True))
    def get_many(self, names: list[str]) -> None:
        answer = self.client.get_parameters(Names=names, WithDecryption=True)
        assert [each["Name"] for each in answer["Parameters"]] == sorted(name for name in names if self.life(name))
        assert answer["InvalidParameters"] == sorted(name for name in names if not self.life(name))
        for each in answer["Parameters"]:
            life = self.life(each["Name"])
            assert life is not None
            self.assert_version(each, life, life.version, True)

    @rule(name=st.sampled_from(NAMES), page=st.integers(1, 50))
    def history(self, name: str, page: int) -> None:
        life = self.life(name)
        pages = self.client.get_paginator("get_parameter_history").paginate(
            Name=name, WithDecryption=True, PaginationConfig={"PageSize": page}
        )
        if life is None:
            with pytest.raises(self.ssm[0].exceptions.ParameterNotFound):
                list(pages)
            return
        found = [each for one in pages for each in one["Parameters"]]
        assert [each["Version"] for each in found] == sorted(life.versions)
        for each in found:
            self.assert_version(each, life, each["Version"], True)
            assert each.get("Description") == life.versions[each["Version"]][2]
            assert each["Labels"] == sorted(
                label for label, version in life.labels.items() if version == each["Version"]
            )

    @rule(path=st.sampled_from(PATHS), recursive=st.booleans(), page=st.integers(1, 10))
    def by_path(self, path: str, recursive: bool, page: int) -> None:
        pages = self.client.get_paginator("get_parameters_by_path").paginate(
            Path=path, Recursive=recursive, WithDecryption=True, PaginationConfig={"PageSize": page}
        )
        found = [each for one in pages for each in one["Parameters"]]
        below = [life for life in self.lives.values() if is_below(life, path, recursive)]
        below.sort(key=lambda life: (life.path.count("/"), life.path))
        assert [each["Name"] for each in found] == [life.name for life in below]
        for each, life in zip(found, below, strict=True):
            self.assert_version(each, life, life.version, True)

    @rule(filters=st.sampled_from(FILTERS), page=st.integers(1, 50))
    def describe(self, filters: tuple[str, str, str] | None, page: int) -> None:
        more: dict[str, Any] = {}
        if filters:
            more["ParameterFilters"] = [{"Key": filters[0], "Option": filters[1], "Values": [filters[2]]}]
        pages = self.client.get_paginator("describe_parameters").paginate(PaginationConfig={"PageSize": page}, **more)
        found = {each["Name"]: each for one in pages for each in one["Parameters"]}
        matching = sorted((life for life in self.lives.values() if passes(life, filters)), key=lambda life: life.path)
        assert list(found) == [life.name for life in matching]
        for life in matching:
            each = found[life.name]
            _, kind, description = life.versions[life.version]
            assert (each["Version"], each["Type"], each.get("Description")) == (life.version, kind, description)
            assert each["Tier"] == life.tier
            assert "Value" not in each

    # Listings while others write

    @rule(path=st.sampled_from(PATHS), recursive=st.booleans())
    def begin_walk(self, path: str, recursive: bool) -> None:
        def ask(more: dict[str, Any]) -> Any:
            return self.client.get_parameters_by_path(Path=path, Recursive=recursive, MaxResults=1, **more)

        self.start(ask, lambda life: is_below(life, path, recursive))

    @rule()
    def begin_describing(self) -> None:
        def ask(more: dict[str, Any]) -> Any:
            return self.client.describe_parameters(MaxResults=1, **more)

        self.start(ask, lambda life: True)

    def start(self, ask: Callable[[dict[str, Any]], Any], matches: Callable[[Life], bool]) -> None:
        answer = ask({})
        names = {life.name for life in self.lives.values() if matches(life)}
        seen = [each["Name"] for each in answer["Parameters"]]
        if "NextToken" in answer:
            self.walks.append(Walk(ask, answer["NextToken"], matches, seen, set(names), set(names)))
        else:
            assert set(seen) == names

    @precondition(lambda self: self.walks)
    @rule(data=st.data())
    def walk_on(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.walks) - 1))
        walk = self.walks[number]
        answer = walk.ask({"NextToken": walk.token})
        walk.seen += [each["Name"] for each in answer["Parameters"]]
        assert len(set(walk.seen)) == len(walk.seen)
        assert set(walk.seen) <= walk.ever
        if "NextToken" in answer:
            walk.token = answer["NextToken"]
        else:
            assert walk.throughout <= set(walk.seen)
            del self.walks[number]

    def changed(self) -> None:
        for walk in self.walks:
            names = {life.name for life in self.lives.values() if walk.matches(life)}
            walk.throughout &= names
            walk.ever |= names

    # What an answer must say

    def arn(self, name: str) -> str:
        return f"arn:aws:ssm:us-east-1:{self.keys.account}:parameter/{name.removeprefix('/')}"

    def assert_version(self, found: dict[str, Any], life: Life, version: int, decrypt: bool) -> None:
        value, kind, _ = life.versions[version]
        assert (found["Version"], found["Type"]) == (version, kind)
        if kind == "SecureString" and not decrypt:
            blob = base64.b64decode(found["Value"], validate=True)
            assert len(value) < 8 or value.encode() not in blob  # shorter ones may be there by chance
        else:
            assert found["Value"] == value


def is_below(life: Life, path: str, recursive: bool) -> bool:
    prefix = path.rstrip("/") + "/"
    return life.path.startswith(prefix) and (recursive or "/" not in life.path.removeprefix(prefix))


def passes(life: Life, filters: tuple[str, str, str] | None) -> bool:
    match filters:
        case None:
            return True
        case ("Type", _, kind):
            return life.versions[life.version][1] == kind
        case ("Name", "BeginsWith", prefix):
            return life.path.startswith(prefix)
        case ("Name", _, part):
            return part in life.path
        case ("Path", _, path):
            return is_below(life, path, True)
    return life.tags.get("team") == "red"


def test_any_life_is_as_the_model_says(own_server: Server, client_for: ClientFactory) -> None:
    class Machine(Lifecycle):
        server = own_server
        clients = functools.partial(client_for, own_server)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert list(findings(own_server.location)) == []


# Many at once


class Actor(threading.Thread):
    """One client among many: does what its dice say to a few shared names and notes what it saw, and when."""

    def __init__(self, number: int, client: Client, names: list[str], steps: int, deletes: bool) -> None:
        super().__init__(name=f"actor-{number}", daemon=True)
        self.number = number
        self.client = client
        self.names = names
        self.steps = steps
        self.deletes = deletes
        self.dice = random.Random()
        self.seen: dict[str, list[Seen]] = {name: [] for name in names}
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            for step in range(self.steps):
                name = self.dice.choice(self.names)
                kind = self.dice.choices(("put", "get", "delete"), (5, 5, 1 if self.deletes else 0))[0]
                begin = time.monotonic()
                outcome = getattr(self, f"do_{kind}")(name, f"{self.number}:{step}")
                self.seen[name].append(Seen(begin, time.monotonic(), kind, outcome, self.number))
        except Exception as error:  # noqa: BLE001 - for the thread that waits
            self.failure = error

    def do_put(self, name: str, value: str) -> State:
        kind = self.dice.choice(KINDS)
        return self.client.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)["Version"], value

    def do_get(self, name: str, value: str) -> State:
        try:
            found = self.client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        except self.client.exceptions.ParameterNotFound:
            return None
        return found["Version"], found["Value"]

    def do_delete(self, name: str, value: str) -> State:
        try:
            self.client.delete_parameter(Name=name)
        except self.client.exceptions.ParameterNotFound:
            return None
        return 0, "something"


def act(server: Server, client_for: ClientFactory, *, deletes: bool) -> tuple[Client, dict[str, list[Seen]]]:
    """Eight clients with connections of their own; what each saw of each name."""
    keys = server.new_account()
    names = ["/shared/a", "/shared/b"]
    actors = [Actor(number, client_for(server, keys), names, 30, deletes) for number in range(8)]
    for actor in actors:
        actor.start()
    for actor in actors:
        actor.join(60)
    for actor in actors:
        if actor.failure:
            raise actor.failure
    return client_for(server, keys), {name: [each for actor in actors for each in actor.seen[name]] for name in names}


@pytest.mark.parametrize("turn", range(3))
def test_many_clients_see_one_order(own_server: Server, client_for: ClientFactory, turn: int) -> None:
    _, seen = act(own_server, client_for, deletes=True)
    for name, history in seen.items():
        assert is_linearizable(history), (name, sorted(history))
    assert list(findings(own_server.location)) == []


@pytest.mark.parametrize("turn", range(2))
def test_versions_of_many_writers_are_consecutive(own_server: Server, client_for: ClientFactory, turn: int) -> None:
    client, seen = act(own_server, client_for, deletes=False)
    for name, history in seen.items():
        puts = {each.outcome[0]: each.outcome[1] for each in history if each.kind == "put" and each.outcome}
        count = sum(each.kind == "put" for each in history)
        assert sorted(puts) == list(range(1, count + 1))
        # Whoever wrote reads that or a later one, on whatever connection.
        for client_number in range(8):
            newest = 0
            for each in [one for one in history if one.client == client_number]:
                version = each.outcome[0] if each.outcome else 0
                assert version >= newest
                newest = version
        assert is_linearizable(history), (name, sorted(history))
        pages = client.get_paginator("get_parameter_history").paginate(Name=name, WithDecryption=True)
        stored = {each["Version"]: each["Value"] for page in pages for each in page["Parameters"]}
        assert stored == {version: value for version, value in puts.items() if version > count - KEPT}
