"""The way back from the browser: a port of 127.0.0.1 that hears one answer (RFC 8252, 7.3)."""

from __future__ import annotations

import hmac
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parastore.client.connect import Failure, Kind

PATH = "/callback"
_PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Parastore</title>
<p>Thank you. You can close this page and go back to the terminal.</p></html>
"""
_NOT_OURS = b"This answer belongs to no sign-in that is under way.\n"
_SLICE = 0.5  # seconds after which it looks at the time; also what one silent connection may take


class Loopback:
    """Listens from the start; `wait` gives the URL that the browser was sent back to. Port 0 takes a free one."""

    def __init__(self, port: int = 0) -> None:
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise Failure(Kind.REFUSED, f"cannot listen on port {port} of 127.0.0.1: {error.strerror}") from None
        self._server.timeout = _SLICE

    @property
    def redirect_uri(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, state: str, seconds: float) -> str:
        """The answer with this state. Any other is refused and waited past: anybody on this machine can send one."""
        self._server.state = state
        until = time.monotonic() + seconds
        while self._server.answer is None:
            if time.monotonic() > until:
                raise Failure(Kind.DENIED, f"nobody signed in within {seconds / 60:.0f} minutes: start again")
            self._server.handle_request()
        return self._server.answer

    def close(self) -> None:
        self._server.server_close()

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(HTTPServer):
    state = ""
    answer: str | None = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is no news: browsers open some to spare."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SLICE

    def do_GET(self) -> None:
        """The browser comes back, or asks for an icon."""
        parts = urlsplit(self.path)
        given = parse_qs(parts.query).get("state", [""])[0]
        ours = parts.path == PATH and hmac.compare_digest(given.encode(), self.server.state.encode())
        self._send(200 if ours else 400, _PAGE if ours else _NOT_OURS, "text/html" if ours else "text/plain")
        if ours:
            self.server.answer = self.path

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The request line has the code."""
