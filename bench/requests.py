"""What is asked: whole HTTP requests, signed beforehand, so that the driver spends nothing on them."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Sequence
from typing import Any

from parastore.sigv4.sign import Key, sign
from parastore.testing.server import Keys

KEYS = Keys("123456789012", "AKIABENCHBENCHBENCHA", "benchbenchbenchbenchbenchbenchbenchbench")
SECRETS = 100
ALIAS = "alias/bench"
CONTEXT = {"app": "bench"}
_KMS = {"CreateKey", "CreateAlias", "Encrypt", "Decrypt", "GenerateDataKey"}
_WRITTEN = 500
_SAMPLE = 2000  # requests of one kind; more would only measure the driver's memory


def name_of(number: int) -> str:
    """Parameters lie ten to a path: `/bench/app12/key3`."""
    return f"/bench/app{number // 10}/key{number % 10}"


def kinds(parameters: int, blobs: Sequence[str]) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """The measured requests by their title in the report: operations with their members, in random order.

    `blobs` are ciphertexts that the server gave, in base64.
    """
    chance = random.Random(4583)
    numbers = [chance.randrange(parameters) for _ in range(_SAMPLE)]
    return {
        "GetParameter, String": [("GetParameter", {"Name": name_of(number)}) for number in numbers],
        "GetParameter, SecureString decrypted": [
            ("GetParameter", {"Name": f"/secret/s{number % SECRETS}", "WithDecryption": True}) for number in numbers
        ],
        "GetParametersByPath of ten": [
            ("GetParametersByPath", {"Path": f"/bench/app{number // 10}"}) for number in numbers
        ],
        "PutParameter, durable": [
            (
                "PutParameter",
                {"Name": f"/put/p{number % _WRITTEN}", "Value": f"v{number}", "Type": "String", "Overwrite": True},
            )
            for number in numbers
        ],
        "KMS Encrypt": [("Encrypt", members_of_encrypt(number)) for number in numbers],
        "KMS Decrypt": [
            ("Decrypt", {"CiphertextBlob": blobs[number % len(blobs)], "EncryptionContext": CONTEXT})
            for number in numbers
        ],
        "KMS GenerateDataKey": [
            ("GenerateDataKey", {"KeyId": ALIAS, "KeySpec": "AES_256", "EncryptionContext": CONTEXT}) for _ in numbers
        ],
    }


def members_of_encrypt(number: int) -> dict[str, Any]:
    """A secret of some bytes, under the bench's key."""
    plaintext = base64.b64encode(f"s3cr3t-{number}".encode()).decode()
    return {"KeyId": ALIAS, "Plaintext": plaintext, "EncryptionContext": CONTEXT}


def secrets_to_make() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("PutParameter", {"Name": f"/secret/s{number}", "Value": f"s3cr3t-{number}", "Type": "SecureString"})
        for number in range(SECRETS)
    ]


def parameters_to_make(count: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("PutParameter", {"Name": name_of(number), "Value": f"value-{number}", "Type": "String"})
        for number in range(count)
    ]


def raw(operation: str, members: dict[str, Any], port: int, keys: Keys = KEYS) -> bytes:
    """One request as it goes over the wire, signed for now (and so good for five minutes)."""
    body = json.dumps(members).encode()
    service, target = ("kms", "TrentService") if operation in _KMS else ("ssm", "AmazonSSM")
    headers = {
        b"host": f"127.0.0.1:{port}".encode(),
        b"content-type": b"application/x-amz-json-1.1",
        b"x-amz-target": f"{target}.{operation}".encode(),
    }
    # What boto3 sends beside what it signs.
    unsigned = {
        b"accept-encoding": b"identity",
        b"user-agent": b"Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11.7",
        b"amz-sdk-invocation-id": b"6f1b4c3e-0c5e-4f6a-9a53-2d9e8b7c6a51",
        b"amz-sdk-request": b"attempt=1",
        b"content-length": str(len(body)).encode(),
    }
    signed = sign(
        Key(keys.access_key_id, keys.secret_access_key),
        "POST",
        b"/",
        b"",
        headers,
        body,
        region="us-east-1",
        service=service,
        now=time.time(),
    )
    lines = [name + b": " + value for name, value in (signed | unsigned).items()]
    return b"POST / HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body
