"""Requests and answers of MACs."""

from __future__ import annotations

from parastore.kms.shapes.terms import Ciphertext, GrantTokens, KeyId, MacAlgorithm, Plaintext
from parastore.shapes import Shape


class GenerateMacRequest(Shape, kw_only=True):
    """`message` is at most 4096 bytes; the algorithm is the one of the key's spec."""

    message: Plaintext
    key_id: KeyId
    mac_algorithm: MacAlgorithm
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None


class GenerateMacResponse(Shape, kw_only=True):
    """The MAC."""

    key_id: str
    mac: bytes
    mac_algorithm: MacAlgorithm


class VerifyMacRequest(Shape, kw_only=True):
    """`mac` is compared in constant time."""

    message: Plaintext
    key_id: KeyId
    mac_algorithm: MacAlgorithm
    mac: Ciphertext
    grant_tokens: GrantTokens | None = None
    dry_run: bool | None = None


class VerifyMacResponse(Shape, kw_only=True):
    """Only ever true: a MAC that does not fit is an error."""

    key_id: str
    mac_algorithm: MacAlgorithm
    mac_valid: bool
