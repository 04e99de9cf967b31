"""What each state of a key allows: the developer guide's table, row by row, on a running server."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk.boto3.importing import wrapped

from parastore.testing.server import Keys, Server

OK, D, S, U = "ok", "DisabledException", "KMSInvalidStateException", "UnsupportedOperationException"
STATES = ("Enabled", "Disabled", "PendingDeletion", "PendingImport")
GRANTEE = "arn:aws:iam::111122223333:root"

# Operation, its members besides the key, and what it answers in each state.
MATRIX: dict[str, tuple[dict[str, Any], tuple[str, str, str, str]]] = {
    "encrypt": ({"Plaintext": b"v"}, (OK, D, S, S)),
    "generate_data_key": ({"KeySpec": "AES_256"}, (OK, D, S, S)),
    "generate_data_key_without_plaintext": ({"NumberOfBytes": 16}, (OK, D, S, S)),
    "create_grant": ({"GranteePrincipal": GRANTEE, "Operations": ["Encrypt"]}, (OK, D, S, S)),
    "describe_key": ({}, (OK, OK, OK, OK)),
    "get_key_policy": ({"PolicyName": "default"}, (OK, OK, OK, OK)),
    "list_key_policies": ({}, (OK, OK, OK, OK)),
    "list_aliases": ({}, (OK, OK, OK, OK)),
    "list_grants": ({}, (OK, OK, OK, OK)),
    "list_resource_tags": ({}, (OK, OK, OK, OK)),
    "tag_resource": ({"Tags": [{"TagKey": "a", "TagValue": "b"}]}, (OK, OK, S, OK)),
    "untag_resource": ({"TagKeys": ["a"]}, (OK, OK, S, OK)),
    "update_key_description": ({"Description": "new"}, (OK, OK, S, OK)),
    "enable_key": ({}, (OK, OK, S, S)),
    "disable_key": ({}, (OK, OK, S, S)),
    "enable_key_rotation": ({}, (OK, D, S, U)),
    "disable_key_rotation": ({}, (OK, D, S, U)),
    "get_key_rotation_status": ({}, (OK, OK, OK, U)),
    "rotate_key_on_demand": ({}, (OK, D, S, U)),
    "schedule_key_deletion": ({}, (OK, OK, S, OK)),
    "cancel_key_deletion": ({}, (S, S, OK, S)),
}


@pytest.fixture(scope="module")
def account(shared_server: Server) -> Keys:
    return shared_server.new_account()


@pytest.fixture
def kms(shared_server: Server, account: Keys, client_for: ClientFactory) -> Client:
    return client_for(shared_server, account, service="kms")


def key_in(kms: Client, state: str) -> str:
    made = kms.create_key(Origin="EXTERNAL" if state == "PendingImport" else "AWS_KMS")
    key_id: str = made["KeyMetadata"]["KeyId"]
    if state == "Disabled":
        kms.disable_key(KeyId=key_id)
    if state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=key_id)
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == state
    return key_id


def outcome(call: Any, **members: Any) -> str:
    try:
        call(**members)
    except ClientError as error:
        code: str = error.response["Error"]["Code"]
        return code
    return OK


@pytest.mark.parametrize("state", STATES)
def test_what_a_state_allows(kms: Client, state: str) -> None:
    for operation, (members, answers) in MATRIX.items():
        key_id = key_in(kms, state)
        assert outcome(getattr(kms, operation), KeyId=key_id, **members) == answers[STATES.index(state)], operation


@pytest.mark.parametrize(("state", "answer"), [("Enabled", OK), ("Disabled", D), ("PendingDeletion", S)])
def test_what_was_encrypted_before(kms: Client, state: str, answer: str) -> None:
    key_id, other = key_in(kms, "Enabled"), key_in(kms, "Enabled")
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"v")["CiphertextBlob"]
    if state == "Disabled":
        kms.disable_key(KeyId=key_id)
    elif state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=key_id)

    assert outcome(kms.decrypt, CiphertextBlob=blob) == answer
    assert outcome(kms.re_encrypt, CiphertextBlob=blob, DestinationKeyId=other) == answer
    another = kms.encrypt(KeyId=other, Plaintext=b"v")["CiphertextBlob"]
    assert outcome(kms.re_encrypt, CiphertextBlob=another, DestinationKeyId=key_id) == answer


@pytest.mark.parametrize(("state", "create", "update_to", "update_from"), [
    ("Enabled", OK, OK, OK),
    ("Disabled", OK, OK, OK),
    ("PendingDeletion", S, S, OK),
    ("PendingImport", OK, OK, OK),
])  # fmt: skip
def test_aliases(kms: Client, state: str, create: str, update_to: str, update_from: str) -> None:
    key_id, enabled = key_in(kms, state), key_in(kms, "Enabled")
    name = f"alias/{key_id}"
    assert outcome(kms.create_alias, AliasName=name, TargetKeyId=key_id) == create
    kms.create_alias(AliasName=f"{name}-2", TargetKeyId=enabled)
    assert outcome(kms.update_alias, AliasName=f"{name}-2", TargetKeyId=key_id) == update_to
    moved = "alias/moved-" + key_id
    fresh = key_in(kms, "PendingImport" if state == "PendingImport" else "Enabled")
    kms.create_alias(AliasName=moved, TargetKeyId=fresh)
    if state == "Disabled":
        kms.disable_key(KeyId=fresh)
    elif state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=fresh)
    assert outcome(kms.update_alias, AliasName=moved, TargetKeyId=enabled) == update_from
    assert outcome(kms.delete_alias, AliasName=moved) == OK


@pytest.mark.parametrize(("state", "answer"), [("Enabled", OK), ("Disabled", D), ("PendingDeletion", S)])
def test_macs(kms: Client, state: str, answer: str) -> None:
    key_id = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    members = {"KeyId": key_id, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
    mac = kms.generate_mac(**members)["Mac"]
    if state == "Disabled":
        kms.disable_key(KeyId=key_id)
    elif state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=key_id)
    assert outcome(kms.generate_mac, **members) == answer
    assert outcome(kms.verify_mac, Mac=mac, **members) == answer


def test_rotation_is_asked_of_the_kind_before_the_state(kms: Client) -> None:
    """[D] a disabled key answers, one of external material never does, whatever state it is in."""
    external = key_in(kms, "PendingImport")
    kms.import_key_material(**wrapped(kms, external, bytes(32)), ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert outcome(kms.get_key_rotation_status, KeyId=external) == U
    kms.disable_key(KeyId=external)
    assert outcome(kms.get_key_rotation_status, KeyId=external) == U


def test_a_cancelled_deletion_leaves_the_key_disabled(kms: Client) -> None:
    key_id = key_in(kms, "PendingDeletion")
    kms.cancel_key_deletion(KeyId=key_id)
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"], "DeletionDate" in shown) == ("Disabled", False, False)
    kms.enable_key(KeyId=key_id)
    assert outcome(kms.encrypt, KeyId=key_id, Plaintext=b"v") == OK


def test_unsupported_operations_answer_as_such(kms: Client) -> None:
    key_id = key_in(kms, "Enabled")
    with pytest.raises(ClientError, match="key usage is ENCRYPT_DECRYPT which is not valid for Sign") as refused:
        kms.sign(KeyId=key_id, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    assert refused.value.response["Error"]["Code"] == "InvalidKeyUsageException"
    assert outcome(kms.get_public_key, KeyId=key_id) == U
    assert outcome(kms.generate_data_key_pair, KeyId=key_id, KeyPairSpec="RSA_2048") == U
    assert outcome(kms.describe_custom_key_stores) == U
    assert outcome(kms.create_key, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY") == U
    assert outcome(kms.create_key, MultiRegion=True) == U
