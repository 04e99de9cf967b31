"""A PostgreSQL for the tests of this folder, and nodes on one of its databases."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parastore.testing.postgres import Postgres
from parastore.testing.server import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as started:
        yield started


@pytest.fixture
def url(postgres: Postgres) -> str:
    """An empty database."""
    return postgres.create_database()


NodeFactory = Callable[..., Server]


@pytest.fixture
def node(tmp_path: Path, url: str) -> Iterator[NodeFactory]:
    """Makes nodes of one installation, each with its own folder; all but the first get the first one's root key."""
    with contextlib.ExitStack() as stack:

        def make(number: int, **settings: Any) -> Server:
            folder = tmp_path / f"node-{number}"
            if number > 1:
                folder.mkdir(mode=0o700)
                shutil.copy2(tmp_path / "node-1" / "root.key", folder)
            return stack.enter_context(Server(folder, database=url, **settings))

        yield make
