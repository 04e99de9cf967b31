"""How access keys and accounts look."""

from __future__ import annotations

import re
import secrets
import string

_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_ALPHABET = string.ascii_letters + string.digits + "+/"


def new_access_key_id() -> str:
    """A long-term access key id: `AKIA` and 16 characters."""
    return "AKIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16))


def new_secret() -> str:
    """A secret access key: 40 characters, 240 bits."""
    return "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(40))


def new_account_id() -> str:
    """A 12-digit account id that does not begin with zero, which spreadsheets and YAML would eat."""
    return str(secrets.randbelow(900_000_000_000) + 100_000_000_000)


def is_account_id(text: str) -> bool:
    """Whether it is 12 digits."""
    return re.fullmatch(r"[0-9]{12}", text) is not None


def is_access_key_id(text: str) -> bool:
    """IAM's own limits for an access key id: 16 to 128 word characters."""
    return re.fullmatch(r"[A-Za-z0-9_]{16,128}", text) is not None


def root_arn(account: str) -> str:
    """The principal that the account itself is."""
    return f"arn:aws:iam::{account}:root"


def new_unique_id(prefix: str) -> str:
    """The unique id of an identity or policy: `AIDA` for users, `AGPA` groups, `AROA` roles, `ANPA` policies."""
    return prefix + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(17))


def size(document: str) -> int:
    """A policy's size as IAM counts it for its quotas: characters that are not white space."""
    return sum(not character.isspace() for character in document)


def new_temporary_key_id() -> str:
    """An access key id of temporary credentials: `ASIA` and 16 characters."""
    return "ASIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16))
