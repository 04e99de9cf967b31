"""What nobody asked by a request has its record too: what falls due, and what the owner does on the data itself."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ClientFactory
from tests.folders import ACCOUNT, OTHER_ACCOUNT, REGION, in_folder, location_of, make_folder
from tests.sdk.storage import query

from parastore.audit.examine import Report
from parastore.kms.operations.expire import carry_out_due
from parastore.seal.secret import Secrets
from parastore.server import accounts, backup, keys, move, root_key
from parastore.server.audit import verify
from parastore.server.location import Location
from parastore.ssm.operations.expire import carry_out_policies
from parastore.testing.server import Server

DAY = 86_400_000
BY_ITSELF = {"type": "AWSService", "accountId": ACCOUNT, "invokedBy": "parastore"}
OPERATOR = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    make_folder(made)
    return made


def deeds(folder: Path) -> list[dict[str, Any]]:
    """The service events of a folder's trail of changes; the trail must be whole."""

    class Of:
        location = location_of(folder)

    rows = query(Of(), "SELECT body FROM audit_record WHERE trail = 0 ORDER BY sequence")  # type: ignore[arg-type]
    assert verify(location_of(folder)).broken == []
    told = [json.loads(row[0]) for row in rows]
    return [each for each in told if each["eventType"] == "AwsServiceEvent"]


def facts(folder: Path) -> list[tuple[str, str, str, dict[str, Any]]]:
    return [
        (each["eventSource"], each["eventName"], each["recipientAccountId"], each["serviceEventDetails"])
        for each in deeds(folder)
    ]


def test_a_parameter_that_expires(folder: Path) -> None:
    async def work(opened: Any) -> list[bytes]:
        at = datetime.fromtimestamp(opened.now / 1000, UTC) + timedelta(days=2)
        policy = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": at.isoformat()}}
        notice = {
            "Type": "ExpirationNotification", "Version": "1.0", "Attributes": {"Before": "1", "Unit": "Days"}
        }  # fmt: skip
        await opened.put("/short", "a-secret", Tier="Advanced", Policies=json.dumps([policy, notice]))
        heard: list[bytes] = []
        later = opened.now + 3 * DAY
        await carry_out_policies(opened.engine, opened.ring, later, heard.extend)
        await carry_out_policies(opened.engine, opened.ring, later, heard.extend)
        return heard

    heard = in_folder(folder, work)
    (told,) = deeds(folder)
    assert [json.loads(each) for each in heard] == [told]
    named = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/short"
    assert told.pop("eventID")
    assert told.pop("eventTime").startswith("2023-11-1")
    assert told == {
        "eventVersion": "1.11",
        "userIdentity": BY_ITSELF,
        "eventSource": "ssm.amazonaws.com",
        "eventName": "DeleteParameter",
        "awsRegion": REGION,
        "sourceIPAddress": "parastore",
        "userAgent": "parastore",
        "requestParameters": None,
        "responseElements": None,
        "readOnly": False,
        "resources": [{"ARN": named, "accountId": ACCOUNT}],
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "serviceEventDetails": {"policyType": "Expiration", "version": 1},
        "eventCategory": "Management",
    }


def test_keys_that_fall_due(folder: Path) -> None:
    async def work(opened: Any) -> tuple[str, str]:
        gone, turned = [(await opened.call("CreateKey"))["KeyMetadata"]["KeyId"] for _ in range(2)]
        await opened.call("ScheduleKeyDeletion", KeyId=gone, PendingWindowInDays=7)
        await opened.call("EnableKeyRotation", KeyId=turned, RotationPeriodInDays=90)
        await carry_out_due(opened.engine, opened.ring, opened.now + 8 * DAY)
        await carry_out_due(opened.engine, opened.ring, opened.now + 91 * DAY)
        return gone, turned

    gone, turned = in_folder(folder, work)
    assert facts(folder) == [
        ("kms.amazonaws.com", "DeleteKey", ACCOUNT, {"keyId": gone}),
        ("kms.amazonaws.com", "RotateKey", ACCOUNT, {"keyId": turned}),
    ]
    assert deeds(folder)[0]["resources"] == [
        {"ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{gone}", "accountId": ACCOUNT, "type": "AWS::KMS::Key"}
    ]


