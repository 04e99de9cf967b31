"""The three promises of the seal, kept by the running product whatever is done to its files.

Confidential: what is sealed stands in no file. Integrity: what was altered does not open. Move integrity: what was
copied to another place does not open there. For parameter values of every type, key material, secret access keys and
the terms of the key ring.
"""

from __future__ import annotations

import base64
import contextlib
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import botocore.exceptions
import pytest
from tests.conftest import ClientFactory
from tests.folders import (
    ACCOUNT,
    KEY_ID,
    OTHER_ACCOUNT,
    OTHER_KEY_ID,
    OTHER_REGION,
    OTHER_SECRET,
    REGION,
    SECRET,
    OpenFolder,
    in_folder,
    make_folder,
    raw,
)

from parastore.iam.store import find_access_key
from parastore.kms.errors import InvalidCiphertextException
from parastore.kms.rules.blobs import key_part
from parastore.seal.key_file import KeyFile
from parastore.seal.keyring import IntegrityError, KeyRing
from parastore.seal.provider import RootKey, RootKeyError
from parastore.server.unlock import load_ring
from parastore.storage.sqlite import open_sqlite
from parastore.testing.server import Server

VALUES = {
    "String": "a plain value that nobody may find 0123456789",
    "StringList": "a listed value,that nobody may find,0123456789",
    "SecureString": "a secret value that nobody may find 0123456789",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("promises") / "data"
    make_folder(folder)

    async def fill(opened: OpenFolder) -> None:
        for kind, value in VALUES.items():
            for version in ("older", "newer"):
                await opened.put(f"/app/{kind}", f"{version}: {value}", kind, Overwrite=True)
            await opened.put(f"/app/{kind}2", f"twin: {value}", kind)
            await opened.put(f"/app/{kind}", f"region: {value}", kind, region=OTHER_REGION)
            await opened.put(f"/app/{kind}", f"account: {value}", kind, account=OTHER_ACCOUNT)

    in_folder(folder, fill)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "data")
    return tmp_path / "data"


# Confidential


def root_key(folder: Path) -> RootKey:
    (key,) = KeyFile(folder).read()
    assert isinstance(key, bytes)
    return RootKey(key)


