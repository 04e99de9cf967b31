"""Which operation a request means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parastore.errors import ServiceError, UnknownOperationException
from parastore.operation import Operation
from parastore.wire.http import JSON_1_1, HttpRequest
from parastore.wire.query import InvalidAction, form_of, read_form

Routes = Mapping[bytes, Operation]
_BREAK = "\n"


class UnknownProtocol(ServiceError):
    """The content type is of no protocol spoken here. AWS answers 404 with a line of XML, whatever the service."""

    status = 404
    member = None
    body = b"<UnknownOperationException/>\n"
    content_type = b"application/xml"


def routes(operations: Iterable[Operation]) -> Routes:
    """The table that `route` reads: `AmazonSSM.GetParameter` to its operation.

    The operations of Query services stand under names that no header can hold. A target with dots, which CloudTrail
    alone has, is known by its last part too: botocore sends all of it, SDKs made with Smithy (JavaScript v3) the part.
    """
    return {
        f"{target}{_BREAK if each.is_query else '.'}{each.name}".encode(): each
        for each in operations
        for target in (each.target, each.target.rpartition(".")[2])
    }


def route(request: HttpRequest, table: Routes) -> Operation:
    """The operation X-Amz-Target names, or a form's Action. Raises UnknownProtocol, UnknownOperationException,
    InvalidAction.
    """
    content_type = request.headers.get(b"content-type", b"")
    if content_type != JSON_1_1 and content_type.partition(b";")[0].strip().lower() != JSON_1_1:
        form = form_of(request)
        if form is not None:
            return _route_form(form, table, by_url=request.method == "GET")
        raise UnknownProtocol
    operation = table.get(request.headers.get(b"x-amz-target", b""))
    if operation is None or request.method != "POST":
        raise UnknownOperationException
    return operation


def _route_form(encoded: bytes, table: Routes, *, by_url: bool) -> Operation:
    form = read_form(encoded)
    action, version = form.get("Action", ""), form.get("Version", "")
    operation = table.get(f"{version}{_BREAK}{action}".encode())
    if operation is None or (by_url and not operation.by_url):
        raise InvalidAction(f"Could not find operation {action} for version {version}")
    return operation
