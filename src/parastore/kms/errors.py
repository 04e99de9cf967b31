"""KMS's own errors, in AWS's words. All are answered with 400.

ServiceError
+-- NotFoundException            no such key or alias
+-- DisabledException            the key is disabled
+-- KMSInvalidStateException     the key's state does not allow it
+-- InvalidCiphertextException   damaged, or another encryption context; no text
"""

from parastore.errors import ServiceError


class NotFoundException(ServiceError):
    pass


class DisabledException(ServiceError):
    pass


class KMSInvalidStateException(ServiceError):
    pass


class InvalidCiphertextException(ServiceError):
    member = None
