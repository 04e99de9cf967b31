"""KMS's own errors, in AWS's words. All but the last two are answered with 400.

ServiceError
+-- AlreadyExistsException           an alias of this name
+-- DisabledException                the key is disabled
+-- DryRunOperationException         all would have gone well
+-- ExpiredImportTokenException      24 hours are over
+-- IncorrectKeyException            the blob was made by another key than the one named
+-- IncorrectKeyMaterialException    the key had other material before
+-- InvalidAliasNameException        reserved for AWS
+-- InvalidArnException              an ARN, or an alias, where it may not stand
+-- InvalidCiphertextException       damaged, or another encryption context; no text
+-- InvalidGrantIdException          no such grant
+-- InvalidGrantTokenException       no grant token
+-- InvalidImportTokenException      made for another key, or altered
+-- InvalidKeyUsageException         the key is for something else
+-- InvalidMarkerException           no marker of this listing; no text
+-- KMSInvalidMacException           the MAC does not fit; no text
+-- KMSInvalidStateException         the key's state does not allow it
+-- LimitExceededException           a quota
+-- MalformedPolicyDocumentException a key policy that cannot be used
+-- NotFoundException                no such key or alias
+-- TagException                     a tag that is not allowed
+-- UnsupportedOperationException    not with this key, or not here
+-- KMSInternalException             500; says nothing of what happened
"""

from parastore.errors import InternalServerError, ServiceError


class AlreadyExistsException(ServiceError):
    pass


class DisabledException(ServiceError):
    pass


class DryRunOperationException(ServiceError):
    def __init__(self) -> None:
        super().__init__("The request would have succeeded, but the DryRun option is set.")


class ExpiredImportTokenException(ServiceError):
    pass


class IncorrectKeyException(ServiceError):
    def __init__(self) -> None:
        super().__init__("The key ID in the request does not identify a CMK that can perform this operation.")


class IncorrectKeyMaterialException(ServiceError):
    pass


class InvalidAliasNameException(ServiceError):
    pass


class InvalidArnException(ServiceError):
    pass


class InvalidCiphertextException(ServiceError):
    member = None


class InvalidGrantIdException(ServiceError):
    pass


class InvalidGrantTokenException(ServiceError):
    pass


class InvalidImportTokenException(ServiceError):
    pass


class InvalidKeyUsageException(ServiceError):
    pass


class InvalidMarkerException(ServiceError):
    member = None


class KMSInvalidMacException(ServiceError):
    member = None


class KMSInvalidStateException(ServiceError):
    pass


class LimitExceededException(ServiceError):
    pass


class MalformedPolicyDocumentException(ServiceError):
    pass


class NotFoundException(ServiceError):
    pass


class TagException(ServiceError):
    pass


class UnsupportedOperationException(ServiceError):
    pass


class KMSInternalException(InternalServerError):
    member = "message"
