"""AWS KMS holds the key that opens the root key, or anything that speaks its API: Encrypt once, Decrypt at each start.

The root key is bound to its id by the encryption context, which KMS authenticates and CloudTrail records. Who calls is
boto3's business: a profile, variables, or the machine's role.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, ClassVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from parastore.seal.provider import SIZE, Provider, RootKeyError, RootKeyUnavailable
from parastore.seal.secret import Secrets

# A sealed server asks again after a while, so that one that is down is to be found out soon.
_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1})
_WRONG = ("InvalidCiphertextException", "IncorrectKeyException")


class KmsProvider:
    """`key_id` is what KMS takes for one; the others are boto3's own, when they are not None."""

    name: ClassVar[str] = "kms"

    def __init__(
        self,
        secrets: Secrets,
        *,
        key_id: str,
        endpoint_url: str | None = None,
        region: str | None = None,
        profile: str | None = None,
    ) -> None:
        given = {"key_id": key_id, "endpoint_url": endpoint_url, "region": region, "profile": profile}
        self.parameters: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._key_id = key_id
        self._endpoint_url = endpoint_url
        self._region = region or _region_of(key_id)
        self._profile = profile

    def create(self, key_id: str) -> tuple[bytes, bytes]:
        """See Provider."""
        key = os.urandom(SIZE)
        answer = self._call("encrypt", KeyId=self._key_id, Plaintext=key, EncryptionContext=_context(key_id))
        return key, answer["CiphertextBlob"]

    def open(self, key_id: str, keeps: bytes) -> Iterator[bytes]:
        """See Provider."""
        answer = self._call("decrypt", KeyId=self._key_id, CiphertextBlob=keeps, EncryptionContext=_context(key_id))
        key: bytes = answer["Plaintext"]
        if len(key) != SIZE:
            raise RootKeyError(f"KMS gives {len(key)} bytes, which are no root key")
        yield key

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        try:
            session = boto3.Session(profile_name=self._profile, region_name=self._region)
            client = session.client("kms", endpoint_url=self._endpoint_url, config=_CONFIG)
            try:
                answer: dict[str, Any] = getattr(client, operation)(**members)
            finally:
                client.close()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _WRONG:
                raise RootKeyError(
                    f"KMS key {self._key_id} does not open the root key of this data ({code}): name the key it was made"
                    " with. To use another, `parastore root-key move --to kms`"
                ) from error
            raise RootKeyUnavailable(f"KMS does not {operation} with key {self._key_id}: {error}") from error
        except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no URL
            raise RootKeyUnavailable(f"KMS key {self._key_id} cannot be reached: {error}") from error
        return answer


def _region_of(key_id: str) -> str | None:
    parts = key_id.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) == 6 else None


def _context(key_id: str) -> dict[str, str]:
    return {"parastore:root-key": key_id}


PROVIDER: type[Provider] = KmsProvider
