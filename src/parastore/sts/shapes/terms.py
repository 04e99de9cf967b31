"""What the STS operations share: limits, credentials and sessions."""

from __future__ import annotations

from typing import Annotated

import msgspec

from parastore.context import SecretValue
from parastore.shapes import Shape, Timestamp, text

SerialNumber = Annotated[str, text(9, 256, r"[\w+=/:,.@-]*")]
TokenCode = Annotated[str, text(6, 6, r"[\d]*")]
Arn = Annotated[
    str, text(20, 2048, r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+")
]
RoleSessionName = Annotated[str, text(2, 64, r"[\w+=,.@-]*")]
UnrestrictedSessionPolicyDocument = Annotated[str, text(1, None, r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
TagKey = Annotated[str, text(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
TagValue = Annotated[str, text(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
ExternalId = Annotated[str, text(2, 1224, r"[\w+=,.@:\/-]*")]
ContextAssertion = Annotated[str, text(4, 2048)]
SessionPolicyDocument = Annotated[str, text(1, 2048, r"[\u0009\u000A\u000D\u0020-\u00FF]+")]


class Credentials(Shape, kw_only=True):
    """Temporary credentials. The session token goes with every request they sign."""

    access_key_id: str | None = None
    secret_access_key: SecretValue | None = None
    session_token: str | None = None
    expiration: Timestamp | None = None


class PolicyDescriptorType(Shape, kw_only=True):
    """A managed policy that bounds a session."""

    arn: Arn | None = msgspec.field(name="arn", default=None)


class Tag(Shape, kw_only=True):
    """A session tag."""

    key: TagKey
    value: TagValue


class AssumedRoleUser(Shape, kw_only=True):
    """The session of a role."""

    assumed_role_id: str | None = None
    arn: str | None = None
