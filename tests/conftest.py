"""Fixtures of all tests: a real server process, and for each test an account of its own and a clean bill of health."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.config
import botocore.session
import hypothesis
import pytest
from tests.root_keys import kms, softhsm  # noqa: F401 - fixtures

from parastore.server.check import findings
from parastore.testing.postgres import Postgres
from parastore.testing.server import Keys, Server

# No deadline: how long an example takes says more of the machine than of us. In CI every run is the same run; new
# examples are looked for where somebody can look at what they find.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")

Client = Any  # botocore makes its clients' classes at run time
ClientFactory = Callable[..., Client]

_BOTOCORE = botocore.session.Session()  # one for all: it remembers the service models, which take long to read


@pytest.fixture(scope="session", autouse=True)
def run_on_postgres() -> Iterator[None]:
    """With TEST_DATABASE=postgres every server of the run keeps its data in a PostgreSQL database of its own."""
    if os.environ.get("TEST_DATABASE") != "postgres":
        yield
        return
    with Postgres() as postgres, pytest.MonkeyPatch.context() as patch:
        new = functools.cache(lambda folder: postgres.create_database())
        patch.setattr(Server, "new_database", staticmethod(new))
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    about_sqlite = item.get_closest_marker("sqlite")
    if about_sqlite is not None and os.environ.get("TEST_DATABASE") == "postgres":
        pytest.skip(f"SQLite's own: {about_sqlite.args[0]}")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not stop or break theirs."""
    with Server(tmp_path_factory.mktemp("shared") / "data") as server:
        yield server
        assert [entry for entry in server.log if entry.get("level") in ("error", "raw")] == []


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared server; afterwards its data must be without a fault."""
    yield shared_server
    assert list(findings(shared_server.location)) == []


@pytest.fixture
def keys(server: Server) -> Keys:
    """A fresh account."""
    return server.new_account()


@pytest.fixture
def client_for() -> Iterator[ClientFactory]:
    """Make boto clients: `client_for(server, keys, region="eu-west-1", service="ssm", retries=0)`."""
    made: list[Client] = []

    def make(
        server: Server, keys: Keys, *, service: str = "ssm", region: str = "us-east-1", retries: int = 0, **config: Any
    ) -> Client:
        client = _BOTOCORE.create_client(
            service,
            region_name=region,
            endpoint_url=server.url,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=getattr(keys, "session_token", None),
            config=botocore.config.Config(retries={"total_max_attempts": retries + 1}, **config),
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def ssm(server: Server, keys: Keys, client_for: ClientFactory) -> Client:
    """A Parameter Store client of a fresh account on the shared server."""
    return client_for(server, keys)


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """Where a test's own server may keep its data."""
    return tmp_path / "data"


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """gzip writes the time into what it packs: a test named after it is called otherwise in each process."""
    return argname if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None
