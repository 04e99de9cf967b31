"""The Secrets Manager that references are answered from: any endpoint that speaks its API, asked through boto3."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from parastore.errors import ValidationException
from parastore.ssm.rules.references import SecretNotFound, SecretReference

Find = Callable[[SecretReference, str], Awaitable[Mapping[str, Any]]]
_TIMEOUT = 5  # seconds to connect, and again to answer


class SecretsManager:
    """An endpoint, with the credentials of an AWS profile or of boto3's default chain."""

    def __init__(self, endpoint_url: str, profile: str | None) -> None:
        self._endpoint_url = endpoint_url
        self._profile = profile
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    async def find(self, reference: SecretReference, region: str) -> Mapping[str, Any]:
        """The answer of GetSecretValue. Raises SecretNotFound, ValidationException."""
        return await asyncio.to_thread(self._find, reference, region)

    def _find(self, reference: SecretReference, region: str) -> Mapping[str, Any]:
        # Loaded by whom needs it: boto3 takes 0.3 s and 30 MB.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            found: Mapping[str, Any] = self._client(region).get_secret_value(**reference.query)
            return found
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ResourceNotFoundException":
                raise SecretNotFound(reference) from None
            if code == "InvalidRequestException":
                raise ValidationException("Invalid Request to Secrets Manager") from None
        except BotoCoreError:
            pass
        # Raised here, so that the peer's words do not hang on the exception that is answered.
        raise DependencyFailed

    def _client(self, region: str) -> Any:
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        with self._lock:
            if region not in self._clients:
                self._clients[region] = boto3.Session(profile_name=self._profile).client(
                    "secretsmanager",
                    region_name=region,
                    endpoint_url=self._endpoint_url,
                    config=Config(connect_timeout=_TIMEOUT, read_timeout=_TIMEOUT, retries={"total_max_attempts": 2}),
                )
            return self._clients[region]


class DependencyFailed(ValidationException):
    """Secrets Manager refused the server, or is not there."""

    code = "ValidationException"

    def __init__(self) -> None:
        super().__init__("An error occurred while calling one AWS dependency service.")


_find: Find | None = None


def use(peer: Find | None) -> None:
    """Answer references by `SecretsManager.find`; without it no secret is ever found."""
    global _find  # noqa: PLW0603 - one for the process, set when it starts
    _find = peer


async def find(reference: SecretReference, region: str) -> Mapping[str, Any]:
    """The secret a reference names. Raises SecretNotFound, ValidationException, DependencyFailed."""
    if _find is None:
        raise SecretNotFound(reference)
    return await _find(reference, region)
