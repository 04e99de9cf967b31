"""Random work, the same for every engine and a dict. TEST_SEED=n (environment) repeats one, TEST_STEPS=n does more."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import pytest
from tests.storage import crosstest
from tests.storage.crosstest import Dict, Disagreement, Step

from parastore.ssm.store import listings

SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(2**32)))
STEPS = int(os.environ.get("TEST_STEPS", "700"))


@pytest.mark.parametrize("examined", [5, 2000])
def test_all_engines_agree(examined: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"TEST_SEED={SEED}")  # noqa: T201 - shown when it fails
    monkeypatch.setattr(listings, "EXAMINED", examined)
    asyncio.run(crosstest.run(crosstest.generate(SEED, STEPS), crosstest.everyone(tmp_path), tmp_path / "steps.log"))


class Forgetful(Dict):
    """Gets one answer wrong."""

    name = "one who forgets"

    def _change(self, change: Step) -> Any:
        answer = super()._change(change)
        return answer + 1 if change[0] == "put" and answer == 3 else answer


def test_a_disagreement_is_seen_and_can_be_seen_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "steps.log"
    with pytest.raises(Disagreement, match="one who forgets gives"):
        asyncio.run(crosstest.run(crosstest.generate(1, 500), [Dict(), Forgetful()], log))
    folder = tmp_path / "honest"
    folder.mkdir()
    crosstest.replay(log, folder)
    monkeypatch.setattr(crosstest, "everyone", lambda folder: [Dict(), Forgetful()])
    with pytest.raises(Disagreement) as raised:
        crosstest.replay(log, tmp_path)
    assert str(raised.value).startswith(f"step {len(log.read_text(encoding='utf-8').splitlines())},")
