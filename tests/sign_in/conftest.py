"""A company whose people sign in: an OpenID provider and a server that trusts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.issuer import Acme


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    made = Acme(tmp_path_factory.mktemp("acme"))
    yield made
    made.close()
    assert [entry for entry in made.server.log if entry.get("level") in ("error", "raw")] == []
