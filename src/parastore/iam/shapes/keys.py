"""Access keys of users, and of an account's root."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.context import SecretValue
from parastore.iam.shapes.terms import AccessKeyId, ExistingUserName, Marker
from parastore.shapes import Shape, Timestamp, number


class CreateAccessKeyRequest(Shape, kw_only=True):
    """Make an access key, by default for the caller."""

    user_name: ExistingUserName | None = None


class AccessKey(Shape, kw_only=True):
    """A new access key. Its secret is shown this once."""

    user_name: str | None = None
    access_key_id: str | None = None
    status: Literal["Active", "Inactive", "Expired"] | None = None
    secret_access_key: SecretValue | None = None
    create_date: Timestamp | None = None


class CreateAccessKeyResponse(Shape, kw_only=True):
    """What CreateAccessKey answers."""

    access_key: AccessKey | None = None


class ListAccessKeysRequest(Shape, kw_only=True):
    """List access keys, by default the caller's."""

    user_name: ExistingUserName | None = None
    marker: Marker | None = None
    max_items: Annotated[int, number(1, 1000)] | None = None


class AccessKeyMetadata(Shape, kw_only=True):
    """An access key without its secret."""

    user_name: str | None = None
    access_key_id: str | None = None
    status: Literal["Active", "Inactive", "Expired"] | None = None
    create_date: Timestamp | None = None


class ListAccessKeysResponse(Shape, kw_only=True):
    """What ListAccessKeys answers."""

    access_key_metadata: list[AccessKeyMetadata] | None = None
    is_truncated: bool | None = None
    marker: str | None = None


class UpdateAccessKeyRequest(Shape, kw_only=True):
    """Activate or deactivate an access key."""

    user_name: ExistingUserName | None = None
    access_key_id: AccessKeyId
    status: Literal["Active", "Inactive", "Expired"]


class UpdateAccessKeyResponse(Shape, kw_only=True):
    """What UpdateAccessKey answers."""


class DeleteAccessKeyRequest(Shape, kw_only=True):
    """Delete an access key."""

    user_name: ExistingUserName | None = None
    access_key_id: AccessKeyId


class DeleteAccessKeyResponse(Shape, kw_only=True):
    """What DeleteAccessKey answers."""


class GetAccessKeyLastUsedRequest(Shape, kw_only=True):
    """When a key was last used."""

    access_key_id: AccessKeyId


class AccessKeyLastUsed(Shape, kw_only=True):
    """When a key was last used, in which Region, for which service; N/A when never."""

    last_used_date: Timestamp | None = None
    service_name: str | None = None
    region: str | None = None


class GetAccessKeyLastUsedResponse(Shape, kw_only=True):
    """What GetAccessKeyLastUsed answers."""

    user_name: str | None = None
    access_key_last_used: AccessKeyLastUsed | None = None
