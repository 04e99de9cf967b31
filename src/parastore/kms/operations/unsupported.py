"""Operations of asymmetric keys and of key stores, which there are none of here: each answers as such a key would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from parastore.context import Call
from parastore.kms.errors import InvalidKeyUsageException, UnsupportedOperationException
from parastore.kms.operations.access import named
from parastore.shapes import Shape, text

# With a symmetric or an HMAC key, AWS says of these that its usage does not fit.
OTHER_USAGE = ("Decapsulate", "DeriveSharedSecret", "Encapsulate", "Sign", "Verify")
OF_KEYS = (
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GetKeyLastUsage",
    "GetPublicKey",
    "ReplicateKey",
    "UpdatePrimaryRegion",
)
OF_STORES = (
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "UpdateCustomKeyStore",
)


class KeyRequest(Shape, kw_only=True):
    """A request on a key, whatever else it says."""

    key_id: Annotated[str, text(1, 2048)]


class AnyRequest(Shape, kw_only=True):
    """A request, whatever it says."""


def of_key(operation: str) -> Callable[[Any, Call], Awaitable[None]]:
    """An operation that no key here can do."""

    async def run(request: KeyRequest, call: Call) -> None:
        key = await named(call, request.key_id, operation)
        if operation in OTHER_USAGE:
            raise InvalidKeyUsageException(f"{key.arn} key usage is {key.usage} which is not valid for {operation}.")
        raise UnsupportedOperationException(
            f"{operation} is not supported: only symmetric and HMAC keys of one Region."
        )

    return run


async def of_store(request: AnyRequest, call: Call) -> None:
    """An operation on custom key stores."""
    raise UnsupportedOperationException("Custom key stores are not supported.")
