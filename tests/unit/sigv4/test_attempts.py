"""Who goes on failing is refused for a while; nobody else is."""

from __future__ import annotations

import pytest

from parastore.errors import ThrottlingException
from parastore.sigv4.attempts import MOST, WINDOW, Attempts

NOW = 1_700_000_000_000


def spent(key: str = "AKIA1", client: str = "192.0.2.1") -> Attempts:
    attempts = Attempts()
    for number in range(MOST):
        attempts.check(key, client, NOW + number)
        attempts.failed(key, client, NOW + number)
    return attempts


def test_too_many_are_refused_until_the_window_ends() -> None:
    attempts = spent()
    with pytest.raises(ThrottlingException) as caught:
        attempts.check("AKIA1", "192.0.2.1", NOW + 5_000)
    assert caught.value.message.endswith("Correct the secret, and try again in 6 seconds.")
    attempts.check("AKIA1", "192.0.2.1", NOW + WINDOW)
    attempts.failed("AKIA1", "192.0.2.1", NOW + WINDOW)
    attempts.check("AKIA1", "192.0.2.1", NOW + WINDOW)


def test_others_are_not_affected() -> None:
    attempts = spent()
    attempts.check("AKIA2", "192.0.2.1", NOW)
    attempts.check("AKIA1", "192.0.2.2", NOW)


def test_a_flood_of_keys_does_not_grow_it() -> None:
    attempts = Attempts()
    for number in range(25_000):
        attempts.failed(f"AKIA{number}", "192.0.2.1", NOW)
    assert len(attempts._failed) <= 10_000
