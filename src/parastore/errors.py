"""The errors every service can answer with.

    ServiceError                          code, text, HTTP status, and the member that carries the text
    +-- the caller's fault (400 unless said)
    |   +-- UnknownOperationException     no such operation; no text
    |   +-- SerializationException        the body is not JSON, or a member has the wrong JSON type
    |   +-- ValidationException           a limit is broken, or an operation's own rule
    |   +-- MissingAuthenticationTokenException, IncompleteSignatureException, InvalidSignatureException,
    |   |   UnrecognizedClientException, ExpiredTokenException
    |   +-- AccessDeniedException         a policy does not allow it (text in `Message`)
    |   +-- ThrottlingException           too many requests
    |   +-- RequestEntityTooLargeException  413
    +-- ours
        +-- InternalServerError           500; says nothing of what happened
        +-- ServiceUnavailableException   503; try again

A service's own errors stand in its `errors.py`. Rules raise them, the pipeline renders them, nobody maps in between.
AWS writes the text in `message` or `Message` by code, and for a few codes sends none at all.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

Fault = Literal["client", "server"]


class ServiceError(Exception):
    """An answer that is an error. `code` is AWS's; extra members stand beside the text in the body."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    member: ClassVar[str | None] = "message"

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            cls.code = cls.__name__

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(message)
        self.message = message
        self.members = members

    @property
    def fault(self) -> Fault:
        return "server" if self.status >= 500 else "client"


class UnknownOperationException(ServiceError):
    member = None


class SerializationException(ServiceError):
    """With no message the body carries none, as AWS does for JSON that cannot be parsed."""


class ValidationException(ServiceError):
    pass


class MissingAuthenticationTokenException(ServiceError):
    pass


class IncompleteSignatureException(ServiceError):
    pass


class InvalidSignatureException(ServiceError):
    pass


class UnrecognizedClientException(ServiceError):
    pass


class ExpiredTokenException(ServiceError):
    pass


class AccessDeniedException(ServiceError):
    """`denial` is the decision behind it (`policy.denial`), where policies made it; it is never in the body."""

    member = "Message"
    denial: Any = None


class ThrottlingException(ServiceError):
    pass


class RequestEntityTooLargeException(ServiceError):
    status = 413


class InternalServerError(ServiceError):
    status = 500
    member = "Message"


class ServiceUnavailableException(ServiceError):
    status = 503
    member = "Message"
