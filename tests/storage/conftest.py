"""A test here may be a coroutine function: it runs in an event loop of its own."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path

import pytest
from tests.storage.engines import KINDS, Database, EngineFactory


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(params=sorted(KINDS))
def engine_factory(request: pytest.FixtureRequest, tmp_path: Path) -> EngineFactory:
    """Makes empty databases of each kind of engine."""
    return EngineFactory(request.param, tmp_path)


@pytest.fixture
def database(engine_factory: EngineFactory) -> Database:
    """One empty database."""
    return engine_factory()
