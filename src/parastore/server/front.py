"""HTTP/1.1 for one connection: uvicorn's httptools protocol with a short way for `POST /`.

`POST /` is the AWS API. `service.begin` answers it, together with what came on other connections: without an ASGI
scope, without a task as long as the handler does not wait, and with one write. All else goes to the ASGI application as
uvicorn would send it. Both take the same way in, so every bound holds for both:

- A request is dealt with when all of it is there; its size, its head and the time it takes are bounded before that.
- Answers leave in the order of the requests. Behind one under way up to `DEPTH` more are kept, then reading stops; it
  also stops while the client does not read its answers.
- What was begun ends, whether or not the client is still there: a write is never cancelled because somebody hung up.

INVARIANT: nothing that a client sends raises out of this file or writes a traceback to the log.
"""

from __future__ import annotations

import asyncio
import functools
import http
import logging
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from parastore.server import refusals
from parastore.server.eager import Continuation
from parastore.server.refusals import Refusal
from parastore.server.turn import failed
from parastore.wire.http import Begun, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from parastore.server.worker import Worker

DEPTH = 16
MAX_TARGET = 8 << 10
# Longer data is parsed in slices, so that one read of 250 KiB cannot bring thousands of requests past DEPTH.
SLICE = 16 << 10
# How much of a chunked body may be framing: a body sent byte by byte takes six bytes for one.
FRAMING = 8
# A client that is still sending when it is refused gets the answer only if we go on reading: closing at once makes the
# kernel send a reset, which discards what the client has not read yet.
LINGER = 2.0
# Bytes of bodies that one worker keeps while they are not whole or wait for their turn: clients that send slowly could
# take a megabyte with each connection. Bodies of up to a slice are always taken.
MOST_KEPT = 64 << 20
# Refused connections may linger too, but not without bound.
REFUSED_CONNECTIONS = 1024

_STATUS = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\nx-amzn-RequestId: " for status in http.HTTPStatus}
_CONTENT_TYPE: dict[bytes, str] = {}

_log = logging.getLogger("parastore.server")


