"""KeyMetadata: a key as CreateKey and DescribeKey show it."""

from __future__ import annotations

from typing import Any

from parastore.kms.rules.imports import EXPIRES, STAYS
from parastore.kms.rules.keys import MAC, Key
from parastore.kms.shapes import KeyMetadata
from parastore.shapes import seconds


def shown(key: Key, expires_at: int | None = None) -> KeyMetadata:
    """The key; `expires_at` is when its imported material goes."""
    members: dict[str, Any] = {
        "aws_account_id": key.account,
        "arn": key.arn,
        "creation_date": seconds(key.created_at),
        "customer_master_key_spec": key.spec,
        "description": key.description,
        "enabled": key.state == "Enabled",
        "key_id": key.id,
        "key_manager": key.manager,
        "key_spec": key.spec,
        "key_state": key.state,
        "key_usage": key.usage,
        "multi_region": False,
        "origin": key.origin,
    }
    has_material = bool(key.material_id) and key.state != "PendingImport"
    if key.usage == MAC:
        members["mac_algorithms"] = [key.spec.replace("HMAC_", "HMAC_SHA_")]
    else:
        members["encryption_algorithms"] = ["SYMMETRIC_DEFAULT"]
        if has_material:
            members["current_key_material_id"] = key.material_id
    if key.deletion_at is not None:
        members["deletion_date"] = seconds(key.deletion_at)
    if key.origin == "EXTERNAL" and has_material:
        members["expiration_model"] = STAYS if expires_at is None else EXPIRES
        if expires_at is not None:
            members["valid_to"] = seconds(expires_at)
    return KeyMetadata(**members)
