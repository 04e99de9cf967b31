"""Which operation a request means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parastore.errors import ServiceError, UnknownOperationException
from parastore.operation import Operation
from parastore.wire.http import JSON_1_1, HttpRequest

Routes = Mapping[bytes, Operation]


class UnknownProtocol(ServiceError):
    """The content type is of no protocol spoken here. AWS answers 404 with a line of XML, whatever the service."""

    status = 404
    member = None
    body = b"<UnknownOperationException/>\n"
    content_type = b"application/xml"


def routes(operations: Iterable[Operation]) -> Routes:
    """The table that `route` reads: `AmazonSSM.GetParameter` to its operation."""
    return {f"{each.target}.{each.name}".encode(): each for each in operations}


def route(request: HttpRequest, table: Routes) -> Operation:
    """The operation X-Amz-Target names. Raises UnknownProtocol or UnknownOperationException."""
    content_type = request.headers.get(b"content-type", b"")
    if content_type != JSON_1_1 and content_type.partition(b";")[0].strip().lower() != JSON_1_1:
        raise UnknownProtocol
    operation = table.get(request.headers.get(b"x-amz-target", b""))
    if operation is None or request.method != "POST":
        raise UnknownOperationException
    return operation
