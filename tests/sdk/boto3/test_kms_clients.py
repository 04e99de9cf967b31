"""AWS's own clients of KMS: the Encryption SDK with its data key cache, the AWS CLI, and boto3's paginators."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import aws_encryption_sdk
import botocore.session
import pytest
from aws_encryption_sdk import CachingCryptoMaterialsManager, CommitmentPolicy, LocalCryptoMaterialsCache
from aws_encryption_sdk.exceptions import DecryptKeyError
from aws_encryption_sdk.key_providers.kms import StrictAwsKmsMasterKeyProvider
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk.cli.test_cli import Cli, cli

from parastore.testing.server import Keys, Server

__all__ = ["cli"]


@pytest.fixture
def kms(server: Server, keys: Keys, client_for: ClientFactory) -> Client:
    return client_for(server, keys, service="kms")


def provider(kms: Client, keys: Keys, server: Server, monkeypatch: pytest.MonkeyPatch, *arns: str) -> Any:
    """A master key provider as a program makes it: the server comes from the environment."""
    for name, value in {**keys.for_environment(), "AWS_ENDPOINT_URL_KMS": server.url}.items():
        monkeypatch.setenv(name, value)
    return StrictAwsKmsMasterKeyProvider(key_ids=list(arns), botocore_session=botocore.session.Session())


@pytest.mark.parametrize("policy", list(CommitmentPolicy))
def test_the_encryption_sdk(
    kms: Client, keys: Keys, server: Server, monkeypatch: pytest.MonkeyPatch, policy: CommitmentPolicy
) -> None:
    arn, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    both = provider(kms, keys, server, monkeypatch, arn, other)
    message, header = client.encrypt(source=b"x" * 100_000, key_provider=both, encryption_context={"team": "blue"})
    assert len(header.encrypted_data_keys) == 2
    for name in (arn, other):
        one = provider(kms, keys, server, monkeypatch, name)
        plaintext, opened = client.decrypt(source=message, key_provider=one)
        assert plaintext == b"x" * 100_000
        assert opened.encryption_context["team"] == "blue"
    kms.disable_key(KeyId=arn)
    with pytest.raises(DecryptKeyError):
        client.decrypt(source=message, key_provider=provider(kms, keys, server, monkeypatch, arn))


def test_with_a_cache_of_data_keys(kms: Client, keys: Keys, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    manager = CachingCryptoMaterialsManager(
        master_key_provider=provider(kms, keys, server, monkeypatch, arn),
        cache=LocalCryptoMaterialsCache(10),
        max_age=600.0,
        max_messages_encrypted=10,
    )
    client = aws_encryption_sdk.EncryptionSDKClient()
    first, _ = client.encrypt(source=b"one", materials_manager=manager)
    kms.disable_key(KeyId=arn)  # only a cached data key encrypts now
    second, _ = client.encrypt(source=b"two", materials_manager=manager)
    kms.enable_key(KeyId=arn)
    assert client.decrypt(source=second, materials_manager=manager)[0] == b"two"
    assert client.decrypt(source=first, key_provider=provider(kms, keys, server, monkeypatch, arn))[0] == b"one"


def test_the_command_line(cli: Cli, tmp_path: Path) -> None:
    """The developer guide's first steps."""
    arn = cli.aws("kms create-key --description app --tags TagKey=team,TagValue=blue")["KeyMetadata"]["Arn"]
    key_id = arn.rpartition("/")[2]
    cli.aws(f"kms create-alias --alias-name alias/app --target-key-id {key_id}")
    (tmp_path / "plain").write_bytes(b"\x00secret\xff")
    blob = cli.aws(f"kms encrypt --key-id alias/app --plaintext fileb://{tmp_path}/plain")["CiphertextBlob"]
    (tmp_path / "blob").write_bytes(base64.b64decode(blob))
    opened = cli.aws(f"kms decrypt --ciphertext-blob fileb://{tmp_path}/blob")
    assert base64.b64decode(opened["Plaintext"]) == b"\x00secret\xff"

    cli.ssm("put-parameter --name /app/db --type SecureString --value v --key-id alias/app")
    assert cli.ssm("get-parameter --name /app/db --with-decryption --query Parameter.Value") == "v"
    cli.aws(f"kms schedule-key-deletion --key-id {key_id} --pending-window-in-days 7")
    assert "InvalidKeyId" in cli.refusal("get-parameter --name /app/db --with-decryption")


