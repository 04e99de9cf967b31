"""Requests and answers of keys themselves."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from parastore.kms.shapes.tags import Tag
from parastore.kms.shapes.terms import (
    CustomerMasterKeySpec,
    EncryptionAlgorithm,
    ExpirationModel,
    GrantTokens,
    KeyId,
    KeySpec,
    KeyState,
    KeyUsage,
    Limit,
    MacAlgorithm,
    Marker,
    Origin,
    Policy,
    SigningAlgorithm,
)
from parastore.shapes import Integer, Shape, Timestamp, items, number, text


class CreateKeyRequest(Shape, kw_only=True):
    """`key_spec` and `customer_master_key_spec` are the same; a policy is at most 32 KiB."""

    policy: Policy | None = None
    description: Annotated[str, text(0, 8192)] | None = None
    key_usage: KeyUsage | None = None
    customer_master_key_spec: CustomerMasterKeySpec | None = None
    key_spec: KeySpec | None = None
    origin: Origin | None = None
    custom_key_store_id: Annotated[str, text(1, 64)] | None = None
    bypass_policy_lockout_safety_check: bool | None = None
    tags: list[Tag] | None = None
    multi_region: bool | None = None
    xks_key_id: Annotated[str, text(1, 128, r"^[a-zA-Z0-9-_.]+$")] | None = None


class MultiRegionKey(Shape, kw_only=True):
    """One Region of a multi-Region key."""

    arn: str | None = None
    region: str | None = None


class MultiRegionConfiguration(Shape, kw_only=True):
    """Of multi-Region keys, which are not supported."""

    multi_region_key_type: Literal["PRIMARY", "REPLICA"] | None = None
    primary_key: MultiRegionKey | None = None
    replica_keys: list[MultiRegionKey] | None = None


class XksKeyConfigurationType(Shape, kw_only=True):
    """Of external key stores, which are not supported."""

    id: str | None = None


class KeyMetadata(Shape, kw_only=True):
    """A key as DescribeKey shows it; `key_id` is the bare id."""

    aws_account_id: str = msgspec.field(name="AWSAccountId")
    arn: str
    cloud_hsm_cluster_id: str | None = None
    creation_date: Timestamp
    current_key_material_id: str | None = None
    custom_key_store_id: str | None = None
    customer_master_key_spec: CustomerMasterKeySpec
    deletion_date: Timestamp | None = None
    description: str
    enabled: bool
    encapsulation_algorithms: list[Literal["ML_KEM"]] | None = None
    encryption_algorithms: list[EncryptionAlgorithm] | None = None
    expiration_model: ExpirationModel | None = None
    key_agreement_algorithms: list[Literal["ECDH"]] | None = None
    key_id: str
    key_manager: Literal["AWS", "CUSTOMER"]
    key_spec: KeySpec
    key_state: KeyState
    key_usage: KeyUsage
    mac_algorithms: list[MacAlgorithm] | None = None
    multi_region: bool
    multi_region_configuration: MultiRegionConfiguration | None = None
    origin: Origin
    pending_deletion_window_in_days: Integer | None = None
    signing_algorithms: list[SigningAlgorithm] | None = None
    valid_to: Timestamp | None = None
    xks_key_configuration: XksKeyConfigurationType | None = None


class CreateKeyResponse(Shape, kw_only=True):
    """The new key."""

    key_metadata: KeyMetadata


class DescribeKeyRequest(Shape, kw_only=True):
    """`key_id` may be an alias."""

    key_id: KeyId
    grant_tokens: GrantTokens | None = None


class DescribeKeyResponse(Shape, kw_only=True):
    """The key."""

    key_metadata: KeyMetadata


class ListKeysRequest(Shape, kw_only=True):
    """`limit` is 100 by default."""

    limit: Limit | None = None
    marker: Marker | None = None
    resource_owners: Annotated[list[Literal["SELF", "OTHER_ACCOUNTS_VIA_RAM"]], items(1, 2)] | None = None


class KeyListEntry(Shape, kw_only=True):
    """One key."""

    key_arn: str
    key_id: str


class ListKeysResponse(Shape, kw_only=True):
    """`next_marker` only when `truncated`."""

    keys: list[KeyListEntry]
    next_marker: str | None = None
    truncated: bool


class UpdateKeyDescriptionRequest(Shape, kw_only=True):
    """Replaces the description."""

    key_id: KeyId
    description: Annotated[str, text(0, 8192)]


class EnableKeyRequest(Shape, kw_only=True):
    """Back from Disabled."""

    key_id: KeyId


class DisableKeyRequest(Shape, kw_only=True):
    """Until it is enabled again."""

    key_id: KeyId


class ScheduleKeyDeletionRequest(Shape, kw_only=True):
    """7 to 30 days, by default 30."""

    key_id: KeyId
    pending_window_in_days: Annotated[int, number(1, 365)] | None = None


class ScheduleKeyDeletionResponse(Shape, kw_only=True):
    """`key_id` is the ARN."""

    deletion_date: Timestamp
    key_id: str
    key_state: KeyState
    pending_window_in_days: Integer


class CancelKeyDeletionRequest(Shape, kw_only=True):
    """The key is Disabled after it."""

    key_id: KeyId


class CancelKeyDeletionResponse(Shape, kw_only=True):
    """`key_id` is the ARN."""

    key_id: str
