"""SecureString: encrypted by KMS, shown as ciphertext unless asked otherwise, and what a key's trouble looks like."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.sdk import storage
from tests.sdk.raw import Answer, Raw

from parastore.testing.server import Keys, Server

SECRET = "hunter2 한국어"
MISSING_KEY = "12345678-1234-1234-1234-123456789012"


@pytest.fixture
def secret(ssm: Client) -> Client:
    ssm.put_parameter(Name="/secret", Value=SECRET, Type="SecureString")
    return ssm


def values(ssm: Client, **members: Any) -> list[str]:
    """The secret's value as each operation that reads values gives it."""
    return [
        ssm.get_parameter(Name="/secret", **members)["Parameter"]["Value"],
        ssm.get_parameters(Names=["/secret"], **members)["Parameters"][0]["Value"],
        ssm.get_parameters_by_path(Path="/", **members)["Parameters"][0]["Value"],
        ssm.get_parameter_history(Name="/secret", **members)["Parameters"][0]["Value"],
        ssm.get_parameter(Name="/secret:1", **members)["Parameter"]["Value"],
    ]


def test_decrypted(secret: Client) -> None:
    assert values(secret, WithDecryption=True) == [SECRET] * 5


@pytest.mark.parametrize("members", [{}, {"WithDecryption": False}])
def test_ciphertext_without_decryption(secret: Client, members: dict[str, Any]) -> None:
    """[R] a success; base64 of a KMS blob, which begins AQICAH."""
    (value,) = set(values(secret, **members))
    assert value.startswith("AQICAH")
    blob = base64.b64decode(value, validate=True)
    assert len(blob) > len(SECRET.encode())
    assert SECRET.encode() not in blob


def test_each_encryption_is_another(ssm: Client) -> None:
    shown = []
    for name in ("/a", "/b"):
        for _ in range(2):
            ssm.put_parameter(Name=name, Value="same", Type="SecureString", Overwrite=True)
            shown.append(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    assert len(set(shown)) == 4


def test_ciphertext_is_a_value_like_any_other(secret: Client) -> None:
    """Storing what a read without decryption gave does not give it away."""
    shown = secret.get_parameter(Name="/secret")["Parameter"]["Value"]
    secret.put_parameter(Name="/copy", Value=shown, Type="SecureString")
    assert secret.get_parameter(Name="/copy", WithDecryption=True)["Parameter"]["Value"] == shown


def test_nothing_of_a_value_is_readable_in_storage(server: Server, ssm: Client) -> None:
    """Values of every type, current and replaced, are sealed before they reach storage."""
    texts = {kind: f"needle-{kind}-in-the-haystack" for kind in ("String", "StringList", "SecureString")}
    for kind, text in texts.items():
        for value in (text, f"{text}-2"):
            ssm.put_parameter(Name=f"/needle/{kind}", Value=value, Type=kind, Overwrite=True)
    seen = 0
    for path in storage.stored_files(server):
        content = path.read_bytes()
        seen += content.count(b"/needle/")
        for text in texts.values():
            assert text.encode() not in content
            assert base64.b64encode(text.encode()) not in content
    assert seen > 0  # the names are there, so the search looked in the right place


# Which key


def aliases(keys: Keys, region: str = "us-east-1") -> str:
    return f"arn:aws:kms:{region}:{keys.account}:alias/aws/ssm"


def key_of(server: Server, keys: Keys) -> str:
    ((key_id,),) = storage.query(server, "SELECT id FROM kms_key WHERE account = $1", keys.account)
    return str(key_id)


@pytest.mark.parametrize("form", ["alias", "alias ARN", "key id", "key ARN"])
def test_ways_to_name_a_key(server: Server, keys: Keys, secret: Client, form: str) -> None:
    """[D] all four; [R/T] shown as it was supplied."""
    key_id = key_of(server, keys)
    named = {
        "alias": "alias/aws/ssm",
        "alias ARN": aliases(keys),
        "key id": key_id,
        "key ARN": f"arn:aws:kms:us-east-1:{keys.account}:key/{key_id}",
    }[form]
    secret.put_parameter(Name="/other", Value="v", Type="SecureString", KeyId=named)
    (described,) = secret.describe_parameters(ParameterFilters=[{"Key": "KeyId", "Values": [named]}, OTHER])[
        "Parameters"
    ]
    assert described["KeyId"] == named
    assert secret.get_parameter_history(Name="/other")["Parameters"][0]["KeyId"] == named
    assert secret.get_parameter(Name="/other", WithDecryption=True)["Parameter"]["Value"] == "v"


OTHER = {"Key": "Name", "Values": ["/other"]}


def test_an_overwrite_without_a_key_takes_the_default_again(server: Server, keys: Keys, secret: Client) -> None:
    """[R] for the default key; [D] for any other, where moto keeps it [P]."""
    secret.put_parameter(Name="/other", Value="1", Type="SecureString")
    secret.put_parameter(Name="/other", Value="2", Overwrite=True, KeyId=key_of(server, keys))
    secret.put_parameter(Name="/other", Value="3", Overwrite=True)
    history = secret.get_parameter_history(Name="/other", WithDecryption=True)["Parameters"]
    assert [each["KeyId"] for each in history] == ["alias/aws/ssm", key_of(server, keys), "alias/aws/ssm"]
    assert [each["Value"] for each in history] == ["1", "2", "3"]


def invalid_key(answer: Answer) -> str:
    """KMS's own words, without the suffix that AWS appends [Q]."""
    code, member, text = answer.error
    assert (code, member) == ("InvalidKeyId", "message")
    match = re.fullmatch(
        r"(.*) \(Service: AWSKMS; Status Code: 400; Error Code: (\w+); Request ID: ([0-9a-f-]{36}); Proxy: null\)",
        text or "",
    )
    assert match, text
    return f"{match[2]}: {match[1]}"


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (MISSING_KEY, f"NotFoundException: Key 'arn:aws:kms:us-east-1:ACCOUNT:key/{MISSING_KEY}' does not exist"),
        (
            f"arn:aws:kms:us-east-1:ACCOUNT:key/{MISSING_KEY}",
            f"NotFoundException: Key 'arn:aws:kms:us-east-1:ACCOUNT:key/{MISSING_KEY}' does not exist",
        ),
        ("alias/mine", "NotFoundException: Alias arn:aws:kms:us-east-1:ACCOUNT:alias/mine is not found."),
        (
            "arn:aws:kms:us-east-1:ACCOUNT:alias/mine",
            "NotFoundException: Alias arn:aws:kms:us-east-1:ACCOUNT:alias/mine is not found.",
        ),
        # Another service's key is not made by a parameter.
        ("alias/aws/s3", "NotFoundException: Alias arn:aws:kms:us-east-1:ACCOUNT:alias/aws/s3 is not found."),
    ],
)
def test_keys_that_do_not_exist(raw: Raw, keys: Keys, named: str, words: str) -> None:
    """[Q]"""
    members = {"Name": "/a", "Value": "v", "Type": "SecureString", "KeyId": named.replace("ACCOUNT", keys.account)}
    assert invalid_key(raw.call("PutParameter", members)) == words.replace("ACCOUNT", keys.account)
    assert raw.call("GetParameter", {"Name": "/a"}).error.code == "ParameterNotFound"


