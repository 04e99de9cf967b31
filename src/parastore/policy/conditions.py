"""Condition blocks: operator, key, values; all of them must hold.

Every operator compares the values of the request's key with those of the policy: positive ones hold when a value fits
any of the policy's, negated ones (`StringNotEquals`) when it fits none. A key the request does not have fails positive
operators and `ForAnyValue:`, and satisfies negated ones, those `...IfExists`, and `ForAllValues:`. A key of several
values is compared by `ForAllValues:` and `ForAnyValue:` only; a plain operator does not hold for it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from parastore.policy.errors import DocumentError
from parastore.policy.patterns import Keys, Pattern, parse

# Whether one value of the request fits any value of the policy.
Fits = Callable[[str, Keys], bool]
_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?", re.ASCII)


class Condition(NamedTuple):
    """One comparison. `key` is in lower case, `keys` are it and those that variables in the values name."""

    operator: str
    key: str
    holds: Callable[[Keys], bool]
    keys: frozenset[str]


def condition(name: str, key: str, values: Sequence[str], *, variables: bool) -> Condition:
    """Compile `{name: {key: values}}`. Raises DocumentError."""
    found = _NAME.fullmatch(name)
    qualifier, base, if_exists = found.groups() if found else (None, "", None)
    lower = key.lower()
    if base == "Null" and not qualifier and not if_exists:
        return Condition(name, lower, _null(lower, _booleans(values)), frozenset({lower}))
    row = _OPERATORS.get(base)
    if row is None:
        raise DocumentError("Syntax errors in policy.")
    compiler, negated = row
    fits, used = compiler(values, variables)
    # `...IfExists` says nothing more behind a qualifier: it is asked of each value there is.
    absent = qualifier == "ForAllValues" if qualifier else bool(if_exists) or negated
    return Condition(name, lower, _holds(lower, fits, qualifier, negated, absent), used | {lower})


def _holds(key: str, fits: Fits, qualifier: str | None, negated: bool, absent: bool) -> Callable[[Keys], bool]:
    def single(keys: Keys) -> bool:
        value = keys.get(key)
        if value is None or value == ():
            return absent
        return isinstance(value, str) and fits(value, keys) is not negated

    combine = any if qualifier == "ForAnyValue" else all

    def several(keys: Keys) -> bool:
        value = keys.get(key)
        if value is None or value == ():
            return absent
        values = (value,) if isinstance(value, str) else value
        return combine(fits(each, keys) is not negated for each in values)

    return several if qualifier else single


def _null(key: str, wanted: frozenset[str]) -> Callable[[Keys], bool]:
    def holds(keys: Keys) -> bool:
        return ("true" if keys.get(key) in (None, ()) else "false") in wanted

    return holds


Compiled = tuple[Fits, frozenset[str]]
_NO_KEYS: frozenset[str] = frozenset()


def _strings(*, wildcards: bool = False, fold: bool = False) -> Callable[[Sequence[str], bool], Compiled]:
    def compiled(values: Sequence[str], variables: bool) -> Compiled:
        patterns = [Pattern(parse(each, wildcards=wildcards, variables=variables), fold=fold) for each in values]
        return _any_pattern(patterns), _keys(patterns)

    return compiled


def _any_pattern(patterns: Sequence[Pattern]) -> Fits:
    return lambda value, keys: any(pattern.matches(value, keys) for pattern in patterns)


def _keys(patterns: Sequence[Pattern]) -> frozenset[str]:
    return _NO_KEYS.union(*(pattern.keys for pattern in patterns))


def _arns(values: Sequence[str], variables: bool) -> Compiled:
    """ARNs, each of their six parts by itself: a wildcard does not cross a colon but in the last."""
    arns = [[Pattern(parse(part, variables=variables)) for part in _arn_parts(each)] for each in values]

    def fits(value: str, keys: Keys) -> bool:
        parts = value.split(":", 5)
        return any(
            len(arn) == len(parts) and all(each.matches(part, keys) for each, part in zip(arn, parts, strict=True))
            for arn in arns
        )

    return fits, _keys([pattern for arn in arns for pattern in arn])


_COLON = re.compile(r"\$\{[^{}]*\}|:")


def _arn_parts(text: str) -> list[str]:
    # A colon inside of `${...}` parts nothing.
    colons = [found.start() for found in _COLON.finditer(text) if found[0] == ":"][:5]
    return [text[start + 1 : end] for start, end in pairwise((-1, *colons, len(text)))]


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Callable[..., Compiled]:
    def compiled(values: Sequence[str], variables: bool) -> Compiled:
        wanted = [_read(read, each) for each in values]

        def fits(value: str, keys: Keys) -> bool:
            try:
                given = read(value)
            except ValueError:
                return False
            return any(compare(given, each) for each in wanted)

        return fits, _NO_KEYS

    return compiled


def _read(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        raise DocumentError(f"Syntax errors in policy: {text!r} does not fit the condition's operator.") from None


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    return number


@lru_cache(maxsize=1024)
def _date(text: str) -> float:
    """Seconds since the epoch, written so or in ISO 8601."""
    try:
        return float(_number(text))
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _boolean(text: str) -> str:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower()


def _booleans(values: Sequence[str]) -> frozenset[str]:
    return frozenset(_read(_boolean, each) for each in values)


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(text) from None


class _Network(NamedTuple):
    """The addresses that begin with these bits; a single address is a network of one."""

    version: int
    prefix: int
    bits: int


@lru_cache(maxsize=1024)
def _network(text: str) -> _Network:
    network = ipaddress.ip_network(text, strict=False)
    return _Network(network.version, network.prefixlen, int(network.network_address) >> _host_bits(network))


def _host_bits(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> int:
    return network.max_prefixlen - network.prefixlen


def _within(given: _Network, wanted: _Network) -> bool:
    return (
        given.version == wanted.version
        and given.prefix >= wanted.prefix
        and given.bits >> (given.prefix - wanted.prefix) == wanted.bits
    )


_Row = tuple[Callable[[Sequence[str], bool], Compiled], bool]
_OPERATORS: dict[str, _Row] = {
    "StringEquals": (_strings(), False),
    "StringNotEquals": (_strings(), True),
    "StringEqualsIgnoreCase": (_strings(fold=True), False),
    "StringNotEqualsIgnoreCase": (_strings(fold=True), True),
    "StringLike": (_strings(wildcards=True), False),
    "StringNotLike": (_strings(wildcards=True), True),
    "ArnEquals": (_arns, False),
    "ArnNotEquals": (_arns, True),
    "ArnLike": (_arns, False),
    "ArnNotLike": (_arns, True),
    "NumericEquals": (_compared(_number, operator.eq), False),
    "NumericNotEquals": (_compared(_number, operator.eq), True),
    "NumericLessThan": (_compared(_number, operator.lt), False),
    "NumericLessThanEquals": (_compared(_number, operator.le), False),
    "NumericGreaterThan": (_compared(_number, operator.gt), False),
    "NumericGreaterThanEquals": (_compared(_number, operator.ge), False),
    "DateEquals": (_compared(_date, operator.eq), False),
    "DateNotEquals": (_compared(_date, operator.eq), True),
    "DateLessThan": (_compared(_date, operator.lt), False),
    "DateLessThanEquals": (_compared(_date, operator.le), False),
    "DateGreaterThan": (_compared(_date, operator.gt), False),
    "DateGreaterThanEquals": (_compared(_date, operator.ge), False),
    "Bool": (_compared(_boolean, operator.eq), False),
    "BinaryEquals": (_compared(_binary, operator.eq), False),
    "IpAddress": (_compared(_network, _within), False),
    "NotIpAddress": (_compared(_network, _within), True),
}
