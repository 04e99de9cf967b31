"""Envelopes: read by the AWS Encryption SDK, and reading what it writes; and whatever is altered does not open."""

from __future__ import annotations

import base64
import os
from typing import Any

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy
from aws_encryption_sdk.key_providers.base import MasterKey, MasterKeyConfig
from aws_encryption_sdk.structures import DataKey, EncryptedDataKey, MasterKeyInfo

from parastore.ssm.rules import envelope

KEY = bytes(range(32))
WRAPPED = b"the data key as KMS encrypted it"
ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CONTEXT = {"PARAMETER_ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"}
SIZES = [1, 15, 16, 4095, 4096, 4097, 8192]


class _Config(MasterKeyConfig):  # type: ignore[misc]
    provider_id = "aws-kms"

    def __init__(self) -> None:
        super().__init__(key_id=ARN.encode())


class TheKey(MasterKey):  # type: ignore[misc]
    """KMS as the SDK sees it, with one data key."""

    provider_id = "aws-kms"
    _config_class = _Config

    def _generate_data_key(self, algorithm: Any, encryption_context: Any) -> DataKey:
        return DataKey(self.key_provider, KEY, WRAPPED)

    def _encrypt_data_key(self, data_key: Any, algorithm: Any, encryption_context: Any) -> EncryptedDataKey:
        return EncryptedDataKey(self.key_provider, WRAPPED)

    def _decrypt_data_key(self, encrypted_data_key: Any, algorithm: Any, encryption_context: Any) -> DataKey:
        assert encrypted_data_key.encrypted_data_key == WRAPPED
        assert encrypted_data_key.key_provider == MasterKeyInfo("aws-kms", ARN.encode())
        return DataKey(self.key_provider, KEY, WRAPPED)


@pytest.fixture(scope="module")
def sdk() -> aws_encryption_sdk.EncryptionSDKClient:
    return aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)


def sealed(text: bytes) -> bytes:
    signer = envelope.Signer()
    context = CONTEXT | {envelope.PUBLIC_KEY: signer.public_key}
    return envelope.seal(text, KEY, WRAPPED, ARN, context, signer)


def opened(content: bytes) -> bytes:
    return envelope.unseal(content, envelope.read(content), KEY)


@pytest.mark.parametrize("size", SIZES)
def test_the_sdk_reads_ours(sdk: aws_encryption_sdk.EncryptionSDKClient, size: int) -> None:
    text = os.urandom(size)
    plaintext, header = sdk.decrypt(source=sealed(text), key_provider=TheKey(config=_Config()))
    assert plaintext == text
    assert header.algorithm is Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384
    assert header.encryption_context["PARAMETER_ARN"] == CONTEXT["PARAMETER_ARN"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("frame", [1024, 4096])
def test_we_read_the_sdk_s(sdk: aws_encryption_sdk.EncryptionSDKClient, size: int, frame: int) -> None:
    text = os.urandom(size)
    content, _ = sdk.encrypt(
        source=text,
        key_provider=TheKey(config=_Config()),
        encryption_context=CONTEXT,
        algorithm=Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
        frame_length=frame,
    )
    assert envelope.is_message(content)
    message = envelope.read(content)
    assert message.data_key == WRAPPED
    assert message.context["PARAMETER_ARN"] == CONTEXT["PARAMETER_ARN"]
    assert envelope.unseal(content, message, KEY) == text


def test_a_message_begins_as_aws_s_do() -> None:
    assert base64.b64encode(sealed(b"v")).startswith(b"AYAD")


def test_any_flipped_byte_is_noticed() -> None:
    content = sealed(b"secret")
    for at in range(len(content)):
        altered = bytearray(content)
        altered[at] ^= 1
        try:
            message = envelope.read(bytes(altered))
            # What names the data key is KMS's to notice; it is under the signature and the header's tag too.
            envelope.unseal(bytes(altered), message, KEY)
        except envelope.EnvelopeError:
            continue
        pytest.fail(f"byte {at} may be altered")


@pytest.mark.parametrize("size", range(0, 480, 7))
def test_what_is_cut_short_does_not_open(size: int) -> None:
    content = sealed(b"secret")
    assert size < len(content)
    with pytest.raises(envelope.EnvelopeError):
        opened(content[:size])


def test_nothing_may_follow() -> None:
    with pytest.raises(envelope.EnvelopeError):
        opened(sealed(b"secret") + b"x")


def test_another_key_does_not_open() -> None:
    content = sealed(b"secret")
    with pytest.raises(envelope.EnvelopeError):
        envelope.unseal(content, envelope.read(content), bytes(32))


def test_frames_may_not_change_places() -> None:
    content = sealed(b"a" * 4096 + b"b" * 4096 + b"c")
    body = envelope.read(content).body + 28
    size = 4 + 12 + 4096 + 16
    one, two = content[body : body + size], content[body + size : body + 2 * size]
    with pytest.raises(envelope.EnvelopeError):
        opened(content[:body] + two + one + content[body + 2 * size :])
