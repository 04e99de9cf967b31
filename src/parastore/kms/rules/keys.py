"""What kinds of keys there are, and what each state of a key allows."""

from __future__ import annotations

from typing import NamedTuple

from parastore.errors import ValidationException
from parastore.kms.errors import (
    DisabledException,
    InvalidKeyUsageException,
    KMSInvalidStateException,
    UnsupportedOperationException,
)
from parastore.kms.rules.names import key_arn

ENCRYPT, MAC = "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC"
DEFAULT_WINDOW, SHORTEST_WINDOW, LONGEST_WINDOW = 30, 7, 30  # days until a scheduled deletion
DAY = 86_400_000  # milliseconds

# Bytes of material by spec: those that can be made here.
MATERIAL_SIZES = {"SYMMETRIC_DEFAULT": 32, "HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64}

_USAGES = {
    "SYMMETRIC_DEFAULT": (ENCRYPT,),
    "RSA": (ENCRYPT, "SIGN_VERIFY"),
    "HMAC": (MAC,),
    "ECC_NIST_P256": ("SIGN_VERIFY", "KEY_AGREEMENT"),
    "ECC_NIST_P384": ("SIGN_VERIFY", "KEY_AGREEMENT"),
    "ECC_NIST_P521": ("SIGN_VERIFY", "KEY_AGREEMENT"),
    "ECC": ("SIGN_VERIFY",),
    "SM2": (ENCRYPT, "SIGN_VERIFY", "KEY_AGREEMENT"),
    "ML_DSA": ("SIGN_VERIFY",),
    "ML_KEM": ("ENCAPSULATE_DECAPSULATE",),
}

_PENDING = {"PendingDeletion": "pending deletion", "PendingImport": "pending import"}

# States that refuse, by what is asked of the key (the developer guide's table "Key states of AWS KMS keys").
TO_USE = frozenset({"Disabled", "PendingDeletion", "PendingImport"})
TO_SWITCH = frozenset({"PendingDeletion", "PendingImport"})
TO_EDIT = frozenset({"PendingDeletion"})
TO_ROTATE = frozenset({"Disabled", "PendingDeletion"})
TO_LOOK: frozenset[str] = frozenset()


class Key(NamedTuple):
    """A key as stored. `material_id` names the material that encrypts now, empty while the key waits for an import.

    Times are milliseconds since the epoch; `policy` is None for the default one; `rotates_at` is None unless automatic
    rotation is on.
    """

    id: str
    account: str
    region: str
    manager: str
    state: str
    spec: str
    usage: str
    origin: str
    material_id: str
    description: str
    policy: str | None
    created_at: int
    deletion_at: int | None
    rotation_days: int | None
    rotates_at: int | None

    @property
    def arn(self) -> str:
        return key_arn(self.account, self.region, self.id)


def check_state(key: Key, refused: frozenset[str]) -> None:
    """Raise DisabledException or KMSInvalidStateException when the key is in one of these states."""
    if key.state not in refused:
        return
    if key.state == "Disabled":
        raise DisabledException(f"{key.arn} is disabled.")
    raise KMSInvalidStateException(f"{key.arn} is {_PENDING[key.state]}.")


def check_usable(key: Key, usage: str, operation: str) -> None:
    """Raise unless the key is for this and may be used: InvalidKeyUsageException and the errors of its state."""
    if key.usage != usage:
        raise InvalidKeyUsageException(f"{key.arn} key usage is {key.usage} which is not valid for {operation}.")
    if key.state != "Enabled":
        check_state(key, TO_USE)


def check_algorithm(key: Key, algorithm: str | None) -> None:
    """Raise InvalidKeyUsageException unless keys of this spec have the algorithm."""
    mine = key.spec if key.usage == ENCRYPT else key.spec.replace("HMAC_", "HMAC_SHA_")
    if algorithm is not None and algorithm != mine:
        raise InvalidKeyUsageException(f"Algorithm {algorithm} is incompatible with key spec {key.spec}.")


def kind_of(spec: str | None, legacy_spec: str | None, usage: str | None) -> tuple[str, str]:
    """The spec and usage a new key is to have. Raises ValidationException, UnsupportedOperationException."""
    if spec is not None and legacy_spec is not None:
        raise ValidationException("You cannot specify KeySpec and CustomerMasterKeySpec in the same request.")
    named = spec or legacy_spec or "SYMMETRIC_DEFAULT"
    allowed = next(usages for prefix, usages in _USAGES.items() if named.startswith(prefix))
    if usage is None and named != "SYMMETRIC_DEFAULT":
        raise ValidationException(
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
        )
    if usage is not None and usage not in allowed:
        raise ValidationException(f"KeyUsage {usage} is not compatible with KeySpec {named}")
    if named not in MATERIAL_SIZES:
        raise UnsupportedOperationException(f"Keys of KeySpec {named} are not supported: only symmetric and HMAC keys.")
    return named, usage or ENCRYPT


def deletion_moment(days: int | None, now: int) -> tuple[int, int]:
    """When a key goes that is scheduled for deletion now, and in how many days. Raises ValidationException."""
    window = DEFAULT_WINDOW if days is None else days
    if not SHORTEST_WINDOW <= window <= LONGEST_WINDOW:
        bound, relation = (SHORTEST_WINDOW, "greater") if window < SHORTEST_WINDOW else (LONGEST_WINDOW, "less")
        raise ValidationException(
            f"1 validation error detected: Value '{window}' at 'pendingWindowInDays' failed to satisfy constraint:"
            f" Member must have value {relation} than or equal to {bound}"
        )
    return now + window * DAY, window