def written_forms(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    for offset in range(3):  # base64 of a text that begins anywhere
        yield base64.b64encode(secret[offset:]).rstrip(b"=")[:-1]


def contents(folder: Path) -> dict[str, bytes]:
    # Copied by another process: closing a database file would drop this process's locks on it.
    copy = folder.with_name("copy")
    subprocess.run(["cp", "-r", str(folder), str(copy)], check=True)
    found = {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    shutil.rmtree(copy)
    return found


def test_nothing_sealed_stands_in_any_file(folder: Path) -> None:
    async def work(opened: OpenFolder) -> tuple[list[bytes], dict[str, bytes]]:
        for kind, value in VALUES.items():
            await opened.put(f"/app/{kind}", f"newest: {value}", kind, Overwrite=True)
            await opened.put(f"/app/gone-{kind}", f"deleted: {value}", kind)
            await opened.call("DeleteParameter", Name=f"/app/gone-{kind}")
        secrets = [text.encode() for text in (*VALUES.values(), SECRET, OTHER_SECRET)]
        rows = await opened.engine.read().fetch_all("SELECT key_id, id, material FROM kms_key_material")
        secrets += [opened.ring.unseal(row[2], "kms_key_material", *row[:2]) for row in rows]
        provider = root_key(folder)
        secrets += [
            provider.unwrap(wrapped, 1)
            for (wrapped,) in await opened.engine.read().fetch_all("SELECT wrapped FROM key_ring")
        ]
        return secrets, contents(folder)

    secrets, running = in_folder(folder, work)
    assert "parastore.db-wal" in running
    assert len(secrets) == 3 + 2 + 3 + 1  # values, access keys, material of three places, one term
    for files in (running, contents(folder)):
        assert "/app/String2".encode() in files["parastore.db"]  # noqa: UP012 (bytes are what is searched)
        for secret in secrets:
            for form in written_forms(secret):
                assert not [name for name, content in files.items() if form in content], form


def test_the_root_key_stands_in_its_file_only(folder: Path) -> None:
    files = contents(folder)
    key = base64.b64decode(files.pop("root.key").split()[1])
    for form in written_forms(key):
        assert not [name for name, content in files.items() if form in content]


# What is sealed, where it stands, and how the product reads it

Read = Callable[[OpenFolder], Awaitable[object]]


class Sealed(NamedTuple):
    table: str
    column: str
    where: str
    read: Read


def parameter(name: str, *, table: str = "parameter", account: str = ACCOUNT, region: str = REGION) -> Sealed:
    where = f"account = '{account}' AND region = '{region}' AND path = '{name}'"
    asked = f"{name}:1" if table == "parameter_version" else name
    return Sealed(table, "value", where, lambda opened: opened.get(asked, account=account, region=region))


def access_key(key_id: str) -> Sealed:
    return Sealed(
        "access_key",
        "secret",
        f"id = '{key_id}'",
        lambda opened: find_access_key(opened.engine.read(), opened.ring, key_id),
    )


def material(account: str, region: str) -> Sealed:
    return Sealed(
        "kms_key_material",
        "material",
        f"key_id = (SELECT id FROM kms_key WHERE account = '{account}' AND region = '{region}')",
        lambda opened: opened.get("/app/SecureString", account=account, region=region),
    )


EVERY = {
    **{f"value of a {kind}": parameter(f"/app/{kind}") for kind in VALUES},
    **{f"older value of a {kind}": parameter(f"/app/{kind}", table="parameter_version") for kind in VALUES},
    "secret access key": access_key(KEY_ID),
    "key material": material(ACCOUNT, REGION),
}


def sealed_bytes(connection: apsw.Connection, what: Sealed) -> bytes:
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT {what.column} FROM {what.table} WHERE {what.where}"
    ).fetchone()
    assert row is not None
    blob: bytes = row[0]
    return blob


def replace(connection: apsw.Connection, what: Sealed, blob: bytes) -> None:
    connection.execute(f"UPDATE {what.table} SET {what.column} = ? WHERE {what.where}", (blob,))
    assert connection.changes() == 1


async def cannot_read(opened: OpenFolder, what: Sealed) -> None:
    with pytest.raises(IntegrityError):
        await what.read(opened)


# Integrity


@pytest.mark.parametrize("name", EVERY)
def test_what_was_altered_does_not_open(folder: Path, name: str) -> None:
    what = EVERY[name]

    async def work(opened: OpenFolder) -> None:
        with raw(folder) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            blob = sealed_bytes(connection, what)
            for position in range(len(blob)):
                for bit in (0x01, 0x80):
                    altered = bytearray(blob)
                    altered[position] ^= bit
                    replace(connection, what, bytes(altered))
                    await cannot_read(opened, what)
            for other in (b"", blob[:1], blob[:5], blob[:17], blob[:-1], blob[1:], blob + b"\0", blob + blob):
                replace(connection, what, other)
                await cannot_read(opened, what)
            replace(connection, what, blob)
            assert await what.read(opened)

    in_folder(folder, work)


# Move integrity

MOVES: dict[str, tuple[Sealed, Sealed]] = {
    **{
        f"{kind}: {place}": (parameter(f"/app/{kind}"), to)
        for kind in VALUES
        for place, to in {
            "another parameter": parameter(f"/app/{kind}2"),
            "an older version": parameter(f"/app/{kind}", table="parameter_version"),
            "another Region": parameter(f"/app/{kind}", region=OTHER_REGION),
            "another account": parameter(f"/app/{kind}", account=OTHER_ACCOUNT),
            "another type": parameter("/app/String2" if kind != "String" else "/app/SecureString2"),
        }.items()
    },
    **{
        f"{kind}: the current version from an older one": (
            parameter(f"/app/{kind}", table="parameter_version"),
            parameter(f"/app/{kind}"),
        )
        for kind in VALUES
    },
    "a secret to another access key": (access_key(KEY_ID), access_key(OTHER_KEY_ID)),
    "key material to another account": (material(ACCOUNT, REGION), material(OTHER_ACCOUNT, REGION)),
    "key material to another Region": (material(ACCOUNT, REGION), material(ACCOUNT, OTHER_REGION)),
    "key material for a value": (material(ACCOUNT, REGION), parameter("/app/String")),
    "a value for a secret": (parameter("/app/String"), access_key(KEY_ID)),
}


@pytest.mark.parametrize("name", MOVES)
def test_what_was_moved_does_not_open(folder: Path, name: str) -> None:
    source, target = MOVES[name]

    async def work(opened: OpenFolder) -> None:
        assert await target.read(opened)
        with raw(folder) as connection:
            replace(connection, target, sealed_bytes(connection, source))
        await cannot_read(opened, target)

    in_folder(folder, work)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE access_key SET account = '{OTHER_ACCOUNT}' WHERE id = '{KEY_ID}'",
        f"UPDATE access_key SET principal = 'arn:aws:iam::{OTHER_ACCOUNT}:root' WHERE id = '{KEY_ID}'",
        f"UPDATE access_key SET id = 'AKIAIOSFODNN7EXAMPLE' WHERE id = '{KEY_ID}'",
    ],
)
def test_a_key_that_was_given_to_another_does_not_open(folder: Path, statement: str) -> None:
    async def work(opened: OpenFolder) -> None:
        with raw(folder) as connection:
            connection.execute(statement)
        for key_id in (KEY_ID, "AKIAIOSFODNN7EXAMPLE"):
            with contextlib.suppress(IntegrityError):
                assert await find_access_key(opened.engine.read(), opened.ring, key_id) is None

    in_folder(folder, work)


