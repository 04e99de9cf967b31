"""Ciphertext blobs against a second implementation, and against whoever alters them."""

from __future__ import annotations

import uuid

import pytest
from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from parastore.errors import ValidationException
from parastore.kms.errors import InvalidCiphertextException
from parastore.kms.rules import blobs

KEY_ID, MATERIAL_ID, MATERIAL = str(uuid.UUID(int=7)), "ab" * 32, bytes(range(32))
contexts = st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4)
plaintexts = st.binary(min_size=1, max_size=200)


def encrypted(plaintext: bytes, context: dict[str, str], *, data_key: bool = False) -> bytes:
    return blobs.encrypt(KEY_ID, MATERIAL_ID, MATERIAL, plaintext, context, data_key=data_key)


def opened(blob: bytes, context: dict[str, str]) -> bytes:
    blobs.key_part(blob)  # what is no blob is refused before it is opened
    return blobs.decrypt(MATERIAL, blob, context)


def packed(context: dict[str, str]) -> bytes:
    """The encryption context as the format has it, written down a second time."""
    return b"".join(
        len(text.encode()).to_bytes(4, "big") + text.encode() for pair in sorted(context.items()) for text in pair
    )


@given(plaintexts, contexts, st.booleans())
def test_what_is_encrypted_opens(plaintext: bytes, context: dict[str, str], data_key: bool) -> None:
    blob = encrypted(plaintext, context, data_key=data_key)
    assert blobs.decrypt(MATERIAL, blob, dict(reversed(context.items()))) == plaintext
    assert blobs.read_key_part(blobs.key_part(blob)) == (KEY_ID, MATERIAL_ID)
    assert encrypted(plaintext, context, data_key=data_key) != blob


@given(plaintexts, contexts)
def test_a_second_implementation_opens_it(plaintext: bytes, context: dict[str, str]) -> None:
    """PyCryptodome, by the layout as it is documented."""
    blob = encrypted(plaintext, context)
    assert blob[:5].hex() == "0102020079"
    header, salt, nonce, rest = blob[:69], blob[53:69], blob[69:81], blob[81:]
    info = b"parastore kms blob\0" + salt
    key = HKDFExpand(hashes.SHA256(), 32, info).derive(MATERIAL)
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce)
    cipher.update(header + packed(context))
    assert cipher.decrypt_and_verify(rest[:-16], rest[-16:]) == plaintext


def test_the_two_libraries_agree_on_hkdf() -> None:
    """RFC 5869, test case 1: extract and expand."""
    material, salt, info = b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA))
    expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    derived = HKDF(material, 42, salt, SHA256, context=info)
    assert isinstance(derived, bytes)
    assert derived.hex() == expected
    extracted = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    assert HKDFExpand(hashes.SHA256(), 42, info).derive(extracted).hex() == expected


@given(plaintexts, contexts, st.data())
def test_any_flipped_bit_keeps_it_shut(plaintext: bytes, context: dict[str, str], data: st.DataObject) -> None:
    blob = bytearray(encrypted(plaintext, context))
    at = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[at // 8] ^= 1 << at % 8
    with pytest.raises(InvalidCiphertextException):
        opened(bytes(blob), context)


@given(plaintexts, contexts, contexts)
def test_no_other_context_opens_it(plaintext: bytes, context: dict[str, str], other: dict[str, str]) -> None:
    blob = encrypted(plaintext, context)
    if context == other:
        assert blobs.decrypt(MATERIAL, blob, other) == plaintext
    else:
        with pytest.raises(InvalidCiphertextException):
            blobs.decrypt(MATERIAL, blob, other)


@given(st.binary(max_size=120))
def test_what_is_no_blob_names_no_key(content: bytes) -> None:
    for start in (b"", bytes.fromhex("0102020079"), bytes.fromhex("0102030078")):
        blob = start + content
        if len(blob) < (97 if blob[:5].hex() == "0102020079" else 81) or not start:
            with pytest.raises(InvalidCiphertextException):
                blobs.key_part(blob)


def test_blobs_of_before_still_open() -> None:
    """Made by hand as the first release did: no salt, the material is the key."""
    header = bytes.fromhex("0102020078") + uuid.UUID(KEY_ID).bytes + bytes.fromhex(MATERIAL_ID)
    context = {"PARAMETER_ARN": "arn:aws:ssm:us-east-1:111122223333:parameter/a"}
    nonce = bytes(12)
    blob = header + nonce + AESGCM(MATERIAL).encrypt(nonce, b"old", header + packed(context))
    assert blobs.read_key_part(blobs.key_part(blob)) == (KEY_ID, MATERIAL_ID)
    assert blobs.decrypt(MATERIAL, blob, context) == b"old"
    with pytest.raises(InvalidCiphertextException):
        blobs.decrypt(MATERIAL, bytes.fromhex("0102030078") + blob[5:], context)


@pytest.mark.parametrize(("plaintext", "fits"), [(b"", False), (b"x", True), (b"x" * 4096, True), (b"x" * 4097, False)])
def test_how_much_is_encrypted(plaintext: bytes, fits: bool) -> None:
    if fits:
        blobs.check_plaintext(plaintext)
    else:
        with pytest.raises(ValidationException, match="Value at 'plaintext' failed"):
            blobs.check_plaintext(plaintext)


@pytest.mark.parametrize(("spec", "count", "size"), [("AES_256", None, 32), ("AES_128", None, 16), (None, 1024, 1024)])
def test_sizes_of_data_keys(spec: str | None, count: int | None, size: int) -> None:
    assert blobs.data_key_size(spec, count) == size


@pytest.mark.parametrize(("spec", "count"), [(None, None), ("AES_256", 32)])
def test_a_size_said_twice_or_never(spec: str | None, count: int | None) -> None:
    with pytest.raises(ValidationException):
        blobs.data_key_size(spec, count)
