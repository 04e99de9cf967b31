"""When keys get new material."""

from __future__ import annotations

from parastore.kms.errors import LimitExceededException, UnsupportedOperationException
from parastore.kms.rules.keys import DAY, TO_ROTATE, Key, check_state

DEFAULT_DAYS = 365
MOST_ON_DEMAND = 25  # in a key's life


def check_kind(key: Key) -> None:
    """Raise unless keys of this kind rotate: UnsupportedOperationException, without a text for HMAC keys."""
    if key.spec != "SYMMETRIC_DEFAULT":
        raise UnsupportedOperationException
    if key.origin != "AWS_KMS":
        raise UnsupportedOperationException(f"{key.arn} origin is {key.origin} which is not valid for this operation.")


def check_rotatable(key: Key) -> None:
    """Raise unless the key rotates, and may now: UnsupportedOperationException and the errors of its state."""
    check_kind(key)
    check_state(key, TO_ROTATE)


def enabled(key: Key, days: int | None, now: int) -> Key:
    """The key with automatic rotation; without a period it keeps the one it had. The new period starts now."""
    period = days or key.rotation_days or DEFAULT_DAYS
    if key.rotates_at is not None and period == key.rotation_days:
        return key
    return key._replace(rotation_days=period, rotates_at=now + period * DAY)


def after_rotation(key: Key, material_id: str, rotation: str, now: int) -> Key:
    """The key with its new material. Rotation on demand leaves the date of the automatic one as it is."""
    if rotation == "ON_DEMAND" or key.rotation_days is None:
        return key._replace(material_id=material_id)
    return key._replace(material_id=material_id, rotates_at=now + key.rotation_days * DAY)


def check_on_demand(key: Key, already: int) -> None:
    """Raise LimitExceededException when the key has been rotated on demand as often as it may."""
    if already >= MOST_ON_DEMAND:
        raise LimitExceededException(
            "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be"
            f" performed for this key: {key.arn}"
        )