def test_material_does_not_open_under_another_id(folder: Path) -> None:
    async def work(opened: OpenFolder) -> None:
        key_id, material_id, blob = (
            await opened.engine.read().fetch_all("SELECT key_id, id, material FROM kms_key_material")
        )[0]
        assert len(opened.ring.unseal(blob, "kms_key_material", key_id, material_id)) == 32
        with pytest.raises(IntegrityError):
            opened.ring.unseal(blob, "kms_key_material", key_id, "ff" * 32)

    in_folder(folder, work)


def test_a_ciphertext_is_bound_to_its_parameter_even_within_the_ring(folder: Path) -> None:
    """KMS's own binding, for whoever could seal but does not have the key: the encryption context."""

    async def work(opened: OpenFolder) -> None:
        with raw(folder) as connection:
            own, twin = parameter("/app/SecureString"), parameter("/app/SecureString2")
            place = ("parameter", ACCOUNT, REGION)
            content = opened.ring.unseal(sealed_bytes(connection, own), *place, "/app/SecureString", "2")
            assert key_part(content)
            replace(connection, twin, opened.ring.seal(content, *place, "/app/SecureString2", "1"))
        with pytest.raises(InvalidCiphertextException):
            await twin.read(opened)

    in_folder(folder, work)


# The key ring


async def open_ring(folder: Path) -> KeyRing:
    engine = open_sqlite(folder)
    try:
        return await load_ring(engine.read(), folder)
    finally:
        await engine.close()


def test_a_term_that_was_altered_does_not_open(folder: Path) -> None:
    provider = root_key(folder)
    with raw(folder) as connection:
        row: tuple[bytes] | None = connection.execute("SELECT wrapped FROM key_ring").fetchone()
        assert row is not None
        (wrapped,) = row
    assert len(provider.unwrap(wrapped, 1)) == 32
    for position in range(len(wrapped)):
        for bit in (0x01, 0x80):
            altered = bytearray(wrapped)
            altered[position] ^= bit
            with pytest.raises(RootKeyError):
                provider.unwrap(bytes(altered), 1)
    for other in (b"", wrapped[:12], wrapped[:-1], wrapped[1:], wrapped + b"\0"):
        with pytest.raises(RootKeyError):
            provider.unwrap(other, 1)


def test_a_term_of_another_folder_does_not_open(folder: Path, tmp_path: Path) -> None:
    make_folder(tmp_path / "other")
    with raw(tmp_path / "other") as connection:
        foreign = connection.execute("SELECT wrapped FROM key_ring").fetchone()
    with raw(folder) as connection:
        connection.execute("UPDATE key_ring SET wrapped = ?", foreign)
    with pytest.raises(RootKeyError, match="does not fit"):
        in_folder(folder, lambda opened: opened.get("/app/String"))


def test_a_term_does_not_open_under_another_number(folder: Path) -> None:
    with raw(folder) as connection:
        connection.execute("INSERT INTO key_ring SELECT 2, wrapped, created_at FROM key_ring")
    with pytest.raises(RootKeyError):
        in_folder(folder, lambda opened: opened.get("/app/String"))


# Seen from outside


def test_a_client_learns_nothing_and_the_operator_where(tmp_path: Path, client_for: ClientFactory) -> None:
    with Server(tmp_path / "data") as server:
        keys = server.new_account()
        client = client_for(server, keys)
        for name in ("/app/one", "/app/two"):
            client.put_parameter(Name=name, Value=f"{name}: {VALUES['String']}", Type="String")
        with raw(server.folder) as connection:
            connection.execute(
                "UPDATE parameter SET value = (SELECT value FROM parameter WHERE path = '/app/one')"
                " WHERE path = '/app/two'"
            )
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            client.get_parameter(Name="/app/two")
        answer = caught.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert answer["Error"]["Code"] == "InternalServerError"
        assert "/app" not in answer["Error"]["Message"]
        assert client.get_parameter(Name="/app/one")["Parameter"]["Value"].startswith("/app/one: ")
    assert "/app/two" in str(server.log)
    assert VALUES["String"] not in str(server.log)
