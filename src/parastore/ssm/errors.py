"""Parameter Store's own errors, in AWS's words. All are the caller's fault and answered with 400.

ServiceError
+-- ParameterNotFound                      no such parameter; AWS sends no text
+-- ParameterVersionNotFound               the parameter has no such version or label
+-- ParameterAlreadyExists                 created before, and overwrite was not set
+-- HierarchyLevelLimitExceededException   more than 15 levels
+-- InvalidAllowedPatternException         the pattern is no regular expression
+-- ParameterPatternMismatchException      the value does not match the pattern
+-- ParameterMaxVersionLimitExceeded       version 101, and the oldest cannot go
+-- ParameterVersionLabelLimitExceeded     more than 10 labels on one version
+-- ParameterLimitExceeded                 more parameters of a tier than an account and Region may have
+-- PoliciesLimitExceededException         more than 10 policies
+-- InvalidPolicyTypeException, InvalidPolicyAttributeException, IncompatiblePolicyException
+-- TooManyUpdates                         an AMI id put before still waits for validation
+-- InvalidResourceId                      no such parameter to tag; no text
+-- ResourceNotFoundException              no such parameter to share
+-- ResourcePolicyNotFoundException, ResourcePolicyConflictException, ResourcePolicyInvalidParameterException,
|   ResourcePolicyLimitExceededException, MalformedResourcePolicyDocumentException
+-- ServiceSettingNotFound                 no such setting
+-- TooManyTagsError                       more than 50 tags; no text
+-- InvalidKeyId                           KMS refused the key
+-- InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
+-- InvalidNextToken                       not a token of this listing
"""

from typing import ClassVar

from parastore.errors import ServiceError


class ParameterNotFound(ServiceError):
    member: ClassVar[str | None] = None


class ParameterVersionNotFound(ServiceError):
    pass


class ParameterAlreadyExists(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
        )


class HierarchyLevelLimitExceededException(ServiceError):
    pass


class InvalidAllowedPatternException(ServiceError):
    def __init__(self) -> None:
        super().__init__("The syntax of the allowedPattern parameter is invalid.")


class ParameterPatternMismatchException(ServiceError):
    def __init__(self, pattern: str) -> None:
        super().__init__(f"Parameter value, cannot be validated against allowedPattern: {pattern}")


class ParameterMaxVersionLimitExceeded(ServiceError):
    pass


class TooManyTagsError(ServiceError):
    member = None


class InvalidKeyId(ServiceError):
    pass


class InvalidFilterKey(ServiceError):
    member = "Message"


class InvalidFilterOption(ServiceError):
    pass


class InvalidFilterValue(ServiceError):
    member = "Message"


class InvalidNextToken(ServiceError):
    member = "Message"

    def __init__(self, token: str) -> None:
        super().__init__(f"The following token is invalid: {token}.")


class ParameterVersionLabelLimitExceeded(ServiceError):
    def __init__(self) -> None:
        super().__init__(
            "A parameter version can have maximum 10 labels.Move one or more labels to another version and try again."
        )


class ParameterLimitExceeded(ServiceError):
    pass


class PoliciesLimitExceededException(ServiceError):
    def __init__(self) -> None:
        super().__init__("Number of policies attached to a parameter cannot exceed 10")


class InvalidPolicyTypeException(ServiceError):
    def __init__(self, kind: str) -> None:
        super().__init__(f"Policy type {kind} is not supported.")


class InvalidPolicyAttributeException(ServiceError):
    pass


class IncompatiblePolicyException(ServiceError):
    pass


class TooManyUpdates(ServiceError):
    member = "Message"

    def __init__(self) -> None:
        super().__init__("The parameter is still being validated. Try again later.")


class InvalidResourceId(ServiceError):
    member = None


class ServiceSettingNotFound(ServiceError):
    member = "Message"

    def __init__(self, setting: str) -> None:
        super().__init__(f"Service setting {setting} is not found.")


class ResourceNotFoundException(ServiceError):
    member = "Message"


class ResourcePolicyNotFoundException(ServiceError):
    member = "Message"


class ResourcePolicyConflictException(ServiceError):
    member = "Message"


class ResourcePolicyInvalidParameterException(ServiceError):
    member = "Message"


class ResourcePolicyLimitExceededException(ServiceError):
    member = "Message"


class MalformedResourcePolicyDocumentException(ServiceError):
    member = "Message"
