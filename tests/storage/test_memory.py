"""The memory of what is known while nobody writes: bounded, and what is asked for stays."""

from __future__ import annotations

import pytest

from parastore.storage import memory
from parastore.storage.memory import Memory


def test_what_is_asked_for_stays_and_the_rest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 10)
    known = Memory()
    known.keep("always", "here")
    for number in range(1000):
        known.keep(number, number)
        assert known["always"] == "here"
        assert known[number] == number
        assert len(known) <= 11
    with pytest.raises(KeyError):
        known[1]
    remembered = sum(1 for number in range(1000) if number in known or number in known._old)
    assert remembered <= 20


def test_nothing_is_a_value_too() -> None:
    known = Memory()
    known.keep("absent", None)
    assert known["absent"] is None
