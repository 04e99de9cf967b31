"""STS's errors, under the codes it answers with."""

from __future__ import annotations

from parastore.errors import ServiceError


class AccessDenied(ServiceError):
    status = 403


class InvalidParameterValue(ServiceError):
    pass


class MalformedPolicyDocument(ServiceError):
    pass


class PackedPolicyTooLarge(ServiceError):
    pass


class InvalidIdentityToken(ServiceError):
    pass


class InvalidAuthorizationMessageException(ServiceError):
    pass


class ExpiredIdentityToken(ServiceError):
    code = "ExpiredTokenException"


class IDPRejectedClaim(ServiceError):
    status = 403


class IDPCommunicationError(ServiceError):
    pass
