"""What is kept between requests: never a verdict, and nothing from a caller without a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.sigv4.example import KEY, NOW, presigned, signed

from parastore.errors import InvalidSignatureException
from parastore.sigv4 import credential, timestamp
from parastore.sigv4.sign import Key


@pytest.fixture(autouse=True)
def empty_table() -> Iterator[None]:
    credential._table.clear()
    yield
    credential._table.clear()


def test_a_right_signature_is_kept_by_what_stands_before_it() -> None:
    request = signed()
    request.check()
    prefix = request.headers[b"authorization"].partition(b"Signature=")[0]
    assert list(credential._table) == [prefix]
    assert request.claim().credential is credential.recall(prefix)


def test_a_wrong_signature_is_not_kept() -> None:
    request = signed(key=Key("AKIDEXAMPLE", "wrong"))
    with pytest.raises(InvalidSignatureException):
        request.check()
    assert credential._table == {}


def test_reading_a_claim_keeps_nothing() -> None:
    for number in range(50):
        signed(key=Key(f"AKID{number}", KEY.secret)).claim()
    assert credential._table == {}


def test_presigned_and_endless_headers_are_not_kept() -> None:
    presigned().check(service="sts")
    names = {f"x-amz-{number}".encode(): b"" for number in range(200)}
    signed(headers={b"host": b"h", **names}).check()
    assert credential._table == {}


def test_what_was_kept_gives_no_verdict() -> None:
    request = signed()
    request.check()
    for _ in range(2):
        with pytest.raises(InvalidSignatureException):
            request.check(secret="wrong")
        with pytest.raises(InvalidSignatureException):
            request._replace(body=b"{}").check()
        with pytest.raises(InvalidSignatureException):
            request.check(now=NOW + 301)
        with pytest.raises(InvalidSignatureException):
            request.check(service="kms")
        request.check()


def test_a_changed_secret_takes_effect_at_once() -> None:
    signed().check()
    renewed = signed(key=Key("AKIDEXAMPLE", "renewed"))
    renewed.check(secret="renewed")
    with pytest.raises(InvalidSignatureException):
        signed().check(secret="renewed")
    with pytest.raises(InvalidSignatureException):
        renewed.check()


def test_the_table_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential, "_TABLE_LIMIT", 10)
    for number in range(35):
        signed(key=Key(f"AKID{number}", KEY.secret)).check()
        assert len(credential._table) <= 10


def test_the_kept_moment_is_the_last_one() -> None:
    assert timestamp.parse_basic(b"20220506T144634Z") == ("20220506T144634Z", NOW)
    assert timestamp.parse_basic(b"20220506T144635Z") == ("20220506T144635Z", NOW + 1)
    assert timestamp.parse_basic(b"20220506T144634Z") == ("20220506T144634Z", NOW)
    assert timestamp.parse_basic(b"20220506T144660Z") is None
    assert timestamp.parse_basic(b"20220506T244634Z") is None
    assert timestamp.parse_basic(b"00000506T144634Z") is None
    assert timestamp.parse_basic(b"") is None


def test_secrets_stay_out_of_a_keys_repr() -> None:
    assert repr(Key("AKID", "secret", "token")) == "Key(id='AKID')"
