"""CloudTrail's own errors."""

from parastore.errors import ServiceError


class InvalidLookupAttributesException(ServiceError):
    pass


class InvalidTimeRangeException(ServiceError):
    pass


class InvalidNextTokenException(ServiceError):
    pass
