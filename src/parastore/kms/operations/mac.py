"""GenerateMac and VerifyMac."""

from __future__ import annotations

import hmac

from parastore.context import Call
from parastore.kms.errors import DryRunOperationException, KMSInvalidMacException
from parastore.kms.operations.access import check_tokens, named
from parastore.kms.rules.keys import MAC, Key, check_algorithm, check_usable
from parastore.kms.shapes import GenerateMacRequest, GenerateMacResponse, VerifyMacRequest, VerifyMacResponse
from parastore.kms.store import materials


async def generate_mac(request: GenerateMacRequest, call: Call) -> GenerateMacResponse:
    """The HMAC of a message of up to 4096 bytes. Raises InvalidKeyUsageException and the errors of finding a key."""
    key = await _key(request, call, "GenerateMac")
    mac = await _mac(request, call, key)
    return GenerateMacResponse(key_id=key.arn, mac=mac, mac_algorithm=request.mac_algorithm)


async def verify_mac(request: VerifyMacRequest, call: Call) -> VerifyMacResponse:
    """Whether a MAC is that of the message. Raises KMSInvalidMacException, without a text, when it is not."""
    key = await _key(request, call, "VerifyMac")
    if not hmac.compare_digest(await _mac(request, call, key), request.mac):
        raise KMSInvalidMacException
    return VerifyMacResponse(key_id=key.arn, mac_algorithm=request.mac_algorithm, mac_valid=True)


async def _key(request: GenerateMacRequest | VerifyMacRequest, call: Call, operation: str) -> Key:
    key = await named(call, request.key_id, operation)
    await check_tokens(call, request.grant_tokens)
    check_usable(key, MAC, operation)
    check_algorithm(key, request.mac_algorithm)
    if request.dry_run:
        raise DryRunOperationException
    return key


async def _mac(request: GenerateMacRequest | VerifyMacRequest, call: Call, key: Key) -> bytes:
    current = await materials.open_of(call.tx, call.ring, key)
    digest = request.mac_algorithm.removeprefix("HMAC_").replace("_", "").lower()
    return hmac.digest(current.material, request.message, digest)
