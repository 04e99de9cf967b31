"""What falls due on keys, on a server whose clock is moved: deletion, rotation, the end of imported material."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk.boto3.importing import wrapped
from tests.sdk.storage import query

from parastore.server.check import findings
from parastore.testing.server import Keys, Server

DAY = 86_400_000


class Moved:
    """A server with two workers, its clock, and clients who go by that clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.server = Server(folder / "data", clock=self.clock, workers=2)
        self.ahead = timedelta()

    def to(self, days: float) -> None:
        self.ahead = timedelta(days=days)
        self.clock.write_text(str(int(days * DAY)))

    def now(self, *_: Any) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None) + self.ahead


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Moved]:
    made = Moved(tmp_path)
    with made.server, mock.patch("botocore.auth.get_current_datetime", made.now):
        yield made
    assert [each for each in made.server.log if each["level"] == "error"] == []


@pytest.fixture
def keys(moved: Moved) -> Keys:
    return moved.server.new_account()


@pytest.fixture
def kms(moved: Moved, keys: Keys, client_for: ClientFactory) -> Client:
    return client_for(moved.server, keys, service="kms")


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def code(call: Callable[..., Any], **members: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**members)
    return str(refused.value.response["Error"]["Code"])


def test_after_its_deletion_nothing_of_a_key_is_left(
    moved: Moved, keys: Keys, kms: Client, client_for: ClientFactory
) -> None:
    ssm = client_for(moved.server, keys)
    key_id = kms.create_key(Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    grantee = f"arn:aws:iam::{keys.account}:root"
    kms.create_grant(KeyId=key_id, GranteePrincipal=grantee, Operations=["Decrypt"])
    kms.rotate_key_on_demand(KeyId=key_id)
    ssm.put_parameter(Name="/secret", Value="v", Type="SecureString", KeyId="alias/mine")
    sealed = [row[0] for row in query(moved.server, "SELECT material FROM kms_key_material WHERE key_id = $1", key_id)]
    assert len(sealed) == 2

    answer = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert answer["DeletionDate"].timestamp() == pytest.approx(time.time() + 7 * 86_400, abs=30)
    moved.to(6.9)
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert code(ssm.get_parameter, Name="/secret", WithDecryption=True) == "InvalidKeyId"
    moved.to(7.1)
    until(lambda: not query(moved.server, "SELECT 1 FROM kms_key WHERE id = $1", key_id))

    assert code(kms.describe_key, KeyId=key_id) == "NotFoundException"
    assert kms.list_aliases()["Aliases"] == []
    with pytest.raises(ClientError, match="customer master key that does not exist"):
        ssm.get_parameter(Name="/secret", WithDecryption=True)
    assert ssm.get_parameter(Name="/secret")["Parameter"]["Type"] == "SecureString"
    # While the server runs, not even the files hold what the ring could open; PostgreSQL's are PostgreSQL's (ADR 0012).
    files = [each for each in moved.server.folder.rglob("*") if each.is_file()]
    until(lambda: not any(material in file.read_bytes() for file in files for material in sealed))
    moved.server.stop()
    (finding,) = findings(moved.server.location)
    assert f"is encrypted by key {key_id}, which there is not" in str(finding)


def test_automatic_rotation(moved: Moved, kms: Client) -> None:
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    first = kms.encrypt(KeyId=key_id, Plaintext=b"first")["CiphertextBlob"]
    before = kms.describe_key(KeyId=key_id)["KeyMetadata"]["CurrentKeyMaterialId"]
    moved.to(90.1)
    until(lambda: len(kms.list_key_rotations(KeyId=key_id)["Rotations"]) == 1)
    time.sleep(1.5)  # the other worker's turn: it must find nothing left
    (rotation,) = kms.list_key_rotations(KeyId=key_id)["Rotations"]
    assert rotation["RotationType"] == "AUTOMATIC"
    everything = kms.list_key_rotations(KeyId=key_id, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert [each["KeyMaterialState"] for each in everything] == ["CURRENT", "NON_CURRENT"]
    assert everything[1]["KeyMaterialId"] == before
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is True
    assert kms.decrypt(CiphertextBlob=first)["Plaintext"] == b"first"
    second = kms.encrypt(KeyId=key_id, Plaintext=b"second")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=second)["KeyMaterialId"] == rotation["KeyMaterialId"] != before


def test_the_managed_key_rotates_every_year(moved: Moved, keys: Keys, kms: Client, client_for: ClientFactory) -> None:
    ssm = client_for(moved.server, keys)
    ssm.put_parameter(Name="/secret", Value="v", Type="SecureString")
    key_id = kms.describe_key(KeyId="alias/aws/ssm")["KeyMetadata"]["KeyId"]
    moved.to(366)
    until(lambda: len(kms.list_key_rotations(KeyId=key_id)["Rotations"]) == 1)
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "v"


def test_imported_material_expires(moved: Moved, kms: Client) -> None:
    key_id = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    material = bytes(range(32))
    soon = datetime.now(UTC) + timedelta(days=2)
    kms.import_key_material(**wrapped(kms, key_id, material), ValidTo=soon, ExpirationModel="KEY_MATERIAL_EXPIRES")
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_EXPIRES")
    assert abs(shown["ValidTo"] - soon) < timedelta(seconds=1)
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"v")["CiphertextBlob"]
    parameters = wrapped(kms, key_id, material)
    moved.to(2.1)
    until(lambda: kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "PendingImport")
    assert code(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    assert code(
        kms.import_key_material, **parameters, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE"
    ) == "ExpiredImportTokenException"  # fmt: skip
    kms.import_key_material(**wrapped(kms, key_id, material), ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"v"
