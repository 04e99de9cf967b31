"""Grants: what one allows, and when two are the same."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

MOST_GRANTS = 50_000  # on one key
_SUBSET, _EQUALS = "EncryptionContextSubset", "EncryptionContextEquals"
# Operations without an encryption context are not limited by constraints on it (the developer guide, "Using grant
# constraints"): Decrypt and the like are, DescribeKey, CreateGrant and RetireGrant are not.
_WITH_CONTEXT = frozenset(
    {"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"}
)


class Grant(NamedTuple):
    """A grant on a key. `constraints` is None or maps a constraint's name to pairs of the encryption context."""

    id: str
    key_id: str
    issuer: str
    grantee: str
    retiree: str | None
    name: str | None
    operations: tuple[str, ...]
    constraints: Mapping[str, Mapping[str, str]] | None
    created_at: int

    def allows(self, principals: Container[str | None], operation: str, context: Mapping[str, str]) -> bool:
        """Whether it lets a caller, who is known by these ARNs, do the operation under this encryption context."""
        if self.grantee not in principals or operation not in self.operations:
            return False
        if not self.constraints or operation not in _WITH_CONTEXT:
            return True
        if (exactly := self.constraints.get(_EQUALS)) is not None:
            return dict(exactly) == dict(context)
        return self.constraints.get(_SUBSET, {}).items() <= context.items()


def new_grant_id() -> str:
    """A grant id: 64 hexadecimal digits."""
    return secrets.token_hex(32)


def token_of(grant_id: str) -> str:
    """The token of a grant. Grants hold at once here, so that a token only names its grant."""
    return base64.b64encode(b"\x01\x01\x02\x00\x78" + bytes.fromhex(grant_id)).decode()


def named_by(token: str) -> str | None:
    """The grant id in a token, or None when it is none."""
    try:
        raw = base64.b64decode(token, validate=True)
    except ValueError:
        return None
    return raw[5:].hex() if len(raw) == 37 and raw.startswith(b"\x01\x01\x02\x00\x78") else None


def same(given: Grant, present: Iterable[Grant]) -> Grant | None:
    """The grant of the same name that says the same, which is given back instead of a second one."""
    if given.name is None:
        return None
    return next((each for each in present if _content(each) == _content(given)), None)


def _content(grant: Grant) -> tuple[object, ...]:
    return (grant.name, grant.grantee, grant.retiree, frozenset(grant.operations), grant.constraints)
