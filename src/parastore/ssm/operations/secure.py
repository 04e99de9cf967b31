"""Values in the clear: what a read answers with, and KMS's part in it.

A SecureString's content is the blob that KMS made under the encryption context `PARAMETER_ARN`; an advanced one's is an
envelope (`rules.envelope`) around a data key of KMS's. KMS is called as the caller; what it refuses reaches an SSM
client as InvalidKeyId with KMS's words and AWS's suffix.
"""

from __future__ import annotations

import base64

import msgspec

from parastore.context import Call, SealedValue, SecretValue
from parastore.errors import AccessDeniedException, ServiceError
from parastore.ssm.errors import InvalidKeyId
from parastore.ssm.rules import envelope
from parastore.ssm.rules.names import parameter_arn
from parastore.ssm.rules.versions import Reading, Version

_KEY_ERRORS = ("NotFoundException", "DisabledException", "KMSInvalidStateException", "InvalidKeyUsageException")


async def encrypted(version: Version, call: Call) -> Version:
    """The version with its plain content encrypted under its key. Raises InvalidKeyId, AccessDeniedException."""
    context = {"PARAMETER_ARN": parameter_arn(call.account, call.region, version.path)}
    try:
        if version.tier == "Advanced":
            content = await _enveloped(version, context, call)
        else:
            answer = await call.call(
                "kms:Encrypt", key_id=version.key_id, plaintext=version.content, encryption_context=context
            )
            content = answer.ciphertext_blob
    except ServiceError as error:
        raise _as_ssm(error, call) from error
    return msgspec.structs.replace(version, content=content)


async def _enveloped(version: Version, context: dict[str, str], call: Call) -> bytes:
    signer = envelope.Signer()
    context |= {envelope.PUBLIC_KEY: signer.public_key}
    answer = await call.call(
        "kms:GenerateDataKey", key_id=version.key_id, key_spec="AES_256", encryption_context=context
    )
    return envelope.seal(version.content, answer.plaintext, answer.ciphertext_blob, answer.key_id, context, signer)


def shown(version: Reading | Version) -> SecretValue:
    """The value an answer carries without KMS: text, or a SecureString's ciphertext in base64."""
    content = base64.b64encode(version.content) if version.type == "SecureString" else version.content
    return SecretValue(content.decode())


async def decrypted(version: Reading | Version, call: Call, account: str) -> SecretValue:
    """The value of a SecureString of an account. Raises InvalidKeyId, AccessDeniedException.

    Whoever was given a parameter of another account needs that account's key as well; the key that AWS manages for an
    account serves no other.
    """
    arn = parameter_arn(account, call.region, version.path)
    if envelope.is_message(version.content):
        return await _opened(version.content, arn, call)
    try:
        answer = await call.call(
            "kms:Decrypt", ciphertext_blob=version.content, encryption_context={"PARAMETER_ARN": arn}
        )
    except ServiceError as error:
        raise _as_ssm(error, call) from error
    opening = call.steps[-1].opening if call.steps else None
    return SecretValue(answer.plaintext.decode()) if opening is None else SealedValue(opening)


async def _opened(content: bytes, arn: str, call: Call) -> SecretValue:
    message = envelope.read(content)
    if message.context.get("PARAMETER_ARN") != arn:
        raise envelope.EnvelopeError(f"made for another parameter than {arn}")
    try:
        answer = await call.call("kms:Decrypt", ciphertext_blob=message.data_key, encryption_context=message.context)
    except ServiceError as error:
        raise _as_ssm(error, call) from error
    value = SecretValue(envelope.unseal(content, message, answer.plaintext).decode())
    opening = call.steps[-1].opening if call.steps else None
    if opening is None:
        return value
    return SealedValue(lambda: envelope.unseal(content, message, opening()))


def key_refused(call: Call) -> AccessDeniedException:
    """What an SSM client sees when it may not use the key."""
    return AccessDeniedException(
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are"
        f" not allowed to access. {_suffix('AccessDeniedException', call)}"
    )


def _as_ssm(error: ServiceError, call: Call) -> ServiceError:
    if error.code == "AccessDeniedException":
        return key_refused(call)
    if error.code in _KEY_ERRORS:
        return InvalidKeyId(f"{error.message} {_suffix(error.code, call)}")
    return error


def _suffix(code: str, call: Call) -> str:
    return f"(Service: AWSKMS; Status Code: 400; Error Code: {code}; Request ID: {call.request_id}; Proxy: null)"
