"""The ring: what it makes, by the layout that its page gives, and what it refuses."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from parastore.seal.keyring import IntegrityError, KeyRing

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PART = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
PLACE = st.lists(PART, max_size=5).map(tuple)


def test_the_layout() -> None:
    blob = KeyRing({1: OLD, 258: NEW}).seal(b"content", "parameter", "111122223333", "/a", "1")
    assert blob[:5] == b"\x01\x00\x00\x01\x02"
    assert len(blob) == 1 + 4 + 12 + len(b"content") + 16
    bound = b"parameter\x00111122223333\x00/a\x001"
    assert AESGCM(NEW).decrypt(blob[5:17], blob[17:], bound) == b"content"


def test_old_terms_open_and_the_newest_seals() -> None:
    old = KeyRing({1: OLD}).seal(b"content", "place")
    ring = KeyRing({2: NEW, 1: OLD})
    assert ring.unseal(old, "place") == b"content"
    assert ring.seal(b"content", "place")[:5] == b"\x01\x00\x00\x00\x02"
    with pytest.raises(IntegrityError, match="unknown key"):
        KeyRing({2: NEW}).unseal(old, "place")
    with pytest.raises(IntegrityError):
        KeyRing({1: NEW}).unseal(old, "place")


@given(st.binary(max_size=100), PLACE, PLACE)
def test_it_opens_in_its_place_only(content: bytes, place: tuple[str, ...], other: tuple[str, ...]) -> None:
    ring = KeyRing({1: OLD})
    blob = ring.seal(content, *place)
    assert ring.unseal(blob, *place) == content
    assert blob != ring.seal(content, *place)
    if (place or ("",)) != (other or ("",)):
        with pytest.raises(IntegrityError):
            ring.unseal(blob, *other)


@given(st.binary(max_size=80))
def test_noise_does_not_open(noise: bytes) -> None:
    with pytest.raises(IntegrityError):
        KeyRing({1: OLD}).unseal(noise, "place")
    with pytest.raises(IntegrityError):
        KeyRing({1: OLD}).unseal(b"\x01\x00\x00\x00\x01" + noise, "place")