@pytest.mark.parametrize(
    "named", ["nonsense", "alias/", "arn:aws:kms:eu-west-1:ACCOUNT:alias/aws/ssm", "arn:aws:s3:::b"]
)
def test_names_of_no_key(raw: Raw, keys: Keys, named: str) -> None:
    """InvalidKeyId; the words are not recorded."""
    members = {"Name": "/a", "Value": "v", "Type": "SecureString", "KeyId": named.replace("ACCOUNT", keys.account)}
    assert raw.call("PutParameter", members).error.code == "InvalidKeyId"


def test_the_default_key_is_made_on_first_use(server: Server, keys: Keys, ssm: Client) -> None:
    """[D] by Parameter Store, once for an account and Region; plain types need none."""
    count = "SELECT count(*) FROM kms_key WHERE account = $1"
    ssm.put_parameter(Name="/a", Value="v", Type="String")
    assert storage.query(server, count, keys.account) == [(0,)]
    for name in ("/b", "/c"):
        ssm.put_parameter(Name=name, Value="v", Type="SecureString")
    assert storage.query(server, count, keys.account) == [(1,)]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("Disabled", "DisabledException: KEY is disabled."),  # [Q/D]
        ("PendingDeletion", "KMSInvalidStateException: KEY is pending deletion."),  # [Q]
    ],
)
def test_an_unusable_key(
    raw: Raw, server: Server, keys: Keys, secret: Client, client_for: ClientFactory, state: str, words: str
) -> None:
    """[D] values cannot be read or written; all else about the parameter goes on."""
    secret.put_parameter(Name="/plain", Value="v", Type="String")
    key_id = key_of(server, keys)
    words = words.replace("KEY", f"arn:aws:kms:us-east-1:{keys.account}:key/{key_id}")
    storage.change(server, "UPDATE kms_key SET state = $2 WHERE id = $1", key_id, state)

    for operation, members in (
        ("GetParameter", {"Name": "/secret"}),
        ("GetParameters", {"Names": ["/plain", "/secret"]}),  # [M] the whole call
        ("GetParametersByPath", {"Path": "/"}),
        ("GetParameterHistory", {"Name": "/secret"}),
    ):
        assert invalid_key(raw.call(operation, {**members, "WithDecryption": True})) == words
        assert raw.call(operation, members).status == 200
    put = {"Name": "/secret", "Value": "new", "Overwrite": True}
    assert invalid_key(raw.call("PutParameter", put)) == words
    assert [each["Version"] for each in secret.describe_parameters()["Parameters"]] == [1, 1]

    assert raw.call("PutParameter", {**put, "Type": "String"}).json["Version"] == 2
    assert raw.call("GetParameter", {"Name": "/secret", "WithDecryption": True}).json["Parameter"]["Value"] == "new"
    elsewhere = client_for(server, keys, region="eu-west-1")
    elsewhere.put_parameter(Name="/secret", Value="there", Type="SecureString")  # another Region, another key
    storage.change(server, "UPDATE kms_key SET state = 'Enabled' WHERE id = $1", key_id)
    assert raw.call("GetParameter", {"Name": "/secret:1", "WithDecryption": True}).json["Parameter"]["Value"] == SECRET
    storage.change(server, "UPDATE kms_key SET state = $2 WHERE id = $1", key_id, state)
    assert raw.call("DeleteParameter", {"Name": "/secret"}).json == {}
