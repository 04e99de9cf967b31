"""Temporary credentials."""

from __future__ import annotations

from typing import Annotated

from parastore.context import SecretValue
from parastore.shapes import Integer, Shape, items, number, secret
from parastore.sts.shapes.terms import (
    Arn,
    AssumedRoleUser,
    ContextAssertion,
    Credentials,
    ExternalId,
    PolicyDescriptorType,
    RoleSessionName,
    SerialNumber,
    SessionPolicyDocument,
    Tag,
    TagKey,
    TokenCode,
    UnrestrictedSessionPolicyDocument,
)


class GetSessionTokenRequest(Shape, kw_only=True):
    """Temporary credentials of one's own."""

    duration_seconds: Annotated[int, number(900, 129600)] | None = None
    serial_number: SerialNumber | None = None
    token_code: TokenCode | None = None
    minimum_session_token_size: Annotated[int, number(0, 4096)] | None = None


class GetSessionTokenResponse(Shape, kw_only=True):
    """What GetSessionToken answers."""

    credentials: Credentials | None = None
    session_token_utilization: Integer | None = None
    session_token_size: Integer | None = None


class ProvidedContext(Shape, kw_only=True):
    """Claims of a context provider. There is none here."""

    provider_arn: Arn | None = None
    context_assertion: ContextAssertion | None = None


class AssumeRoleRequest(Shape, kw_only=True):
    """Temporary credentials of a role."""

    role_arn: Arn
    role_session_name: RoleSessionName
    policy_arns: list[PolicyDescriptorType] | None = None
    policy: UnrestrictedSessionPolicyDocument | None = None
    duration_seconds: Annotated[int, number(900, 43200)] | None = None
    tags: Annotated[list[Tag], items(maximum=50)] | None = None
    transitive_tag_keys: Annotated[list[TagKey], items(maximum=50)] | None = None
    external_id: ExternalId | None = None
    serial_number: SerialNumber | None = None
    token_code: TokenCode | None = None
    source_identity: RoleSessionName | None = None
    provided_contexts: Annotated[list[ProvidedContext], items(1, 5)] | None = None
    minimum_session_token_size: Annotated[int, number(0, 4096)] | None = None


class AssumeRoleResponse(Shape, kw_only=True):
    """What AssumeRole answers."""

    credentials: Credentials | None = None
    assumed_role_user: AssumedRoleUser | None = None
    packed_policy_size: Integer | None = None
    source_identity: str | None = None
    session_token_utilization: Integer | None = None
    session_token_size: Integer | None = None


class AssumeRoleWithWebIdentityRequest(Shape, kw_only=True):
    """Temporary credentials of a role, for somebody whom an identity provider vouches for."""

    role_arn: Arn
    role_session_name: RoleSessionName
    web_identity_token: Annotated[SecretValue, secret(4, 20000)]
    provider_id: ContextAssertion | None = None
    policy_arns: list[PolicyDescriptorType] | None = None
    policy: SessionPolicyDocument | None = None
    duration_seconds: Annotated[int, number(900, 43200)] | None = None
    minimum_session_token_size: Annotated[int, number(0, 4096)] | None = None


class AssumeRoleWithWebIdentityResponse(Shape, kw_only=True):
    """What AssumeRoleWithWebIdentity answers."""

    credentials: Credentials | None = None
    subject_from_web_identity_token: str | None = None
    assumed_role_user: AssumedRoleUser | None = None
    packed_policy_size: Integer | None = None
    provider: str | None = None
    audience: str | None = None
    source_identity: str | None = None
    session_token_utilization: Integer | None = None
    session_token_size: Integer | None = None
