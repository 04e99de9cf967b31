"""What the IAM operations share: limits of names, tags, and how identities and policies are shown."""

from __future__ import annotations

from typing import Annotated, Literal

from parastore.shapes import Integer, Shape, Timestamp, text

Path = Annotated[str, text(1, 512, r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)")]
UserName = Annotated[str, text(1, 64, r"[\w+=,.@-]+")]
Arn = Annotated[str, text(20, 2048)]
TagKey = Annotated[str, text(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
TagValue = Annotated[str, text(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
ExistingUserName = Annotated[str, text(1, 128, r"[\w+=,.@-]+")]
PathPrefix = Annotated[str, text(1, 512, r"\u002F[\u0021-\u007F]*")]
Marker = Annotated[str, text(1, 320, r"[\u0020-\u00FF]+")]
AccessKeyId = Annotated[str, text(16, 128, r"[\w]+")]
PolicyDocument = Annotated[str, text(1, 131072, r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
RoleDescription = Annotated[str, text(None, 1000, r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*")]
PolicyPath = Annotated[str, text(1, 512, r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
PolicyDescription = Annotated[str, text(None, 1000)]
PolicyVersionId = Annotated[str, text(pattern=r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")]
AccountAlias = Annotated[str, text(3, 63, r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$")]
ActionName = Annotated[str, text(3, 128)]
ResourceName = Annotated[str, text(1, 2048)]
ContextKeyName = Annotated[str, text(5, 256)]
ResourceHandlingOption = Annotated[str, text(1, 64)]


class Tag(Shape, kw_only=True):
    """A key with a value; keys that differ in case only are the same."""

    key: TagKey
    value: TagValue


class AttachedPermissionsBoundary(Shape, kw_only=True):
    """The managed policy that bounds what a user or role may do."""

    permissions_boundary_type: Literal["PermissionsBoundaryPolicy"] | None = None
    permissions_boundary_arn: str | None = None


class User(Shape, kw_only=True):
    """A user. `arn` holds its path."""

    path: str | None = None
    user_name: str | None = None
    user_id: str | None = None
    arn: str | None = None
    create_date: Timestamp | None = None
    password_last_used: Timestamp | None = None
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: list[Tag] | None = None


class Group(Shape, kw_only=True):
    """A group of users."""

    path: str | None = None
    group_name: str | None = None
    group_id: str | None = None
    arn: str | None = None
    create_date: Timestamp | None = None


class RoleLastUsed(Shape, kw_only=True):
    """When a role was last used, and in which Region."""

    last_used_date: Timestamp | None = None
    region: str | None = None


class SourceRoleTemplate(Shape, kw_only=True):
    """What a role was made from. Nothing here."""

    template_arn: str | None = None
    template_minor_version: Integer | None = None


class Role(Shape, kw_only=True):
    """A role: what is trusted to assume it, as a URL-encoded policy document, and for how many seconds at most."""

    path: str | None = None
    role_name: str | None = None
    role_id: str | None = None
    arn: str | None = None
    create_date: Timestamp | None = None
    assume_role_policy_document: str | None = None
    description: str | None = None
    max_session_duration: Integer | None = None
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: list[Tag] | None = None
    role_last_used: RoleLastUsed | None = None
    source_role_template: SourceRoleTemplate | None = None


class AttachedPolicy(Shape, kw_only=True):
    """A managed policy that is attached."""

    policy_name: str | None = None
    policy_arn: str | None = None
