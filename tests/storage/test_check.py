"""Every invariant that `parastore check` knows: broken by hand, it gives that finding and no other."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.folders import (
    ACCOUNT,
    KEY_ID,
    OTHER_ACCOUNT,
    OTHER_KEY_ID,
    OTHER_REGION,
    REGION,
    OpenFolder,
    in_folder,
    make_folder,
    raw,
    read_ring,
)

from parastore.iam import checks as iam_checks
from parastore.kms import checks as kms_checks
from parastore.kms.rules import blobs
from parastore.seal.keyring import KeyRing
from parastore.server.check import CannotCheck, check_folder, findings
from parastore.server.location import Location
from parastore.ssm.store import checks as ssm_checks
from parastore.storage.check import CLOSED, files

ARN = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"
VALUES = ("plain-content", "one-item,two-items", "hidden-content", "elsewhere-content", "countless-content")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check") / "data"
    make_folder(folder)

    async def fill(opened: OpenFolder) -> None:
        plain, items, hidden, elsewhere, countless = VALUES
        for number in range(4):
            await opened.put("/app/plain", f"{plain}-{number}", Overwrite=True)
        await opened.put("/app/items", items, "StringList", Tags=[{"Key": "team", "Value": "red"}])
        for number in range(2):
            await opened.put("/app/hidden", f"{hidden}-{number}", "SecureString", Overwrite=True)
        await opened.put("/app/hidden", elsewhere, "SecureString", region=OTHER_REGION)
        await opened.put("/app/hidden", elsewhere, "SecureString", account=OTHER_ACCOUNT)
        for number in range(123):
            await opened.put("bare", f"{countless}-{number}", Overwrite=True)

    in_folder(folder, fill)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "data")
    return tmp_path / "data"


Break = Callable[[apsw.Connection, KeyRing], object]


def sql(*statements: str) -> Break:
    def run(connection: apsw.Connection, ring: KeyRing) -> None:
        for statement in statements:
            connection.execute(statement)

    return run


def first(connection: apsw.Connection, statement: str, *args: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(statement, args).fetchone()
    assert row is not None
    return row


def sealed_value(path: str, content: bytes, version: int = 1) -> Break:
    """Give the current version of a parameter a value that is properly sealed."""

    def run(connection: apsw.Connection, ring: KeyRing) -> None:
        connection.execute(
            "UPDATE parameter SET value = ? WHERE account = ? AND region = ? AND path = ?",
            (ring.seal(content, "parameter", ACCOUNT, REGION, path, str(version)), ACCOUNT, REGION, path),
        )

    return run


def encrypted_value(content: bytes, context: dict[str, str], account: str = ACCOUNT, region: str = REGION) -> Break:
    """Give /app/hidden a value that KMS encrypted, perhaps for somebody else."""

    def run(connection: apsw.Connection, ring: KeyRing) -> None:
        key_id, material_id, sealed = first(
            connection,
            "SELECT k.id, m.id, m.material FROM kms_key k JOIN kms_key_material m ON m.key_id = k.id"
            " WHERE k.account = ? AND k.region = ?",
            account,
            region,
        )
        material = ring.unseal(sealed, "kms_key_material", key_id, material_id)
        sealed_value("/app/hidden", blobs.encrypt(key_id, material_id, material, content, context), 2)(connection, ring)

    return run


HERE = f"WHERE account = '{ACCOUNT}' AND region = '{REGION}'"


def another_version(number: int) -> Break:
    def run(connection: apsw.Connection, ring: KeyRing) -> None:
        connection.execute(
            "INSERT INTO parameter_version SELECT account, region, path, ?1, type, ?2, key_id, description,"
            " allowed_pattern, tier, data_type, modified_at, modified_by, policies FROM parameter WHERE path = '/bare'",
            (number, ring.seal(b"again", "parameter", ACCOUNT, REGION, "/bare", str(number))),
        )

    return run


def access_key(
    key_id: str = "AKIAEXTRAEXTRAEXTRAX",
    status: str = "Active",
    secret: bytes = b"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",
    principal: str = f"arn:aws:iam::{ACCOUNT}:root",
) -> Break:
    def run(connection: apsw.Connection, ring: KeyRing) -> None:
        sealed = ring.seal(secret, "access_key", key_id, ACCOUNT, principal)
        connection.execute(
            "INSERT INTO access_key VALUES (?, ?, ?, ?, ?, ?, 1)", (key_id, ACCOUNT, principal, ACCOUNT, sealed, status)
        )

    return run


FREE_KEY = "00000000-0000-4000-8000-000000000000"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{FREE_KEY}"


def kms_key(
    *,
    state: str = "Enabled",
    manager: str = "CUSTOMER",
    material_id: str = "ab" * 32,
    current: str | None = None,
    material: bytes = bytes(32),
    altered: bool = False,
) -> Break:
    """A key that no value uses."""

    def run(connection: apsw.Connection, ring: KeyRing) -> None:
        connection.execute(
            "INSERT INTO kms_key (id, account, region, manager, state, material_id, description, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, '', 1)",
            (FREE_KEY, ACCOUNT, REGION, manager, state, current or material_id),
        )
        sealed = ring.seal(material, "kms_key_material", FREE_KEY, material_id)
        if altered:
            sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        connection.execute(
            "INSERT INTO kms_key_material (key_id, id, material, created_at) VALUES (?, ?, ?, 1)",
            (FREE_KEY, material_id, sealed),
        )

    return run


def where(path: str) -> str:
    return f"WHERE account = '{ACCOUNT}' AND region = '{REGION}' AND path = '{path}'"


def row(table: str, path: str, rest: str = "") -> str:
    return f"{table} (account={ACCOUNT}, region={REGION}, path={path}{rest})"


CONTEXT = {"PARAMETER_ARN": f"{ARN}/app/hidden"}

# What is broken, how, and what the finding says (a regular expression where it begins with ^).
CASES: dict[str, tuple[Break, str]] = {
    # the engine
    "a page of nobody": (
        sql("CREATE TABLE x (y)", "PRAGMA writable_schema = ON", "DELETE FROM sqlite_schema WHERE name = 'x'"),
        r"^database: .*Page \d+: never used",
    ),
    "a migration not applied": (
        sql("DELETE FROM schema_migration WHERE number = 1"),
        "schema step 1 (parameters): is not applied: start the server once",
    ),
    "a migration of the future": (
        sql("INSERT INTO schema_migration VALUES (9999, 'later', 1)"),
        "schema step 9999 (later): is of a newer Parastore: check with that version",
    ),
    "text for a value": (
        sql(f"UPDATE parameter SET value = 'plain-content' {where('/app/plain')}"),
        row("parameter", "/app/plain") + ": value holds text, must be blob",
    ),
    "text for a number": (
        sql(f"UPDATE parameter SET version = 'four' {where('/app/plain')}"),
        row("parameter", "/app/plain") + ": version holds text, must be integer",
    ),
    "a key that is NULL": (
        sql("INSERT INTO installation VALUES (NULL, 'x')"),
        "installation (name=None): name holds null, must be text",
    ),
    "a tag of nothing": (
        sql(f"INSERT INTO parameter_tag VALUES ('{ACCOUNT}', '{REGION}', '/gone', 'team', 'red', 0)"),
        row("parameter_tag", "/gone", ", key=team") + ": refers to no parameter",
    ),
    "a version of nothing": (
        sql(f"DELETE FROM parameter {where('/app/hidden')}; UPDATE parameter_count SET count = count - 1 {HERE}"),
        row("parameter_version", "/app/hidden", ", version=1") + ": refers to no parameter",
    ),
    "an alias of nothing": (
        sql(f"INSERT INTO kms_alias VALUES ('{ACCOUNT}', '{REGION}', 'alias/x', 'gone', 1, 1)"),
        f"kms_alias (account={ACCOUNT}, region={REGION}, name=alias/x, key_id=gone): refers to no kms_key",
    ),
    # accounts and access keys
    "a malformed account": (sql("INSERT INTO account VALUES ('12345', 1)"), "account 12345: is not 12 digits"),
    "no account of the installation": (
        sql("DELETE FROM installation WHERE name = 'account'"),
        "installation: has no account",
    ),
    "no Region of the installation": (
        sql("DELETE FROM installation WHERE name = 'region'"),
        "installation: has no region",
    ),
    "an unknown account of the installation": (
        sql("UPDATE installation SET value = '999999999999' WHERE name = 'account'"),
        "installation: its account 999999999999 does not exist",
    ),
    "a malformed access key id": (access_key("short"), "access key short: is not a well-formed access key id"),
    "an unknown status": (
        access_key(status="Sleeping"),
        "access key AKIAEXTRAEXTRAEXTRAX: status Sleeping is unknown",
    ),
    "a principal of another account": (
        access_key(principal=f"arn:aws:iam::{OTHER_ACCOUNT}:root"),
        f"access key AKIAEXTRAEXTRAEXTRAX: its principal arn:aws:iam::{OTHER_ACCOUNT}:root is not of account {ACCOUNT}",
    ),
    "a principal that is no ARN": (
        access_key(principal="root"),
        f"access key AKIAEXTRAEXTRAEXTRAX: its principal root is not of account {ACCOUNT}",
    ),
    "a secret that is not text": (
        access_key(secret=b"\xff\xfe"),
        "access key AKIAEXTRAEXTRAEXTRAX: its secret is not text",
    ),
    "a secret of another key": (
        sql(
            f"UPDATE access_key SET secret = (SELECT secret FROM access_key WHERE id = '{KEY_ID}')"
            f" WHERE id = '{OTHER_KEY_ID}'"
        ),
        f"access key {OTHER_KEY_ID}: its secret {CLOSED}",
    ),
    # keys
    "an unknown state": (kms_key(state="Asleep"), f"{KEY_ARN}: state Asleep is unknown"),
    "an unknown manager": (kms_key(manager="ME"), f"{KEY_ARN}: manager ME is unknown"),
    "no current material": (
        kms_key(current="cd" * 32),
        f"{KEY_ARN}: its current material {'cd' * 32} does not exist",
    ),
    "material altered": (kms_key(altered=True), f"{KEY_ARN} material {'ab' * 32}: {CLOSED}"),
    "material too short": (
        kms_key(material=bytes(16)),
        f"{KEY_ARN} material {'ab' * 32}: has 16 bytes, which does not fit SYMMETRIC_DEFAULT",
    ),
    "a malformed material id": (
        kms_key(material_id="AB" * 32),
        f"{KEY_ARN} material {'AB' * 32}: its id is not 64 hexadecimal digits",
    ),
    "an alias without its prefix": (
        sql(
            "INSERT INTO kms_alias SELECT account, region, 'x', key_id, 1, 1 FROM kms_alias"
            f" WHERE account = '{ACCOUNT}' AND region = '{REGION}'"
        ),
        f"arn:aws:kms:{REGION}:{ACCOUNT}:x: its name does not begin with alias/",
    ),
    "an alias of another account's key": (
        sql(
            f"INSERT INTO kms_alias SELECT '{ACCOUNT}', '{REGION}', 'alias/x', id, 1, 1 FROM kms_key"
            f" WHERE account = '{OTHER_ACCOUNT}'"
        ),
        f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/x: points to a key of {OTHER_ACCOUNT} in {REGION}",
    ),
    "an alias of another Region's key": (
        sql(
            f"INSERT INTO kms_alias SELECT '{ACCOUNT}', '{REGION}', 'alias/x', id, 1, 1 FROM kms_key"
            f" WHERE region = '{OTHER_REGION}'"
        ),
        f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/x: points to a key of {ACCOUNT} in {OTHER_REGION}",
    ),
    # parameters
    "a name of another path": (
        sql(f"UPDATE parameter SET name = '/app/other' {where('/app/plain')}"),
        f"{ARN}/app/plain: its name /app/other is the one of /app/other",
    ),
    "a wrong depth": (
        sql(f"UPDATE parameter SET depth = 7 {where('/app/plain')}"),
        f"{ARN}/app/plain: its depth is 7, must be 2",
    ),
    "the oldest version missing": (
        sql(f"DELETE FROM parameter_version {where('/app/plain')} AND version = 1"),
        f"{ARN}/app/plain: version 4 has 2 older versions (2 to 3), must have 3 (1 to 3)",
    ),
    "a version missing": (
        sql(f"DELETE FROM parameter_version {where('/app/plain')} AND version = 2"),
        f"{ARN}/app/plain: version 4 has 2 older versions (1 to 3), must have 3 (1 to 3)",
    ),
    "the last version missing": (
        sql(f"DELETE FROM parameter_version {where('/app/plain')} AND version = 3"),
        f"{ARN}/app/plain: version 4 has 2 older versions (1 to 2), must have 3 (1 to 3)",
    ),
    "all older versions missing": (
        sql(f"DELETE FROM parameter_version {where('/app/plain')}"),
        f"{ARN}/app/plain: version 4 has no older versions, must have 3 (1 to 3)",
    ),
    "a 101st version": (
        another_version(23),
        f"{ARN}/bare: version 123 has 100 older versions (23 to 122), must have 99 (24 to 122)",
    ),
    "a version given twice": (
        another_version(123),
        f"{ARN}/bare: version 123 has 100 older versions (24 to 123), must have 99 (24 to 122)",
    ),
    "an unknown type": (
        sql(f"UPDATE parameter SET type = 'Text' {where('/app/plain')}"),
        f"{ARN}/app/plain: type Text is unknown",
    ),
    "an unknown tier": (
        sql(
            f"UPDATE parameter SET tier = 'Gold' {where('/app/plain')}; UPDATE parameter_count SET count = count - 1"
            f" {HERE}; INSERT INTO parameter_count VALUES ('{ACCOUNT}', '{REGION}', 'Gold', 1)"
        ),
        f"{ARN}/app/plain: tier Gold is unknown",
    ),
    "a label on nothing": (
        sql(f"INSERT INTO parameter_label VALUES ('{ACCOUNT}', '{REGION}', '/app/plain', 'live', 77)"),
        f"{ARN}/app/plain:77: does not exist, but has the label live",
    ),
    "a label that cannot be one": (
        sql(f"INSERT INTO parameter_label VALUES ('{ACCOUNT}', '{REGION}', '/app/plain', '9', 1)"),
        f"{ARN}/app/plain:1: has the label 9, which cannot be one",
    ),
    "eleven labels": (
        sql(
            f"INSERT INTO parameter_label WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11)"
            f" SELECT '{ACCOUNT}', '{REGION}', '/app/plain', 'l' || i, 1 FROM n"
        ),
        f"{ARN}/app/plain:1: has 11 labels, at most 10 are allowed",
    ),
    "a wrong count": (
        sql(f"UPDATE parameter_count SET count = count + 5 {HERE}"),
        f"Standard parameters of {ACCOUNT} in {REGION}: counted as 9, are 4",
    ),
    "an unknown data type": (
        sql(f"UPDATE parameter SET data_type = 'number' {where('/app/plain')}"),
        f"{ARN}/app/plain: data type number is unknown",
    ),
    "an unknown type of an older version": (
        sql(f"UPDATE parameter_version SET type = 'Text' {where('/app/plain')} AND version = 2"),
        f"{ARN}/app/plain:2: type Text is unknown",
    ),
    "a SecureString without a key": (
        sql(f"UPDATE parameter SET key_id = NULL {where('/app/hidden')}"),
        f"{ARN}/app/hidden: is a SecureString without a key",
    ),
    "a String with a key": (
        sql(f"UPDATE parameter SET key_id = 'alias/aws/ssm' {where('/app/plain')}"),
        f"{ARN}/app/plain: is a String with a key",
    ),
    "a plain value": (
        sql(f"UPDATE parameter SET value = CAST('plain-content' AS BLOB) {where('/app/plain')}"),
        f"{ARN}/app/plain: its value {CLOSED}",
    ),
    "no value": (
        sql(f"UPDATE parameter SET value = x'' {where('/app/plain')}"),
        f"{ARN}/app/plain: its value {CLOSED}",
    ),
    "a value sealed by an unknown term": (
        sql(f"UPDATE parameter SET value = CAST(x'0100000007' || substr(value, 6) AS BLOB) {where('/app/plain')}"),
        f"{ARN}/app/plain: its value {CLOSED}",
    ),
    "a value of another parameter": (
        sql(f"UPDATE parameter SET value = (SELECT value FROM parameter {where('/bare')}) {where('/app/plain')}"),
        f"{ARN}/app/plain: its value {CLOSED}",
    ),
    "a value of another version": (
        sql(
            "UPDATE parameter_version SET value ="
            f" (SELECT value FROM parameter_version {where('/app/plain')} AND version = 1)"
            f" {where('/app/plain')} AND version = 3"
        ),
        f"{ARN}/app/plain:3: its value {CLOSED}",
    ),
    "an empty value": (
        sealed_value("/app/items", b""),
        f"{ARN}/app/items: its value has 0 bytes, must have 1 to 4096",
    ),
    "a value too long": (
        sealed_value("/app/items", b"x" * 4097),
        f"{ARN}/app/items: its value has 4097 bytes, must have 1 to 4096",
    ),
    "a value that is not text": (sealed_value("/app/items", b"\xff"), f"{ARN}/app/items: its value is not UTF-8"),
    "a SecureString in the clear": (
        sealed_value("/app/hidden", b"hidden-content", 2),
        f"{ARN}/app/hidden: its value is not a KMS ciphertext",
    ),
    "a SecureString of no key": (
        sealed_value("/app/hidden", blobs._PREFIX + bytes(16 + 32 + 16 + 12 + 16 + 5), 2),
        f"{ARN}/app/hidden: its value is encrypted by key 00000000-0000-0000-0000-000000000000, which there"
        f" is not in {REGION}",
    ),
    "a SecureString of another Region's key": (
        encrypted_value(b"x", CONTEXT, region=OTHER_REGION),
        rf"^{ARN}/app/hidden: its value is encrypted by key [0-9a-f-]+, which there is not in {REGION}",
    ),
    "a SecureString of another parameter": (
        encrypted_value(b"x", {"PARAMETER_ARN": f"{ARN}/app/other"}),
        f"{ARN}/app/hidden: its value does not decrypt under PARAMETER_ARN={ARN}/app/hidden",
    ),
    "a SecureString too long": (
        encrypted_value(b"x" * 4097, CONTEXT),
        f"{ARN}/app/hidden: its value has 4097 bytes, must have 1 to 4096",
    ),
    "a SecureString that is not text": (
        encrypted_value(b"\xff", CONTEXT),
        f"{ARN}/app/hidden: its value is not UTF-8",
    ),
    "a 51st tag": (
        sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO parameter_tag"
            f" SELECT '{ACCOUNT}', '{REGION}', '/app/items', 'key' || i, 'value', i FROM n"
        ),
        f"{ARN}/app/items: has 51 tags, at most 50 are allowed",
    ),
}


def test_a_clean_folder_has_no_findings(folder: Path) -> None:
    assert check_folder(folder) == []


@pytest.mark.parametrize("name", CASES)
def test_a_broken_invariant_is_found(folder: Path, name: str) -> None:
    spoil, expected = CASES[name]
    ring = read_ring(folder)
    with raw(folder) as connection:
        spoil(connection, ring)
    found = [str(finding) for finding in check_folder(folder)]
    assert len(found) == 1, found
    if expected.startswith("^"):
        assert re.search(expected, found[0])
    else:
        assert found[0] == expected
    assert not any(value in found[0] for value in VALUES)


def test_material_that_does_not_open_takes_its_values_along(folder: Path) -> None:
    with raw(folder) as connection:
        key_id, material_id = first(
            connection, "SELECT id, material_id FROM kms_key WHERE account = ? AND region = ?", ACCOUNT, REGION
        )
        connection.execute("UPDATE kms_key_material SET material = zeroblob(61) WHERE key_id = ?", (key_id,))
    lost = f"its value is encrypted by key {key_id}, whose material {CLOSED}"
    assert [tuple(finding) for finding in check_folder(folder)] == [
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key_id} material {material_id}", CLOSED),
        (f"{ARN}/app/hidden", lost),
        (f"{ARN}/app/hidden:1", lost),
    ]


@pytest.mark.parametrize(
    "name", ["root.key", "parastore.db", "parastore.db-wal", "turn.lock", "write.lock", "backup.tar"]
)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_file_open_to_others_is_found(folder: Path, name: str, mode: int) -> None:
    (folder / name).touch()
    (folder / name).chmod(mode)
    assert [tuple(finding) for finding in files(folder)] == [
        (str(folder / name), f"is open to others (mode {mode:04o}): chmod 600 {folder / name}")
    ]


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o711])
def test_a_folder_open_to_others_is_found(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert [tuple(finding) for finding in check_folder(folder)] == [
        (str(folder), f"is open to others (mode {mode:04o}): chmod 700 {folder}")
    ]


def test_stricter_modes_are_fine(folder: Path) -> None:
    (folder / "root.key").chmod(0o400)
    assert check_folder(folder) == []


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (shutil.rmtree, "no database in .*: name the server's data folder with --data-dir"),
        (lambda folder: (folder / "parastore.db").unlink(), "no database in .*"),
        (lambda folder: (folder / "root.key").unlink(), "the root key .* is missing: put it back"),
        (lambda folder: (folder / "root.key").write_text("nonsense"), ".* is no Parastore root key"),
        (lambda folder: (folder / "root.key").chmod(0o644), "the root key .* can be read by others: chmod 600 .*"),
        (lambda folder: (folder / "parastore.db").write_bytes(b"not a database" * 99), "the file is no database, .*"),
        (lambda folder: (folder / "parastore.db").write_bytes(b""), "this is no Parastore database, .*"),
    ],
    ids=["no folder", "no database", "no root key", "garbage", "readable root key", "not a database", "empty"],
)
def test_what_cannot_be_checked_says_why(folder: Path, spoil: Callable[[Path], object], text: str) -> None:
    spoil(folder)
    with pytest.raises(CannotCheck, match=text):
        check_folder(folder)


def test_another_folders_root_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    make_folder(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "root.key", folder / "root.key")
    with pytest.raises(CannotCheck, match="the root key does not fit this data"):
        check_folder(folder)


def test_a_lost_key_ring_is_said(folder: Path) -> None:
    with raw(folder) as connection:
        connection.execute("DELETE FROM key_ring")
    with pytest.raises(CannotCheck, match="the key ring is gone"):
        check_folder(folder)


def test_text_that_is_no_text_is_said(folder: Path) -> None:
    with raw(folder) as connection:
        connection.execute(f"UPDATE parameter SET description = CAST(x'ff' AS TEXT) {where('/app/plain')}")
        connection.execute(f"UPDATE parameter SET tier = CAST(x'ff' AS TEXT) {where('/app/plain')}")
    with pytest.raises(CannotCheck, match="text that is not UTF-8: restore a backup"):
        check_folder(folder)


def test_it_goes_page_by_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (iam_checks, kms_checks, ssm_checks):
        monkeypatch.setattr(module, "_PAGE", 2)
    seen = []
    assert list(findings(Location(folder), lambda rows, total: seen.append((rows, total)))) == []
    with raw(folder) as connection:
        tables = (*iam_checks.TABLES, *kms_checks.TABLES, *ssm_checks.TABLES)
        total = sum(first(connection, f"SELECT count(*) FROM {table}")[0] for table in tables)
    assert seen[-1] == (total, total)
    steps = [after[0] - before[0] for before, after in itertools.pairwise(seen)]
    assert max(steps) == 2
    assert len(seen) > total / 2
    with raw(folder) as connection:
        connection.execute("UPDATE parameter_version SET value = zeroblob(40) WHERE version % 7 = 3")
        broken = first(connection, "SELECT count(*) FROM parameter_version WHERE version % 7 = 3")[0]
    assert len(check_folder(folder)) == broken


def test_it_sees_no_change_by_halves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked over and over while versions are made, pruned, deleted and made again."""
    monkeypatch.setattr(ssm_checks, "_PAGE", 10)

    async def work(opened: OpenFolder) -> None:
        async def write() -> None:
            for number in range(30):
                await asyncio.gather(
                    opened.put("bare", f"again-{number}", Overwrite=True),
                    opened.put(f"/new/{number}", "value", "SecureString", Tags=[{"Key": "team", "Value": "red"}]),
                    opened.put("/app/hidden", f"again-{number}", "SecureString", Overwrite=True),
                )
                await opened.call("DeleteParameter", Name=f"/new/{number}")

        writer = asyncio.ensure_future(write())
        while not writer.done():
            assert await asyncio.to_thread(check_folder, folder) == []
        await writer

    in_folder(folder, work)


def test_it_runs_inside_an_event_loop(folder: Path) -> None:
    async def work(opened: OpenFolder) -> None:
        await opened.put("/app/late", "value")
        assert check_folder(folder) == []
        await opened.put("/app/later", "value")

    in_folder(folder, work)