def test_accounts_and_their_keys(folder: Path) -> None:
    where = location_of(folder)
    made = accounts.create_account(where, "000000000001")
    accounts.disable_root_key(where, made.access_key_id)
    with pytest.raises(accounts.AccountError):
        accounts.create_account(where, OTHER_ACCOUNT)
    by = {"operator": OPERATOR}
    assert facts(folder) == [
        ("iam.amazonaws.com", "CreateAccount", made.account, by),
        ("iam.amazonaws.com", "CreateAccessKey", made.account, {"accessKeyId": made.access_key_id, **by}),
        (
            "iam.amazonaws.com",
            "UpdateAccessKey",
            made.account,
            {"accessKeyId": made.access_key_id, "status": "Inactive", **by},
        ),
    ]
    assert made.secret.reveal() not in json.dumps(deeds(folder))


def test_another_key_for_values_and_another_root_key(folder: Path) -> None:
    async def fill(opened: Any) -> str:
        for value in ("one", "two"):
            await opened.put("/app/a", value, "SecureString", Overwrite=True)
        key: str = (await opened.call("CreateKey"))["KeyMetadata"]["KeyId"]
        return key

    key = in_folder(folder, fill)
    where = location_of(folder)
    keys.reencrypt(where, ACCOUNT, REGION, "/app", key, lambda done: None)
    root_key.rotate(where, Secrets())
    by = {"operator": OPERATOR}
    assert facts(folder) == [
        ("ssm.amazonaws.com", "ReEncryptParameter", ACCOUNT, {"version": 1, "keyId": key, **by}),
        ("ssm.amazonaws.com", "ReEncryptParameter", ACCOUNT, {"version": 2, "keyId": key, **by}),
        ("parastore", "RotateRootKey", ACCOUNT, {"provider": "file", "term": 2, **by}),
    ]


@pytest.fixture
def used(tmp_path: Path, client_for: ClientFactory) -> Server:
    """A server that has stopped, whose trail has changes, reads and refusals."""
    with Server(tmp_path / "used") as server:
        client = client_for(server, server.new_account())
        client.put_parameter(Name="/a", Value="v", Type="String")
        for _ in range(3):
            client.get_parameter(Name="/a")
    return server


def restored(source: Path, target: Path) -> None:
    file = source.parent / "backup"
    with file.open("wb") as out:
        backup.back_up(Location(source), out, Secrets(), lambda done, total: None)
    target.mkdir(mode=0o700)
    shutil.copy2(source / "root.key", target)
    with file.open("rb") as given:
        backup.restore(Location(target), given, Secrets(), lambda done, total: None)


def moved(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    shutil.copy2(source / "root.key", target)
    move.move(Location(source), Location(target), lambda done, total: None)


@pytest.mark.parametrize(("way", "name"), [(restored, "RestoreBackup"), (moved, "MoveData")])
@pytest.mark.sqlite("tests/nodes has it for PostgreSQL")
def test_data_elsewhere_has_a_whole_trail(
    used: Server, tmp_path: Path, way: Callable[[Path, Path], None], name: str, client_for: ClientFactory
) -> None:
    before = verify(used.location)
    assert (before.broken, before.notes) == ([], [])
    way(used.folder, tmp_path / "new")
    where = Location(tmp_path / "new")
    after = verify(where)
    assert (after.broken, after.notes) == ([], [])
    # A backup has no files: the trail of reads stays where it was written, and that is signed.
    assert after.lines == (before.lines + 1 if way is moved else len(changes(before)) + 1)
    with Server(where.folder) as server:
        account = server.new_account()
        client_for(server, account).get_parameters(Names=["/b"])
        events = client_for(server, account, service="cloudtrail").lookup_events()["Events"]
        assert [each["EventName"] for each in events] == ["GetParameters"]
    assert verify(where).broken == []
    assert facts(where.folder)[-1][1] == name
    # What is then cut is still missed.
    for file in (where.folder / "audit").glob("*.jsonl"):
        file.unlink()
    assert verify(where).broken != []


def changes(report: Report) -> range:
    first, last = report.ends[0]
    return range(first.lines, last.lines)
