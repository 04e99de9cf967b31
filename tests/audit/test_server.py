"""The trail of a running server: every call has its record, none has a secret, and it is whole when it was killed."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.events.test_delivery import until
from tests.folders import flags
from tests.sdk.iam.conftest import House, Signer, trust
from tests.sdk.iam.test_no_way_around import ALL, UNSIGNED, request_for, things  # noqa: F401 - a fixture

from parastore.server.audit import export, verify
from parastore.testing.server import Keys, Server

READ_ONLY = {"AttributeKey": "ReadOnly", "AttributeValue": "true"}
CANARY = "canary-7Hq2vT9xLw4"


def events(client: Client, **attributes: str) -> list[dict[str, Any]]:
    """The records that LookupEvents gives, newest first."""
    asked = [{"AttributeKey": key, "AttributeValue": value} for key, value in attributes.items()]
    pages = client.get_paginator("lookup_events").paginate(LookupAttributes=asked)
    return [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]


@pytest.fixture
def house(server: Server, keys: Keys, client_for: ClientFactory) -> House:
    return House(server, keys, client_for)


def test_a_record_is_cloudtrails(house: House) -> None:
    house.ssm.put_parameter(Name="/a/b", Value=CANARY, Type="SecureString", Tags=[{"Key": "k", "Value": "v"}])
    house.ssm.get_parameter(Name="/a/b:1", WithDecryption=True)

    decrypt, get, encrypt, put = events(house.client("cloudtrail"))

    assert put["requestParameters"] == {
        "name": "/a/b",
        "value": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "type": "SecureString",
        "tags": [{"key": "k", "value": "v"}],
    }
    assert put["responseElements"] == {"tier": "Standard", "version": 1}
    assert (put["readOnly"], get["readOnly"]) == (False, True)
    assert get["requestParameters"] == {"name": "/a/b:1", "withDecryption": True}
    assert get["responseElements"] is None
    assert get["resources"] == [{"ARN": house.parameter("/a/b"), "accountId": house.account}]
    assert get["sourceIPAddress"] == "127.0.0.1"
    assert get["userAgent"].startswith("Botocore/")
    assert get["userIdentity"] == {
        "type": "Root",
        "principalId": house.account,
        "arn": house.arn("root"),
        "accountId": house.account,
        "accessKeyId": house.keys.access_key_id,
    }
    for each, name in ((encrypt, "Encrypt"), (decrypt, "Decrypt")):
        assert (each["eventSource"], each["eventName"]) == ("kms.amazonaws.com", name)
        assert each["userIdentity"]["invokedBy"] == each["sourceIPAddress"] == "ssm.amazonaws.com"
        assert each["requestParameters"]["encryptionContext"] == {"PARAMETER_ARN": house.parameter("/a/b")}
        assert each["resources"][0]["type"] == "AWS::KMS::Key"
    assert decrypt["requestID"] == get["requestID"]
    assert len({each["eventID"] for each in (put, get, encrypt, decrypt)}) == 4


def test_who_it_was(house: House) -> None:
    ann = house.user("ann", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
    role = house.role("reader", trust({"AWS": house.arn("user/ann")}))
    session = house.client("sts", ann).assume_role(RoleArn=role, RoleSessionName="s1")["Credentials"]
    with contextlib.suppress(house.ssm.exceptions.ClientError):
        house.client("ssm", Signer.of(session)).get_parameter(Name="/x")
    with contextlib.suppress(house.ssm.exceptions.ClientError):
        house.client("ssm", Signer(house.keys.access_key_id, "wrong")).get_parameter(Name="/x")

    lookups = house.client("cloudtrail")
    (denied,) = events(lookups, Username="s1")
    (assumed,) = events(lookups, EventName="AssumeRole")

    assert denied["errorCode"] == "AccessDenied"
    assert "is not authorized to perform: ssm:GetParameter on resource:" in denied["errorMessage"]
    assert (denied["requestParameters"], denied["responseElements"]) == (None, None)
    assert denied["userIdentity"]["type"] == "AssumedRole"
    assert denied["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == role
    assert assumed["userIdentity"]["type"] == "IAMUser"
    assert assumed["userIdentity"]["userName"] == "ann"
    assert assumed["responseElements"]["credentials"]["accessKeyId"] == session["AccessKeyId"]
    assert session["SecretAccessKey"] not in json.dumps(assumed)
    # Nobody knows whose the wrong signature was, so no account is shown it; the trail has it.
    texts = [
        text for path in (house.server.folder / "audit").glob("*.jsonl") for text in path.read_bytes().split(b"\n")
    ]
    assert any(b'"type":"Unknown"' in each and house.keys.access_key_id.encode() in each for each in texts)


def test_lookups_filter_and_page(house: House) -> None:
    for number in range(7):
        house.ssm.put_parameter(Name=f"/p/{number}", Value="v", Type="String")
        house.ssm.get_parameter(Name=f"/p/{number}")
    lookups = house.client("cloudtrail")
    everything = events(lookups)

    assert len(everything) == 14
    assert len({each["eventID"] for each in everything}) == 14
    assert [each["eventTime"] for each in everything] == sorted(
        (each["eventTime"] for each in everything), reverse=True
    )
    assert {each["eventName"] for each in events(lookups, ReadOnly="false")} == {"PutParameter"}
    assert [each["eventName"] for each in events(lookups, ResourceName="/p/3")] == ["GetParameter", "PutParameter"]
    assert events(lookups, EventId=everything[5]["eventID"]) == [everything[5]]
    assert events(lookups, AccessKeyId=house.keys.access_key_id) != []
    seen: list[str] = []
    token: dict[str, str] = {}
    of_ssm = {"AttributeKey": "EventSource", "AttributeValue": "ssm.amazonaws.com"}
    while True:
        page = lookups.lookup_events(MaxResults=3, LookupAttributes=[of_ssm], **token)
        assert len(page["Events"]) <= 3
        seen += [event["EventId"] for event in page["Events"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == [each["eventID"] for each in everything]
    now = time.time()
    assert lookups.lookup_events(EndTime=now - 3600)["Events"] == []
    assert lookups.lookup_events(StartTime=now + 3600)["Events"] == []
    assert len(lookups.lookup_events(StartTime=now - 3600, EndTime=now + 60)["Events"]) >= 14


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"StartTime": 2, "EndTime": 1}, "InvalidTimeRangeException"),
        ({"NextToken": "x"}, "InvalidNextTokenException"),
        (
            {"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "true"}] * 2},
            "InvalidLookupAttributesException",
        ),
        ({"MaxResults": 51}, "ValidationException"),
    ],
)
def test_lookups_that_are_refused(house: House, members: dict[str, Any], code: str) -> None:
    client = house.client("cloudtrail", parameter_validation=False)
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.lookup_events(**members)
    assert caught.value.response["Error"]["Code"] == code


def test_the_aws_cli_looks_up(house: House) -> None:
    house.ssm.put_parameter(Name="/cli", Value="v", Type="String")
    environ = {**os.environ, **house.keys.for_environment(), "AWS_DEFAULT_REGION": "us-east-1"}
    aws = shutil.which("aws", path=str(Path(sys.executable).parent)) or shutil.which("aws")
    assert aws is not None, "no AWS CLI"
    query = [
        "--lookup-attributes",
        "AttributeKey=EventName,AttributeValue=PutParameter",
        "--query",
        "Events[].Username",
    ]
    shown = subprocess.run(
        [aws, "cloudtrail", "lookup-events", "--endpoint-url", house.server.url, *query],
        env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(shown.stdout) == ["root"]


def spellings(secret: str) -> list[bytes]:
    """A secret as it may stand in a file, without what base64 does to its last bytes."""
    return [secret.encode(), base64.b64encode(secret.encode())[: len(secret) // 3 * 4 - 4]]


def written(server: Server) -> Iterator[tuple[str, bytes]]:
    yield "log", json.dumps(server.log).encode()
    for path in server.folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


def test_no_secret_is_written_and_every_call_is(
    things: tuple[House, Signer, dict[str, Any]],  # noqa: F811 - the fixture
    client_for: ClientFactory,
) -> None:
    house, nobody, known = things
    known |= {"Value": CANARY, "Plaintext": CANARY.encode(), "Message": CANARY.encode(), "WebIdentityToken": CANARY * 9}
    secrets = [CANARY, house.keys.secret_access_key, nobody.secret_access_key]
    for operation in sorted(ALL, key=lambda each: each.name.startswith(("Delete", "Schedule"))):
        if operation.action in UNSIGNED:
            continue
        client = house.client(operation.service, parameter_validation=False)
        members = request_for(operation, known)
        for more in ({}, {"Type": "SecureString", "Overwrite": True}) if operation.name == "PutParameter" else ({},):
            try:
                client._make_api_call(operation.name, members | more)
            except client.exceptions.ClientError:
                continue  # whatever it is, it leaves a record without secrets
    ssm = house.ssm
    ssm.put_parameter(Name="/last", Value=CANARY, Type="SecureString")
    assert ssm.get_parameter(Name="/last", WithDecryption=True)["Parameter"]["Value"] == CANARY
    with pytest.raises(ssm.exceptions.ClientError) as repeated:  # the one text that repeats what it refuses
        ssm.put_parameter(Name="/last", Value=f"{{{{{CANARY}}}}}", Type="String")
    assert CANARY in str(repeated.value)
    for call, members in (
        ("put_parameter", {"Name": "/x", "Value": CANARY, "Type": "String", "AllowedPattern": "[0-9]+"}),
        ("put_parameter", {"Name": "/x", "Value": CANARY, "Type": "Wrong"}),
        ("put_parameter", {"Name": "/x", "Value": CANARY * 3000, "Type": "String"}),
        ("put_parameter", {"Name": "/x", "Value": CANARY, "Type": "SecureString", "KeyId": "alias/none"}),
    ):
        with pytest.raises(ssm.exceptions.ClientError) as caught:
            getattr(ssm, call)(**members)
        assert CANARY not in str(caught.value.response)
    wrong = client_for(house.server, Signer(CANARY, CANARY), service="ssm")
    with pytest.raises(wrong.exceptions.ClientError):
        wrong.put_parameter(Name="/x", Value=CANARY, Type="String")

    for name, content in written(house.server):
        for secret in secrets:
            for spelling in spellings(secret):
                assert spelling not in content, (name, secret)
    seen = {
        f"{each['eventSource'].partition('.')[0]}:{each['eventName']}" for each in events(house.client("cloudtrail"))
    }
    assert {each.action for each in ALL} - UNSIGNED <= seen


def test_a_killed_server_leaves_a_whole_trail(data_folder: Path, client_for: ClientFactory) -> None:
    server = Server(data_folder, workers=2)
    server.start(60)
    keys = server.new_account()
    done: dict[str, set[str]] = {"PutParameter": set(), "GetParameter": set()}
    for turn in range(2):
        ended = threading.Event()

        def work(number: int, turn: int = turn, ended: threading.Event = ended, server: Server = server) -> None:
            client = client_for(server, keys)
            count = 0
            while not ended.is_set():
                count += 1
                name = f"/{turn}/{number}/{count}"
                try:
                    client.put_parameter(Name=name, Value="v", Type="String")
                    done["PutParameter"].add(name)
                    client.get_parameter(Name=name)
                    done["GetParameter"].add(name)
                except Exception:  # noqa: BLE001 - it was killed meanwhile
                    return

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for each in threads:
            each.start()
        time.sleep(0.7)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
        for process in (server.pid, *map(int, children)):
            os.kill(process, 9)
        server.kill()
        ended.set()
        for each in threads:
            each.join()
        assert verify(server.location).broken == []
        server = Server(data_folder, workers=2)
        server.start(60)
    try:
        lookups = client_for(server, keys, service="cloudtrail")
        for operation, names in done.items():
            recorded = {each["requestParameters"]["name"] for each in events(lookups, EventName=operation)}
            assert names
            assert names <= recorded
    finally:
        server.stop()
    report = verify(server.location)
    assert (report.broken, report.notes) == ([], [])
    assert export(server.location, data_folder.parent / "exported").broken == []


@pytest.mark.sqlite("the database is altered as a file")
def test_a_change_and_its_record_are_one(data_folder: Path, client_for: ClientFactory) -> None:
    """Removed, altered or moved in the database, a record is missed."""
    import apsw

    with Server(data_folder) as server:
        client = client_for(server, server.new_account())
        for number in range(6):
            client.put_parameter(Name=f"/{number}", Value="v", Type="String")
        time.sleep(0.1)
    assert verify(server.location).broken == []
    for statement in (
        "UPDATE audit_record SET body = replace(body, '/3', '/9') WHERE sequence = 4",
        "DELETE FROM audit_record WHERE sequence = 3",
        "DELETE FROM audit_record WHERE sequence > 3",
        "DELETE FROM audit_record",
        "UPDATE audit_trail SET last = 2 WHERE number = 0",
        "UPDATE audit_record SET sequence = CASE sequence WHEN 3 THEN 104 WHEN 4 THEN 3 ELSE sequence END",
    ):
        copy = data_folder.parent / f"copy-{abs(hash(statement))}"
        shutil.copytree(data_folder, copy)
        connection = apsw.Connection(str(copy / "parastore.db"))
        connection.execute(statement)
        connection.close()
        assert verify(Server(copy).location).broken, statement
        shutil.rmtree(copy)


def test_least_privilege_from_use(house: House, client_for: ClientFactory) -> None:
    house.ssm.put_parameter(Name="/app/db", Value="v", Type="SecureString")
    bob = house.user("bob", {"Effect": "Allow", "Action": ["ssm:*", "kms:*"], "Resource": "*"})
    mine = house.client("ssm", bob)
    mine.get_parameter(Name="/app/db", WithDecryption=True)
    mine.get_parameters_by_path(Path="/app")
    run = [sys.executable, "-m", "parastore", "access", "suggest", "--principal", house.arn("user/bob")]
    where = flags(house.server.folder)

    def suggest(*, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*run, "--since", "1h", *where], capture_output=True, text=True, check=check)

    until(lambda: "GetParametersByPath" in suggest(check=False).stdout)  # PostgreSQL has it within a second
    shown = suggest()
    policy = json.loads(shown.stdout)

    assert {action for each in policy["Statement"] for action in each["Action"]} == {
        "ssm:GetParameter",
        "ssm:GetParametersByPath",
        "kms:Decrypt",
    }
    house.iam.put_user_policy(UserName="bob", PolicyName="own", PolicyDocument=shown.stdout)
    assert mine.get_parameter(Name="/app/db", WithDecryption=True)["Parameter"]["Value"] == "v"
    assert mine.get_parameters_by_path(Path="/app")["Parameters"]
    with pytest.raises(mine.exceptions.ClientError):
        mine.put_parameter(Name="/app/db", Value="x", Type="String", Overwrite=True)
