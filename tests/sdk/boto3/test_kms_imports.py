"""Key material of one's own: every way to wrap it, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Client, ClientFactory
from tests.sdk.boto3.importing import wrapped

from parastore.testing.server import Keys, Server

STAYS = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}


@pytest.fixture
def kms(server: Server, keys: Keys, client_for: ClientFactory) -> Client:
    return client_for(server, keys, service="kms")


def waiting(kms: Client, **members: Any) -> str:
    key_id: str = kms.create_key(Origin="EXTERNAL", **members)["KeyMetadata"]["KeyId"]
    return key_id


def code(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**members)
    return str(refused.value.response["Error"]["Code"])


@pytest.mark.parametrize(("algorithm", "spec"), [
    ("RSAES_OAEP_SHA_1", "RSA_2048"),
    ("RSAES_OAEP_SHA_256", "RSA_3072"),
    ("RSA_AES_KEY_WRAP_SHA_1", "RSA_2048"),
    ("RSA_AES_KEY_WRAP_SHA_256", "RSA_4096"),
])  # fmt: skip
def test_every_way_to_wrap(kms: Client, algorithm: str, spec: str) -> None:
    key_id, material = waiting(kms), os.urandom(32)
    answer = kms.import_key_material(**wrapped(kms, key_id, material, algorithm, spec), **STAYS)
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["KeyState"], shown["Origin"]) == ("Enabled", "EXTERNAL")
    assert shown["ExpirationModel"] == STAYS["ExpirationModel"]
    assert answer["KeyMaterialId"] == shown["CurrentKeyMaterialId"]
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"v")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"v"


@pytest.mark.parametrize(("spec", "size"), [("HMAC_224", 28), ("HMAC_256", 32), ("HMAC_384", 48), ("HMAC_512", 64)])
def test_a_mac_of_known_material_is_that_of_others(kms: Client, spec: str, size: int) -> None:
    """The same key in Python's own hmac gives the same MAC."""
    key_id = waiting(kms, KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC")
    material, message = os.urandom(size), os.urandom(100)
    kms.import_key_material(**wrapped(kms, key_id, material, "RSA_AES_KEY_WRAP_SHA_256"), **STAYS)
    algorithm = spec.replace("HMAC_", "HMAC_SHA_")
    mac = kms.generate_mac(KeyId=key_id, Message=message, MacAlgorithm=algorithm)["Mac"]
    assert mac == hmac.new(material, message, getattr(hashlib, spec.replace("HMAC_", "sha"))).digest()
    verify = {"KeyId": key_id, "Message": message, "MacAlgorithm": algorithm}
    assert kms.verify_mac(Mac=mac, **verify)["MacValid"] is True
    for wrong in (mac[:-1], bytes([mac[0] ^ 1]) + mac[1:], mac + b"x"):
        assert code(kms.verify_mac, Mac=wrong, **verify) == "KMSInvalidMacException"


def test_only_the_same_material_comes_back(kms: Client) -> None:
    """[D]"""
    key_id, material = waiting(kms), os.urandom(32)
    kms.import_key_material(**wrapped(kms, key_id, material), **STAYS)
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"v")["CiphertextBlob"]
    kms.delete_imported_key_material(KeyId=key_id)
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "PendingImport"
    assert code(kms.decrypt, CiphertextBlob=blob) == "KMSInvalidStateException"
    other = wrapped(kms, key_id, os.urandom(32))
    assert code(kms.import_key_material, **other, **STAYS) == "IncorrectKeyMaterialException"
    kms.import_key_material(**wrapped(kms, key_id, material), **STAYS)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"v"


def test_what_is_refused(kms: Client) -> None:
    key_id, another, ours = waiting(kms), waiting(kms), kms.create_key()["KeyMetadata"]["KeyId"]
    good = wrapped(kms, key_id, os.urandom(32))
    token, encrypted = good["ImportToken"], good["EncryptedKeyMaterial"]
    flipped = bytes([token[0], token[1] ^ 1]) + token[2:]
    later = datetime.now(UTC) + timedelta(days=1)
    for members, expected in (
        ({**good, **STAYS, "KeyId": another}, "InvalidImportTokenException"),
        ({**good, **STAYS, "ImportToken": flipped}, "InvalidImportTokenException"),
        ({**good, **STAYS, "ImportToken": b"nonsense"}, "InvalidImportTokenException"),
        ({**good, **STAYS, "EncryptedKeyMaterial": encrypted[:-1]}, "InvalidCiphertextException"),
        ({**good, **STAYS, "EncryptedKeyMaterial": bytes(256)}, "InvalidCiphertextException"),
        ({**wrapped(kms, key_id, os.urandom(16)), **STAYS}, "IncorrectKeyMaterialException"),
        ({**good, **STAYS, "KeyId": ours}, "UnsupportedOperationException"),
        (good, "ValidationException"),  # no ValidTo
        ({**good, **STAYS, "ValidTo": later}, "ValidationException"),
        ({**good, "ValidTo": datetime.now(UTC) - timedelta(days=1)}, "ValidationException"),
        ({**good, "ValidTo": datetime.now(UTC) + timedelta(days=366)}, "ValidationException"),
    ):
        assert code(kms.import_key_material, **members) == expected
        assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "PendingImport"
    asking = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    assert code(kms.get_parameters_for_import, KeyId=ours, **asking) == "UnsupportedOperationException"
    old = {**asking, "WrappingAlgorithm": "RSAES_PKCS1_V1_5"}
    assert code(kms.get_parameters_for_import, KeyId=key_id, **old) == "UnsupportedOperationException"