def test_pages(kms: Client) -> None:
    made = sorted(kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(7))
    for number, key_id in enumerate(made):
        kms.create_alias(AliasName=f"alias/{number}", TargetKeyId=key_id)
    kms.tag_resource(KeyId=made[0], Tags=[{"TagKey": f"k{n}", "TagValue": "v"} for n in range(5)])
    for _ in range(4):
        kms.rotate_key_on_demand(KeyId=made[0])
    for number in range(5):
        kms.create_grant(
            KeyId=made[0], GranteePrincipal=f"arn:aws:iam::11112222333{number}:root", Operations=["Encrypt"]
        )
    for operation, members, result, count in (
        ("list_keys", {}, "Keys", 7),
        ("list_aliases", {}, "Aliases", 7),
        ("list_resource_tags", {"KeyId": made[0]}, "Tags", 5),
        ("list_key_rotations", {"KeyId": made[0]}, "Rotations", 4),
        ("list_grants", {"KeyId": made[0]}, "Grants", 5),
    ):
        pages = list(kms.get_paginator(operation).paginate(**members, PaginationConfig={"PageSize": 2}))
        assert [each["Truncated"] for each in pages] == [True] * (len(pages) - 1) + [False]
        assert len(pages) == -(-count // 2)
        found = [str(each) for page in pages for each in page[result]]
        assert len(set(found)) == count
        whole = getattr(kms, operation)(**members)
        assert found == [str(each) for each in whole[result]]
        assert "NextMarker" not in whole
        for marker in ("nonsense", "TGlzdCB4"):
            with pytest.raises(ClientError) as refused:
                getattr(kms, operation)(**members, Marker=marker)
            assert refused.value.response["Error"] == {"Code": "InvalidMarkerException", "Message": ""}


def test_aliases_that_are_refused(kms: Client, keys: Keys, server: Server) -> None:
    key = kms.create_key()["KeyMetadata"]
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    other = f"arn:aws:kms:us-east-1:{server.new_account().account}:key/{key['KeyId']}"
    for members, code, text in (
        ({"AliasName": "alias/mine"}, "AlreadyExistsException",
         f"An alias with the name arn:aws:kms:us-east-1:{keys.account}:alias/mine already exists"),
        ({"AliasName": "alias/aws/mine"}, "InvalidAliasNameException",
         "The alias name for a customer managed CMK cannot begin with alias/aws/."),
        ({"AliasName": "alias/a:b"}, "ValidationException", "alias/a:b contains invalid characters for an alias"),
        ({"AliasName": "alias/b", "TargetKeyId": "alias/mine"}, "ValidationException",
         "Aliases must refer to keys. Not aliases"),
        ({"AliasName": "alias/b", "TargetKeyId": other}, "ValidationException",
         "This operation cannot be called cross account."),
    ):  # fmt: skip
        with pytest.raises(ClientError) as refused:
            kms.create_alias(**{"TargetKeyId": key["KeyId"], **members})
        assert refused.value.response["Error"] == {"Code": code, "Message": text}
    with pytest.raises(ClientError, match="the keys must have the same"):
        kms.update_alias(AliasName="alias/mine", TargetKeyId=mac)
    with pytest.raises(ClientError, match="alias/none is not found"):
        kms.delete_alias(AliasName="alias/none")


def test_parameters_do_not_take_a_mac_key(kms: Client, ssm: Client) -> None:
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    with pytest.raises(ClientError, match="key usage is GENERATE_VERIFY_MAC") as refused:
        ssm.put_parameter(Name="/a", Value="v", Type="SecureString", KeyId=mac)
    assert refused.value.response["Error"]["Code"] == "InvalidKeyId"


def test_rotation_keeps_old_values_readable(kms: Client, ssm: Client) -> None:
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    for number in range(4):
        tier = "Advanced" if number % 2 else "Standard"
        ssm.put_parameter(Name=f"/{number}", Value=str(number), Type="SecureString", KeyId=key_id, Tier=tier)
        kms.rotate_key_on_demand(KeyId=key_id)
    found = ssm.get_parameters_by_path(Path="/", WithDecryption=True)["Parameters"]
    assert [each["Value"] for each in found] == ["0", "1", "2", "3"]
