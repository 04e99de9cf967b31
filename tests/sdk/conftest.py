"""Fixtures of the tests with real clients."""

from __future__ import annotations

import pytest
from tests.sdk.raw import Raw

from parastore.testing.server import Keys, Server


@pytest.fixture
def raw(server: Server, keys: Keys) -> Raw:
    """Requests as bytes, of the same fresh account as `ssm`."""
    return Raw(server, keys)