class _Refused(Exception):
    """Leaves the parser from within a callback."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


class _Trailers(dict[bytes, bytes]):
    """Takes the place of the headers once they are complete: what a chunked body says after them is not kept."""

    def __setitem__(self, name: bytes, value: bytes) -> None:
        pass


_TRAILERS = _Trailers()

_Pending = HttpRequest | RequestResponseCycle | Refusal


class FrontProtocol(HttpToolsProtocol):
    """One connection. uvicorn makes it; `app_state["worker"]` is what it shares with the others."""

    # More attributes than the class's shared-key dict holds would make each access slower.
    __slots__ = (
        "_admitted", "_began", "_body", "_buffered", "_busy", "_continue_due", "_deaf", "_fed", "_head",
        "_headers", "_held", "_idle_since", "_kept", "_leaving", "_linger_until", "_max_body", "_max_head",
        "_max_headers", "_peer", "_query", "_queue", "_receiving", "_repeats", "_secure", "_stash", "_stuck_since",
        "_target", "_turn", "_worker",
    )  # fmt: skip

    # The parser calls what is callable; there is nothing to do at the beginning of a message.
    on_message_begin = None  # type: ignore[assignment]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        worker: Worker = app_state["worker"]
        self._worker = worker
        self._turn = worker.turn
        self._max_body = worker.settings.max_body_bytes
        self._max_head = worker.settings.max_header_bytes
        self._max_headers = worker.settings.max_headers
        # The request being received. `_target` is empty between requests, `_headers` is _TRAILERS in a body.
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._head = self._headers
        self._repeats = 0
        self._query: bytes | None = None
        self._body: bytes | bytearray = b""
        self._fed = 0
        self._receiving = 0
        self._kept = 0
        self._began = 0.0
        self._continue_due = False
        # What is being answered, and what waits for it.
        self._busy = False
        self._queue: deque[tuple[_Pending, bool]] = deque()
        self._held = False
        self._stash = b""
        # The connection.
        self._admitted = False
        self._deaf = False
        self._leaving = False
        self._linger_until = 0.0
        self._idle_since = worker.now
        self._buffered = 0
        self._stuck_since = 0.0
        self._peer = ""
        self._secure = False

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection, or refuse it when there are too many."""
        super().connection_made(transport)
        worker = self._worker
        worker.connections.add(self)
        self._peer = self.client[0] if self.client else ""
        self._secure = self.scheme == "https"
        self._leaving = worker.draining
        worker.accept_more()
        limit = worker.settings.max_connections
        if worker.open < limit:
            self._admitted = True
            worker.open += 1
        elif len(worker.connections) > limit + REFUSED_CONNECTIONS:
            self._deaf = True
            transport.abort()
        else:
            self._refuse(refusals.TOO_MANY_CONNECTIONS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was not begun; what was begun goes on by itself."""
        self._deaf = True
        self._queue.clear()
        self._keep(-self._kept)
        self._stash = b""
        self._worker.connections.discard(self)
        if self._admitted:
            self._admitted = False
            self._worker.open -= 1
        super().connection_lost(exc)

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Keep the connection for the answers that are due. TLS cannot be half closed."""
        if self._secure or self._linger_until or not self._pending():
            return None
        self._leaving = True
        return True

    def shutdown(self) -> None:
        """Answer what is under way and close, at once if nothing is."""
        self._worker.draining = True
        self._leaving = True
        if self._linger_until or not (self._pending() or self._target):
            self._close_idle()
        elif self._busy and self.cycle is not None and not self._more():
            self.cycle.keep_alive = False

    def check(self, now: float) -> None:
        """Called with every tick: close what has been slow for too long."""
        limits = self._worker.settings
        if self._linger_until:
            if now >= self._linger_until:
                self.transport.abort()
            return
        buffered = self.transport.get_write_buffer_size()
        if buffered:
            if buffered != self._buffered:
                self._buffered = buffered
                self._stuck_since = now
            elif now - self._stuck_since > limits.request_timeout:
                self.transport.abort()
            return
        self._buffered = 0
        if self.transport.is_closing():
            return
        if self._target:
            if self._held:
                self._began = now
            elif now - self._began > limits.request_timeout:
                self._refuse(refusals.TIMED_OUT)
        elif not self._pending() and now - self._idle_since > limits.idle_timeout:
            self._close_idle()

    def _close_idle(self) -> None:
        # Closing TLS waits for the client to agree, and a connection in somebody's pool is not looked at.
        self._deaf = True
        self.transport.close()
        if self._secure:
            self._linger_until = self._worker.now + LINGER

    def pause_writing(self) -> None:
        """The client does not read its answers, so take no more requests."""
        super().pause_writing()
        self._hold()

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self._pump()

    # Receiving

    def data_received(self, data: bytes) -> None:
        """Parse what came; whole requests are answered from within."""
        if self._deaf:
            return
        if self._held or len(data) > SLICE:
            self._receive_long(data)
            return
        self._fed += len(data)
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as stop:
            self._parser_stopped(stop, data)
        if self._target:
            self._check_unfinished()
        else:
            self._fed = 0

    def _receive_long(self, data: bytes) -> None:
        if self._held:
            # An ASGI application that waits for a disconnect makes uvicorn resume reading behind our back.
            self._stash += data
            self._hold()
            return
        view = memoryview(data)
        for start in range(0, len(data), SLICE):
            self.data_received(view[start : start + SLICE])  # type: ignore[arg-type]
            if self._deaf:
                return
            if self._held:
                self._stash = bytes(view[start + SLICE :]) + self._stash
                return

    def _parser_stopped(self, stop: Exception, data: bytes) -> None:
        while isinstance(stop, httptools.HttpParserUpgrade):
            # The client would like to speak another protocol; we do not, and go on as RFC 9110 (7.8) allows.
            data = data[stop.args[0] :]
            if self._deaf or not data:
                return
            try:
                self.parser.feed_data(data)
            except (httptools.HttpParserError, httptools.HttpParserUpgrade) as again:
                stop = again
            else:
                return
        if self._deaf:
            return
        cause = stop.__context__
        if isinstance(cause, _Refused):
            self._refuse(cause.refusal)
        elif isinstance(stop, httptools.HttpParserCallbackError):
            _log.error("request failed", exc_info=cause or stop)
            self._refuse(refusals.INTERNAL)
        else:
            self._refuse(refusals.MALFORMED)

    def _check_unfinished(self) -> None:
        if self._deaf:
            self._target = b""
            return
        if not self._began:
            self._began = self._worker.now
        if self._headers is _TRAILERS:
            self._keep(len(self._body) - self._receiving)
            self._receiving = len(self._body)
            if self._worker.kept > MOST_KEPT and self._receiving > SLICE:
                self._refuse(refusals.TOO_MUCH_AT_ONCE)
            elif self._fed > FRAMING * len(self._body) + self._max_head + 2 * SLICE:
                self._refuse(refusals.BAD_FRAMING)
        elif len(self._target) > MAX_TARGET:
            self._refuse(refusals.TARGET_TOO_LONG)
        elif self._fed > self._max_head + SLICE:
            self._refuse(refusals.HEADERS_TOO_LARGE)

    # What the parser found

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._target = self._target + url if self._target else url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        name = name.lower()
        headers = self._headers
        if name in headers:
            self._repeats += 1
            if name == b"host":
                raise _Refused(refusals.NO_HOST)
            if self._repeats > self._max_headers:
                raise _Refused(refusals.HEADERS_TOO_LARGE)
            headers[name] += b"," + value
        else:
            headers[name] = value

    def on_headers_complete(self) -> None:
        """Refuse what can be refused before its body comes, and choose the way."""
        head = self._head = self._headers
        target = self._target
        self._headers = _TRAILERS
        if self._deaf:
            return
        if len(target) > MAX_TARGET:
            raise _Refused(refusals.TARGET_TOO_LONG)
        if len(head) + self._repeats > self._max_headers or (self._fed > self._max_head and self._head_is_large()):
            raise _Refused(refusals.HEADERS_TOO_LARGE)
        method = self.parser.get_method()
        if method != b"POST":
            if method == b"CONNECT":
                raise _Refused(refusals.NOT_A_PROXY)
            self._query = None
        elif target == b"/":
            self._query = b""
        else:
            path, _, query = _origin_form(target).partition(b"?")
            self._query = query if path == b"/" else None
        length = head.get(b"content-length")
        if length is not None:
            # The parser has seen to it that this is a number, and the only one.
            if int(length) > self._max_body:
                raise _Refused(refusals.BODY_TOO_LARGE)
        elif b"transfer-encoding" in head and not self._is_plain_chunked():
            raise _Refused(refusals.BAD_TRANSFER_CODING)
        if b"upgrade" in head and (length not in (None, b"0") or b"transfer-encoding" in head):
            # The parser would take the body for the other protocol, and then for the next request.
            raise _Refused(refusals.UPGRADE_WITH_BODY)
        if b"host" not in head and self.parser.get_http_version() == "1.1":
            raise _Refused(refusals.NO_HOST)
        if b"expect" in head and self.parser.get_http_version() == "1.1":
            if head[b"expect"].lower() != b"100-continue":
                raise _Refused(refusals.UNKNOWN_EXPECTATION)
            self._continue_due = True
            self._invite_body()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self._body:
            self._body = body
        elif isinstance(self._body, bytes):
            self._body = bytearray(self._body) + body
        else:
            self._body += body
        if len(self._body) > self._max_body:
            raise _Refused(refusals.BODY_TOO_LARGE)

    def on_message_complete(self) -> None:
        """A whole request is here: answer it, or let it wait for its turn."""
        if self._deaf:
            return
        head = self._head
        keep_alive: bool = self.parser.should_keep_alive()
        if not keep_alive or b"connection" in head:
            version = self.parser.get_http_version()
            if version not in ("1.1", "1.0"):
                raise _Refused(refusals.WRONG_VERSION)
            # HTTP/1.0 would have to be told that the connection stays open.
            if version == "1.0":
                keep_alive = False
        pending: _Pending
        if self._query is None:
            pending = self._cycle(keep_alive)
        else:
            pending = HttpRequest("POST", b"/", self._query, head, bytes(self._body), self._peer, self._secure)
        size = len(self._body)
        if self._receiving:
            self._keep(-self._receiving)
            self._receiving = 0
        self._target = b""
        self._headers = {}
        self._repeats = 0
        self._body = b""
        self._began = 0.0
        # An upper bound of what this slice may still hold of the next request.
        self._fed = SLICE
        self._continue_due = False
        if not keep_alive:
            self._deaf = True
        if self._busy or self._queue or self.flow.write_paused:
            self._queue.append((pending, keep_alive))
            self._keep(size)
            if len(self._queue) >= DEPTH or self._worker.kept > MOST_KEPT:
                self._hold()
        else:
            self._start(pending, keep_alive)

    def _keep(self, more: int) -> None:
        """Count bytes of bodies that wait, for the rest of their request or for its turn."""
        self._kept += more
        self._worker.kept += more

    def _head_is_large(self) -> bool:
        size = len(self._target) + len(b"POST  HTTP/1.1\r\n\r\n")
        return size + sum(len(name) + len(value) + 4 for name, value in self._head.items()) > self._max_head

    def _is_plain_chunked(self) -> bool:
        # The parser lets "gzip, chunked" pass, and HTTP/1.0, which has no transfer codings (RFC 9112, 6.1).
        coding = self._head[b"transfer-encoding"].lower()
        return coding == b"chunked" and self.parser.get_http_version() == "1.1"

    def _invite_body(self) -> None:
        if self._continue_due and not self._pending():
            self._continue_due = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    # Answering

    def _pending(self) -> bool:
        return self._busy or self._more()

    def _more(self) -> bool:
        return bool(self._queue or self._stash)

    def _hold(self) -> None:
        self._held = True
        self.flow.pause_reading()

    def _start(self, pending: _Pending, keep_alive: bool) -> None:
        if isinstance(pending, HttpRequest):
            self._busy = True
            self._turn.add(self, pending, keep_alive)
        elif isinstance(pending, RequestResponseCycle):
            self._busy = True
            self.cycle = pending
            if self._leaving and not self._more():
                pending.keep_alive = False
            self._start_asgi_task(pending, self.app)
        else:
            self._last_word(pending)

    def go_on(self, begun: Begun, keep_alive: bool) -> None:
        """See turn.Asking."""
        task = self.loop.create_task(Continuation(begun.coroutine, begun.first))
        self.tasks.add(task)  # type: ignore[arg-type]
        task.add_done_callback(functools.partial(self._handler_done, keep_alive))

    def answered(self, response: HttpResponse, keep_alive: bool) -> None:
        """See turn.Asking."""
        self._busy = False
        if not self.transport.is_closing():
            self._answer(response, keep_alive)
            if self._queue or self._held or self._leaving or self._continue_due:
                self._pump()

    def _handler_done(self, keep_alive: bool, task: asyncio.Task[HttpResponse]) -> None:
        self.tasks.discard(task)
        self._turn.under_way -= 1
        if task.cancelled():
            # Only a drain that ran out of time cancels.
            response = refusals.response(refusals.STOPPING)
        elif (bug := task.exception()) is not None:
            response = failed(bug)
        else:
            response = task.result()
        self.answered(response, keep_alive)

    def _answer(self, response: HttpResponse, keep_alive: bool) -> None:
        if self._leaving and keep_alive:
            keep_alive = self._more()
        worker = self._worker
        body = response.body
        content_type = _CONTENT_TYPE.get(response.content_type) or _content_type_line(response.content_type)
        date_line = worker.date_line if keep_alive else worker.last_date_line
        denial = f"\r\nx-parastore-denial: {response.denial}" if response.denial else ""
        head = f"{_STATUS[response.status]}{response.request_id}{denial}{content_type}{len(body)}{date_line}"
        self.transport.write(head.encode("latin-1") + body)
        self._idle_since = worker.now
        if not keep_alive:
            self._deaf = True
            self.transport.close()

    def _pump(self) -> None:
        """Go on after an answer that took time, or after the client has read."""
        while self._queue and not self._busy and not self.flow.write_paused and not self.transport.is_closing():
            pending, keep_alive = self._queue.popleft()
            if not self._queue:
                self._keep(self._receiving - self._kept)
            self._start(pending, keep_alive)
        if self.transport.is_closing() or self._linger_until:
            return
        if self._held and not self._queue and not self.flow.write_paused:
            self._held = False
            stash, self._stash = self._stash, b""
            if stash and not self._deaf:
                self.data_received(stash)
            if not self._held:
                self.flow.resume_reading()
        if self._leaving and not self._pending() and not self._target:
            self.transport.close()
        else:
            self._invite_body()

    # Refusing

    def _refuse(self, refusal: Refusal) -> None:
        """Listen to nothing more, and say so after the answers that are due."""
        self._deaf = True
        self._target = b""
        self._body = b""
        self._keep(-self._receiving)
        self._receiving = 0
        if self._busy or self._queue:
            self._queue.append((refusal, False))
        else:
            self._last_word(refusal)

    def _last_word(self, refusal: Refusal) -> None:
        response = refusals.response(refusal)
        head = (
            f"{_STATUS[response.status]}{response.request_id}{_content_type_line(response.content_type)}"
            f"{len(response.body)}{self._worker.last_date_line}"
        )
        self.transport.write(head.encode("latin-1") + response.body)
        if self._leaving:
            self.transport.close()
            return
        self._linger_until = self._worker.now + LINGER
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()

    # The ordinary way

    def _cycle(self, keep_alive: bool) -> RequestResponseCycle:
        """The request as ASGI, its body complete. Other than uvicorn's, it may start later than it is made."""
        raw_path, _, query = _origin_form(self._target).partition(b"?")
        path = raw_path.decode("latin-1")
        version: str = self.parser.get_http_version()
        cycle = RequestResponseCycle(
            scope={
                "type": "http",
                "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
                "http_version": version,
                "server": self.server,
                "client": self.client,
                "scheme": self.scheme or "http",
                "method": self.parser.get_method().decode("ascii"),
                "root_path": "",
                "path": unquote(path) if "%" in path else path,
                "raw_path": raw_path,
                "query_string": query,
                "headers": list(self._head.items()),
                "state": self.app_state.copy(),
            },
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=self._cycle_done,
        )
        cycle.body += self._body
        cycle.more_body = False
        cycle.message_event.set()
        return cycle

    def _cycle_done(self) -> None:
        self._busy = False
        self._idle_since = self._worker.now
        if not self.transport.is_closing():
            self._pump()


def _content_type_line(content_type: bytes) -> str:
    line = f"\r\nContent-Type: {content_type.decode('latin-1')}\r\nContent-Length: "
    return _CONTENT_TYPE.setdefault(content_type, line)


def _origin_form(target: bytes) -> bytes:
    """`/path?query` of a target, which clients of a proxy send as a whole URL (RFC 9112, 3.2.2)."""
    if target.startswith(b"/"):
        return target
    for scheme in (b"http://", b"https://"):
        if target[: len(scheme)].lower() == scheme:
            authority, slash, rest = target[len(scheme) :].partition(b"/")
            if slash:
                return slash + rest
            return b"/?" + authority.partition(b"?")[2] if b"?" in authority else b"/"
    return target
