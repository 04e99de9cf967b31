"""What the server answers besides the AWS API, and the life of a worker: open the service, serve, close it.

`/health` and `/_localstack/health` answer in the shape that waits written for LocalStack look for. Those search the
text for `"ssm": "available"` (LocalStack before a service's first use) or `"ssm": "running"` (after it, and always in
old versions), with one blank after the colon; the answer holds both.
"""

from __future__ import annotations

import asyncio
import http
import json
import logging
import multiprocessing
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

import parastore
from parastore.seal.provider import RootKeyError
from parastore.server import sign_in
from parastore.server.console import Console
from parastore.server.errors import StartError
from parastore.server.logs import emit
from parastore.server.settings import Settings
from parastore.server.worker import Worker
from parastore.ssm.public.catalogue import CatalogueError
from parastore.storage.protocol import StorageError
from parastore.wire.http import HttpRequest, Service

OpenService = Callable[[Settings], AbstractAsyncContextManager[Service]]

READY_WITHIN = 5.0
SERVICES = ("ssm", "kms")
# Errors whose text is for an operator; of any other the traceback is wanted.
OPERATORS = (StartError, StorageError, RootKeyError, CatalogueError, OSError)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}

_log = logging.getLogger("parastore.server")


class App:
    """The ASGI application of one worker. `failure` is what kept it from starting, for who started it."""

    def __init__(self, settings: Settings, open_service: OpenService) -> None:
        self.failure: Exception | None = None
        self._settings = settings
        self._open_service = open_service
        self._routes = _routes(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope["state"], receive, send)
        else:
            await self._routes(scope, receive, send)

    async def _live(self, state: dict[str, Any], receive: Receive, send: Send) -> None:
        supervisor = multiprocessing.parent_process()
        phase = "startup"
        await receive()
        try:
            async with self._open_service(self._settings) as service:
                worker = Worker(service, self._settings, parent=supervisor.pid if supervisor else None)
                state.update(service=service, worker=worker)
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
                worker.stop()
        except Exception as failure:  # noqa: BLE001 (whatever it is, uvicorn has to be told)
            self.failure = failure
            if phase == "shutdown" or supervisor:
                bug = None if isinstance(failure, OPERATORS) else failure
                emit(_log, logging.ERROR, f"{phase} failed", reason=str(failure), exc_info=bug)
            await send({"type": f"lifespan.{phase}.failed", "message": ""})
        else:
            await send({"type": "lifespan.shutdown.complete"})


def _routes(settings: Settings) -> Starlette:
    console = Console(sign_in.origins(settings.oidc_issuers))

    async def offered(request: Request) -> Response:
        return _json(200, sign_in.offered(settings.oidc_issuers))

    routes = [
        Route("/healthz", _alive),
        Route("/readyz", _ready),
        Route("/version", _version),
        Route("/metrics", _metrics),
        Route("/health", _localstack_health),
        Route("/_localstack/health", _localstack_health),
        Route("/sign-in", offered),
        Route("/sign-in/roles", _roles),
        Route("/console", console.__call__),
        Route("/console/{name:path}", console.__call__),
        Route("/", _root),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _http_error, Exception: _bug})
    # A redirect would repeat whatever host the client named.
    app.router.redirect_slashes = False
    return app


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    # The default separators: the waits search for `"ssm": "available"`.
    return Response(json.dumps(body), status, _HEADERS | dict(headers or {}), media_type="application/json")


async def _alive(request: Request) -> Response:
    return _json(200, {"status": "alive"})


async def _ready(request: Request) -> Response:
    service: Service = request.state.service
    try:
        async with asyncio.timeout(READY_WITHIN):
            reason = await service.ready()
    except TimeoutError:
        reason = f"The service did not answer within {READY_WITHIN:g} seconds."
    if reason is None:
        return _json(200, {"status": "ready"})
    return _json(503, {"status": "not ready", "reason": reason})


async def _version(request: Request) -> Response:
    return _json(200, {"name": "parastore", "version": parastore.__version__})


async def _metrics(request: Request) -> Response:
    service: Service = request.state.service
    body, media_type = await service.metrics()
    return Response(body, 200, _HEADERS, media_type=media_type)


async def _roles(request: Request) -> Response:
    return _json(*await sign_in.roles(request.headers.get("authorization", "")))


async def _localstack_health(request: Request) -> Response:
    body = {
        "services": dict.fromkeys(SERVICES, "available"),
        "states": dict.fromkeys(SERVICES, "running"),
        "edition": "community",
        "version": parastore.__version__,
    }
    return _json(200, body)


async def _root(request: Request) -> Response:
    if request.method == "GET" and b"X-Amz-Signature=" in request.scope["query_string"]:
        return await _presigned(request)
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return Response(None, 307, _HEADERS | {"Location": "/console/"})  # somebody typed the address
    raise HTTPException(405, "The AWS API takes POST requests to /.", {"Allow": "POST"})


async def _presigned(request: Request) -> Response:
    service: Service = request.state.service
    scope, body = request.scope, await request.body()
    peer = scope["client"][0] if scope["client"] else ""
    answer = await service.handle(
        HttpRequest(
            "GET", b"/", scope["query_string"], dict(scope["headers"]), body, peer, secure=scope["scheme"] == "https"
        )
    )
    own = {"Content-Type": answer.content_type.decode(), "x-amzn-RequestId": answer.request_id}
    return Response(answer.body, answer.status, _HEADERS | own)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = {404: f"There is nothing at {request.url.path}.", 405: "This method is not allowed here."}
    own_text = error.detail != http.HTTPStatus(error.status_code).phrase
    message = error.detail if own_text else text.get(error.status_code, error.detail)
    return _json(error.status_code, {"message": message}, error.headers)


async def _bug(request: Request, error: Exception) -> Response:
    return _json(500, {"message": "Internal server error"})
