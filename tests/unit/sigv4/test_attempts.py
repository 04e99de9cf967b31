"""Who goes on failing is refused for a while; nobody else is."""

from __future__ import annotations

import pytest

from parastore.errors import (
    AccessDeniedException,
    ExpiredTokenException,
    InvalidSignatureException,
    ServiceError,
    ThrottlingException,
    UnrecognizedClientException,
    ValidationException,
)
from parastore.sigv4.attempts import MOST, MOST_DENIED, WINDOW, Attempts
from parastore.sts.errors import AccessDenied

NOW = 1_700_000_000_000
KEY, CLIENT, ACTION = "AKIA1", "192.0.2.1", "ssm:GetParameter"


def spent(error: ServiceError, times: int) -> Attempts:
    attempts = Attempts()
    for number in range(times):
        attempts.check(KEY, CLIENT, ACTION, NOW + number)
        attempts.failed(KEY, CLIENT, ACTION, error, NOW + number)
    return attempts


def refused(attempts: Attempts, key: str = KEY, client: str = CLIENT, action: str = ACTION, now: int = NOW) -> str:
    """Why, and '' for not."""
    try:
        attempts.check(key, client, action, now + 5_000)
    except ThrottlingException as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("error", "most", "text"),
    [
        (
            InvalidSignatureException(),
            MOST,
            "Rate exceeded: 50 requests from this address were not signed with the secret of AKIA1."
            " Correct the secret, and try again in 6 seconds.",
        ),
        (
            UnrecognizedClientException(),
            MOST,
            "Rate exceeded: 50 requests from this address named AKIA1, with which nobody can sign here."
            " Correct the access key, and try again in 6 seconds.",
        ),
        (
            AccessDeniedException(),
            MOST_DENIED,
            "Rate exceeded: 500 requests from this address with AKIA1 were denied ssm:GetParameter."
            " Have it allowed, or stop asking for it, and try again in 6 seconds.",
        ),
    ],
)
def test_too_many_are_refused_until_the_window_ends(error: ServiceError, most: int, text: str) -> None:
    assert refused(spent(error, most - 1)) == ""
    attempts = spent(error, most)
    assert refused(attempts) == text
    attempts.check(KEY, CLIENT, ACTION, NOW + WINDOW)
    attempts.failed(KEY, CLIENT, ACTION, error, NOW + WINDOW)
    attempts.check(KEY, CLIENT, ACTION, NOW + WINDOW)


@pytest.mark.parametrize(("error", "most"), [(InvalidSignatureException(), MOST), (AccessDenied(), MOST_DENIED)])
def test_others_are_not_affected(error: ServiceError, most: int) -> None:
    attempts = spent(error, most)
    assert refused(attempts)
    assert refused(attempts, key="AKIA2") == ""
    assert refused(attempts, client="192.0.2.2") == ""


def test_who_is_denied_one_action_goes_on_with_the_others() -> None:
    attempts = spent(AccessDeniedException(), MOST_DENIED)
    assert refused(attempts)
    assert refused(attempts, action="ssm:GetParameters") == ""


def test_a_wrong_signature_is_one_whatever_the_action() -> None:
    assert refused(spent(InvalidSignatureException(), MOST), action="ssm:GetParameters")


@pytest.mark.parametrize("error", [ValidationException(), ThrottlingException(), ExpiredTokenException()])
def test_other_failures_do_not_count(error: ServiceError) -> None:
    assert refused(spent(error, MOST_DENIED)) == ""


def test_a_flood_of_keys_does_not_grow_it_nor_frees_who_is_refused() -> None:
    attempts = spent(UnrecognizedClientException(), MOST)
    for number in range(25_000):
        attempts.failed(f"AKIA-{number}", CLIENT, ACTION, UnrecognizedClientException(), NOW)
    assert len(attempts._refused) <= 10_000
    assert refused(attempts)


def test_what_is_over_is_forgotten() -> None:
    attempts = Attempts()
    for number in range(100):
        attempts.failed(f"AKIA-{number}", CLIENT, ACTION, UnrecognizedClientException(), NOW + number)
    attempts.failed(KEY, CLIENT, ACTION, UnrecognizedClientException(), NOW + WINDOW + 50)
    assert len(attempts._refused) == 50
