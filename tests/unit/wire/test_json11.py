"""Errors as bodies, and bodies unpacked."""

from __future__ import annotations

import contextlib
import gzip
import time
import zlib
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parastore.context import SecretValue
from parastore.errors import (
    AccessDeniedException,
    RequestEntityTooLargeException,
    SerializationException,
    ServiceError,
    UnknownOperationException,
    ValidationException,
)
from parastore.wire.json11 import decompress, render_error

MEGABYTE = 1 << 20


class ParameterNotFound(ServiceError):
    member = None


class RenamedError(ServiceError):
    code: ClassVar[str] = "Renamed"


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (ValidationException("no"), b'{"__type":"ValidationException","message":"no"}'),
        (AccessDeniedException("no"), b'{"__type":"AccessDeniedException","Message":"no"}'),
        (UnknownOperationException(), b'{"__type":"UnknownOperationException"}'),
        # Codes that carry no text keep it to themselves even if a rule gives one for the log.
        (ParameterNotFound("/a is not there"), b'{"__type":"ParameterNotFound"}'),
        (SerializationException(), b'{"__type":"SerializationException"}'),
        (SerializationException("Expected null"), b'{"__type":"SerializationException","message":"Expected null"}'),
        (RenamedError("x"), b'{"__type":"Renamed","message":"x"}'),
        (
            ValidationException("no", Limit=1024, LimitType="size", ParameterNames=["a"]),
            b'{"__type":"ValidationException","message":"no","Limit":1024,"LimitType":"size","ParameterNames":["a"]}',
        ),
        (ValidationException('"\\\n\u00e9'), '{"__type":"ValidationException","message":"\\"\\\\\\n\u00e9"}'.encode()),
    ],
)
def test_an_error_is_its_code_its_text_and_its_members(error: ServiceError, body: bytes) -> None:
    assert render_error(error) == body


def test_a_secret_in_an_error_stays_one() -> None:
    assert render_error(ValidationException("no", Value=SecretValue("hunter2"))) == (
        b'{"__type":"ValidationException","message":"no","Value":"******"}'
    )


@pytest.mark.parametrize("encoding", [b"", b"identity", b" Identity "])
def test_a_plain_body_stays_as_it_is(encoding: bytes) -> None:
    assert decompress(b"{}", encoding, 2) == b"{}"
    with pytest.raises(RequestEntityTooLargeException):
        decompress(b"{ }", encoding, 2)


@given(st.lists(st.binary(max_size=9000), min_size=1, max_size=4), st.sampled_from([b"gzip", b" GZIP"]))
def test_gzip_is_unpacked_whole_in_one_member_or_several(parts: list[bytes], encoding: bytes) -> None:
    plain = b"".join(parts)

    assert decompress(b"".join(gzip.compress(part) for part in parts), encoding, len(plain)) == plain
    if plain:
        with pytest.raises(RequestEntityTooLargeException):
            decompress(gzip.compress(plain), encoding, len(plain) - 1)


PACKED = gzip.compress(b'{"Name":"/a"}', mtime=0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\x1f\x8b",
        PACKED + b"x",
        PACKED + b"\0" * 8,
        PACKED[:-8] + b"\0" * 8,
        zlib.compress(b"{}"),
        *(PACKED[:length] for length in range(len(PACKED))),
        *(PACKED + PACKED[:length] for length in range(1, len(PACKED))),
    ],
)
def test_what_is_not_whole_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(SerializationException) as caught:
        decompress(body, b"gzip", MEGABYTE)
    assert caught.value.message == ""


@pytest.mark.parametrize("encoding", [b"br", b"deflate", b"gzip, gzip", b"x-gzip"])
def test_other_encodings_are_refused(encoding: bytes) -> None:
    with pytest.raises(SerializationException):
        decompress(PACKED, encoding, MEGABYTE)


@given(st.binary(max_size=64))
def test_any_bytes_are_unpacked_or_refused(body: bytes) -> None:
    for packed in (body, PACKED + body, PACKED[:10] + body):
        with contextlib.suppress(SerializationException, RequestEntityTooLargeException):
            assert len(decompress(packed, b"gzip", 100)) <= 100


def test_a_bomb_is_left_as_soon_as_it_is_seen() -> None:
    bomb = gzip.compress(bytes(256 * MEGABYTE), compresslevel=1)

    started = time.perf_counter()
    with pytest.raises(RequestEntityTooLargeException):
        decompress(bomb, b"gzip", MEGABYTE)
    assert time.perf_counter() - started < 0.25


def test_many_tiny_members_do_not_cost_more_than_their_number() -> None:
    body = gzip.compress(b"") * (MEGABYTE // len(gzip.compress(b"")))

    started = time.perf_counter()
    assert decompress(body, b"gzip", MEGABYTE) == b""
    # About 0.2 s; minutes if each member copied all that follows it.
    assert time.perf_counter() - started < 5
