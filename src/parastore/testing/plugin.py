"""The pytest plugin: one server a session, and for each test an account of its own (docs/testing.md).

    def test_mine(parastore):
        parastore.seed({"/myapp/host": "h"})
        assert code_under_test() == "h"      # its boto3 finds the server by the environment
        parastore.clock.advance(days=31)

    @pytest.mark.parastore_seed("seed.json")
    @pytest.mark.parastore_fault("throttle", operation="GetParameter", times=2)
    def test_other(parastore): ...

Safe under xdist: every worker has its own server. Nothing is loaded before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from parastore.testing.account import TestAccount
    from parastore.testing.embedded import Embedded


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    config.addinivalue_line(
        "markers", "parastore_seed(values, secure=None): parameters to begin with: a mapping, or a file beside the test"
    )
    config.addinivalue_line(
        "markers", "parastore_fault(kind, operation=None, times=None, seconds=0): what goes wrong for this test"
    )


@pytest.fixture(scope="session")
def parastore_server() -> Iterator[Embedded]:
    """A server in a thread, for the session; of xdist, for the worker."""
    from parastore.testing.embedded import Embedded  # noqa: PLC0415

    with Embedded() as server:
        yield server


@pytest.fixture
def parastore(
    request: pytest.FixtureRequest, parastore_server: Embedded, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestAccount]:
    """A fresh account, which every AWS client of this process uses for SSM, KMS and STS until the test ends."""
    from parastore.testing.account import TestAccount  # noqa: PLC0415

    with TestAccount(parastore_server, request.path.parent) as account:
        account.enter(monkeypatch)
        for mark in reversed([*request.node.iter_markers("parastore_seed")]):
            account.seed(*mark.args, **mark.kwargs)
        for mark in request.node.iter_markers("parastore_fault"):
            account.fault(*mark.args, **mark.kwargs)
        yield account
