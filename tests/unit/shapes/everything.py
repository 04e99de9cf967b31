"""A structure with a member of every kind, for the tests of decoding."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.context import SecretValue
from parastore.shapes import Integer, Long, Shape, Timestamp, blob, items, number, secret, text


class Inner(Shape, kw_only=True):
    key: Annotated[str, text(1, 8, "^([a-z]*)$")]
    note: Annotated[SecretValue, secret(2, 4)] | None = None
    below: Inner | None = None


class Everything(Shape, kw_only=True):
    text: Annotated[str, text(2, 4)] | None = None
    secret: Annotated[SecretValue, secret(2, 4)] | None = None
    choice: Literal["SecureString", "StringList", "String"] | None = None
    integer: Integer | None = None
    few: Annotated[int, number(1, 10)] | None = None
    long: Long | None = None
    ratio: float | None = None
    flag: bool | None = None
    moment: Timestamp | None = None
    data: Annotated[bytes, blob(0, 4)] | None = None
    hidden: Annotated[bytes, blob(0, 4, sensitive=True)] | None = None
    names: Annotated[list[Annotated[str, text(1, 3)]], items(1, 3)] | None = None
    secrets: list[Annotated[SecretValue, secret(1, 3)]] | None = None
    choices: list[Literal["B", "A"]] | None = None
    labels: Annotated[dict[str, str], items(maximum=2)] | None = None
    vault: dict[str, Annotated[SecretValue, secret(1, 3)]] | None = None
    inner: Inner | None = None
    inners: Annotated[list[Inner], items(maximum=2)] | None = None
    by_name: dict[str, Inner] | None = None


class Needs(Shape, kw_only=True):
    name: Annotated[str, text(1, 8)]
    value: Annotated[SecretValue, secret(1, 8)]
    names: list[str]
