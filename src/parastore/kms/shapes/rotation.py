"""Requests and answers of rotation."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.kms.shapes.terms import ExpirationModel, KeyId, Limit, Marker
from parastore.shapes import Integer, Shape, Timestamp, number


class EnableKeyRotationRequest(Shape, kw_only=True):
    """90 to 2560 days; without a period an earlier one stays, at first 365."""

    key_id: KeyId
    rotation_period_in_days: Annotated[int, number(90, 2560)] | None = None


class DisableKeyRotationRequest(Shape, kw_only=True):
    """Only automatic rotation stops."""

    key_id: KeyId


class GetKeyRotationStatusRequest(Shape, kw_only=True):
    """Of a symmetric key."""

    key_id: KeyId


class GetKeyRotationStatusResponse(Shape, kw_only=True):
    """`key_id` is the ARN; the period and the next date only while rotation is enabled."""

    key_id: str
    key_rotation_enabled: bool
    next_rotation_date: Timestamp | None = None
    on_demand_rotation_start_date: Timestamp | None = None
    rotation_period_in_days: Integer | None = None


class RotateKeyOnDemandRequest(Shape, kw_only=True):
    """At most 25 times in a key's life."""

    key_id: KeyId


class RotateKeyOnDemandResponse(Shape, kw_only=True):
    """`key_id` is the ARN."""

    key_id: str


class ListKeyRotationsRequest(Shape, kw_only=True):
    """`ROTATIONS_ONLY` by default; `limit` is 100 by default."""

    key_id: KeyId
    include_key_material: Literal["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"] | None = None
    limit: Limit | None = None
    marker: Marker | None = None


class RotationsListEntry(Shape, kw_only=True):
    """One material and how the key came to it."""

    expiration_model: ExpirationModel | None = None
    import_state: Literal["IMPORTED", "PENDING_IMPORT"] | None = None
    key_id: str | None = None
    key_material_description: str | None = None
    key_material_id: str | None = None
    key_material_state: (
        Literal["NON_CURRENT", "CURRENT", "PENDING_ROTATION", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"] | None
    ) = None
    rotation_date: Timestamp | None = None
    rotation_type: Literal["AUTOMATIC", "ON_DEMAND"] | None = None
    valid_to: Timestamp | None = None


class ListKeyRotationsResponse(Shape, kw_only=True):
    """Newest first."""

    next_marker: str | None = None
    rotations: list[RotationsListEntry]
    truncated: bool
