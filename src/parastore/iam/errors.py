"""IAM's errors, under the codes it answers with."""

from __future__ import annotations

from parastore.errors import ServiceError


class NoSuchEntity(ServiceError):
    status = 404


class EntityAlreadyExists(ServiceError):
    status = 409


class DeleteConflict(ServiceError):
    status = 409


class LimitExceeded(ServiceError):
    status = 409


class InvalidInput(ServiceError):
    pass


class MalformedPolicyDocument(ServiceError):
    pass
