"""Invariants of parameters, their versions and their tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NamedTuple

from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.ssm.rules import envelope
from parastore.ssm.rules.labels import MAX_LABELS, is_label
from parastore.ssm.rules.names import depth_of, parameter_arn, path_of
from parastore.ssm.rules.tags import MAX_TAGS
from parastore.ssm.rules.tiers import LARGEST
from parastore.ssm.rules.versions import DATA_TYPES, KEPT_VERSIONS
from parastore.storage.check import CLOSED, Finding, Page
from parastore.storage.protocol import Row, Transaction

TABLES = ("parameter", "parameter_version")
_TYPES = ("String", "StringList", "SecureString")
_PAGE = 1000  # rows; with the largest values 4 MB
_VERSION = "account, region, path, version, type, value, key_id, tier, data_type"
_SAME = "FROM parameter_version v WHERE v.account = p.account AND v.region = p.region AND v.path = p.path"
_CURRENT = (
    f"SELECT {_VERSION}, name, depth, (SELECT count(*) {_SAME}), (SELECT min(version) {_SAME}),"
    f" (SELECT max(version) {_SAME}), (SELECT count(*) {_SAME.replace('parameter_version', 'parameter_tag')})"
)

# Account, Region, blob and encryption context -> plaintext; raises IntegrityError saying why there is none.
Decrypt = Callable[[Transaction, str, str, bytes, dict[str, str]], Awaitable[bytes]]


class _Content(NamedTuple):
    """A row of `_VERSION`."""

    account: str
    region: str
    path: str
    version: int
    type: str
    value: bytes
    key_id: str | None
    tier: str
    data_type: str


async def check(tx: Transaction, ring: KeyRing, decrypt: Decrypt) -> AsyncIterator[Page]:
    """Every parameter has all its versions, and every version a value that opens and is what its type says."""
    async for rows in _pages(tx, f"{_CURRENT} FROM parameter p", "account, region, path", 3):
        findings: list[Finding] = []
        for row in rows:
            current = _Content(*row[:9])
            findings += _parameter(current, row[9:])
            findings += _version(current, "")
            findings += await _value(tx, ring, decrypt, current, "")
        yield Page(len(rows), findings)
    async for rows in _pages(tx, f"SELECT {_VERSION} FROM parameter_version", "account, region, path, version", 4):
        findings = []
        for row in rows:
            replaced = _Content(*row)
            findings += _version(replaced, f":{replaced.version}")
            findings += await _value(tx, ring, decrypt, replaced, f":{replaced.version}")
        yield Page(len(rows), findings)
    yield Page(0, await _labels(tx))
    yield Page(0, await _counts(tx))
    yield Page(0, await _pending(tx, ring))


async def _labels(tx: Transaction) -> list[Finding]:
    """Labels are on versions that exist, are labels, and not too many on one."""
    rows = await tx.fetch_all(
        "SELECT l.account, l.region, l.path, l.label, l.version, p.version, v.version FROM parameter_label l"
        " LEFT JOIN parameter p ON p.account = l.account AND p.region = l.region AND p.path = l.path"
        " AND p.version = l.version LEFT JOIN parameter_version v ON v.account = l.account AND v.region = l.region"
        " AND v.path = l.path AND v.version = l.version"
    )
    findings = []
    on_version: Counter[str] = Counter()
    for account, region, path, label, version, current, replaced in rows:
        where = f"{parameter_arn(account, region, path)}:{version}"
        on_version[where] += 1
        if current is None and replaced is None:
            findings.append(Finding(where, f"does not exist, but has the label {label}"))
        if not is_label(label):
            findings.append(Finding(where, f"has the label {label}, which cannot be one"))
    findings += [
        Finding(where, f"has {count} labels, at most {MAX_LABELS} are allowed")
        for where, count in on_version.items()
        if count > MAX_LABELS
    ]
    return findings


async def _counts(tx: Transaction) -> list[Finding]:
    """The counters say how many parameters there are."""
    counted = {
        tuple(row[:3]): row[3]
        for row in await tx.fetch_all("SELECT account, region, tier, count FROM parameter_count WHERE count <> 0")
    }
    there = {
        tuple(row[:3]): row[3]
        for row in await tx.fetch_all(
            "SELECT account, region, tier, count(*) FROM parameter GROUP BY account, region, tier"
        )
    }
    return [
        Finding(
            f"{tier} parameters of {account} in {region}", f"counted as {counted.get(key, 0)}, are {there.get(key, 0)}"
        )
        for key in sorted(counted.keys() | there.keys())
        if counted.get(key, 0) != there.get(key, 0)
        for account, region, tier in (key,)
    ]


async def _pending(tx: Transaction, ring: KeyRing) -> list[Finding]:
    """What waits for validation opens where it stands."""
    findings = []
    for account, region, path, sealed in await tx.fetch_all(
        "SELECT account, region, path, content FROM pending_parameter ORDER BY account, region, path"
    ):
        try:
            ring.unseal(sealed, "pending_parameter", account, region, path)
        except IntegrityError:
            findings.append(Finding(parameter_arn(account, region, path), f"its version to be validated {CLOSED}"))
    return findings


async def _pages(tx: Transaction, select: str, key: str, width: int) -> AsyncIterator[list[Row]]:
    """The rows of a SELECT in the order of their key, which is their first `width` columns."""
    after: tuple[Any, ...] = ("", "", "", 0)[:width]
    places = ", ".join(f"${number}" for number in range(1, width + 1))
    while rows := await tx.fetch_all(
        f"{select} WHERE ({key}) > ({places}) ORDER BY {key} LIMIT ${width + 1}", *after, _PAGE
    ):
        after = rows[-1][:width]
        yield rows


def _parameter(current: _Content, row: Row) -> Iterator[Finding]:
    name, depth, count, oldest, newest, tags = row
    where = parameter_arn(*current[:3])
    if path_of(name) != current.path:
        yield Finding(where, f"its name {name} is the one of {path_of(name)}")
    if depth != depth_of(current.path):
        yield Finding(where, f"its depth is {depth}, must be {depth_of(current.path)}")
    if current.version < 1:
        yield Finding(where, f"its version is {current.version}, must be 1 or more")
    first, last = max(1, current.version - KEPT_VERSIONS + 1), current.version - 1
    if (count, oldest, newest) != ((last - first + 1, first, last) if first <= last else (0, None, None)):
        has = f"{count} older versions ({oldest} to {newest})" if count else "no older versions"
        must = f"{last - first + 1} ({first} to {last})" if first <= last else "none"
        yield Finding(where, f"version {current.version} has {has}, must have {must}")
    if tags > MAX_TAGS:
        yield Finding(where, f"has {tags} tags, at most {MAX_TAGS} are allowed")


def _version(version: _Content, selector: str) -> Iterator[Finding]:
    where = parameter_arn(*version[:3]) + selector
    for what, known, value in (
        ("type", _TYPES, version.type),
        ("tier", LARGEST, version.tier),
        ("data type", DATA_TYPES, version.data_type),
    ):
        if value not in known:
            yield Finding(where, f"{what} {value} is unknown")
    secure = version.type == "SecureString"
    if secure != (version.key_id is not None):
        yield Finding(where, "is a SecureString without a key" if secure else f"is a {version.type} with a key")


async def _value(
    tx: Transaction, ring: KeyRing, decrypt: Decrypt, version: _Content, selector: str
) -> tuple[Finding, ...]:
    account, region, path, number, *_ = version
    name = parameter_arn(account, region, path)
    try:
        content = ring.unseal(version.value, "parameter", account, region, path, str(number))
    except IntegrityError:
        return (Finding(name + selector, f"its value {CLOSED}"),)
    if version.type == "SecureString":
        try:
            content = await _decrypted(tx, decrypt, account, region, content, name)
        except (IntegrityError, envelope.EnvelopeError) as error:
            return (Finding(name + selector, f"its value {error}"),)
    largest = LARGEST.get(version.tier)
    if largest is not None and not 1 <= len(content) <= largest:
        return (Finding(name + selector, f"its value has {len(content)} bytes, must have 1 to {largest}"),)
    try:
        content.decode()
    except UnicodeDecodeError:
        return (Finding(name + selector, "its value is not UTF-8"),)
    return ()


async def _decrypted(tx: Transaction, decrypt: Decrypt, account: str, region: str, content: bytes, name: str) -> bytes:
    if not envelope.is_message(content):
        return await decrypt(tx, account, region, content, {"PARAMETER_ARN": name})
    message = envelope.read(content)
    if message.context.get("PARAMETER_ARN") != name:
        raise IntegrityError("is an envelope of another parameter")
    key = await decrypt(tx, account, region, message.data_key, message.context)
    return envelope.unseal(content, message, key)
