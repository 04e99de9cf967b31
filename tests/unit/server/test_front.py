from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn
import uvloop
from tests.unit.server.served import REQUEST_ID, ScriptedService, answer, post
from uvicorn.server import ServerState

from parastore.server import front as front_module
from parastore.server import logs
from parastore.server.app import App
from parastore.server.front import DEPTH, SLICE, FrontProtocol
from parastore.server.settings import Settings
from parastore.server.turn import STRETCH
from parastore.server.worker import Worker

END = b"\r\n\r\n"


class Front:
    """A listening front in this process, with what it shares open to look at."""

    def __init__(self, port: int, worker: Worker, service: ScriptedService, state: ServerState) -> None:
        self.port = port
        self.worker = worker
        self.service = service
        self.state = state
        self.writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)

    async def ask(self, data: bytes) -> bytes:
        """All that comes back when nothing but `data` is sent."""
        reader, writer = await self.connect()
        writer.write(data)
        writer.write_eof()
        received = await reader.read()
        writer.close()
        return received


@asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[Front]:
    service = ScriptedService()
    chosen = Settings(**settings)

    def never(settings: Settings) -> AbstractAsyncContextManager[Any]:
        raise AssertionError

    app = App(chosen, never)
    config = uvicorn.Config(
        lambda: app,
        factory=True,
        interface="asgi3",
        ws="none",
        log_config=None,
        proxy_headers=False,
        server_header=False,
    )
    config.load()
    worker = Worker(service, chosen)
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: FrontProtocol(config, state, {"worker": worker, "service": service}), "127.0.0.1", 0
    )
    front = Front(server.sockets[0].getsockname()[1], worker, service, state)
    try:
        yield front
    finally:
        server.close()
        for writer in front.writers:
            writer.close()
        for connection in list(state.connections):
            connection.transport.abort()
        for task in list(state.tasks):
            task.cancel()
        worker.stop()
        await asyncio.sleep(0.01)


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def with_front(test: Callable[[Front], Awaitable[None]], **settings: Any) -> None:
    async def main() -> None:
        async with listening(**settings) as front, asyncio.timeout(20):
            await test(front)

    run(main())


def split(data: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """The answers in a stream, each (status, headers, body)."""
    answers = []
    while data:
        head, _, data = data.partition(END)
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int({name.lower(): value for name, value in headers.items()}.get("content-length", "0"))
        answers.append((int(first.split()[1]), headers, data[:length]))
        data = data[length:]
    return answers


async def one(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """The next answer of a connection that goes on."""
    head = await reader.readuntil(END)
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return split(head + await reader.readexactly(length))[0]


def reset(writer: asyncio.StreamWriter) -> None:
    """Hang up for good: without this the server sees no more than the end of the requests."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def test_the_answer_has_exactly_the_headers_of_aws() -> None:
    async def test(front: Front) -> None:
        received = await front.ask(post(b"{}"))
        head, _, body = received.partition(END)
        lines = head.split(b"\r\n")
        assert lines[0] == b"HTTP/1.1 200 OK"
        assert lines[1:4] == [
            b"x-amzn-RequestId: " + REQUEST_ID.encode(),
            b"Content-Type: application/x-amz-json-1.1",
            b"Content-Length: 2",
        ]
        assert lines[4].startswith(b"Date: ")
        assert lines[4].endswith(b" GMT")
        assert len(lines) == 5
        assert body == b"{}"

    with_front(test)


def test_what_the_service_gets() -> None:
    async def test(front: Front) -> None:
        request = (
            b"POST /?a=b&c=%20 HTTP/1.1\r\nHOST: localhost:1\r\nX-Amz-Target: Echo\r\n"
            b"X-Two: one\r\nx-two: two, three\r\nContent-Length: 5\r\n\r\nhello"
        )
        [(status, _, body)] = split(await front.ask(request))
        assert status == 200
        assert json.loads(body) == {
            "method": "POST",
            "path": "/",
            "query": "a=b&c=%20",
            "headers": {
                "host": "localhost:1",
                "x-amz-target": "Echo",
                "x-two": "one,two, three",
                "content-length": "5",
            },
            "body": "hello",
            "client": "127.0.0.1",
            "secure": False,
        }

    with_front(test)


@pytest.mark.parametrize(
    ("target", "query"),
    [
        ("/", ""),
        ("/?", ""),
        ("/?x", "x"),
        ("http://a:1/?x=1", "x=1"),
        ("HTTPS://a/", ""),
        ("http://a", ""),
        ("http://a?b", "b"),
    ],
)
def test_targets_that_are_the_api(target: str, query: str) -> None:
    async def test(front: Front) -> None:
        request = f"POST {target} HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Echo\r\n\r\n"
        [(status, _, body)] = split(await front.ask(request.encode()))
        assert status == 200
        assert json.loads(body)["query"] == query

    with_front(test)


@pytest.mark.parametrize(
    ("line", "status", "text"),
    [
        ("GET / HTTP/1.1", 405, "The AWS API takes POST requests to /."),
        ("POST /other HTTP/1.1", 404, "There is nothing at /other."),
        ("POST //?x HTTP/1.1", 404, "There is nothing at //."),
        ("DELETE /healthz HTTP/1.1", 405, "This method is not allowed here."),
        ("GET /%68ealthz?x=%20 HTTP/1.1", 200, None),
        ("GET http://proxy/healthz HTTP/1.1", 200, None),
        ("GET /healthz HTTP/1.0", 200, None),
        ("OPTIONS * HTTP/1.1", 404, None),
    ],
)
def test_everything_else_is_for_the_ordinary_routes(line: str, status: int, text: str | None) -> None:
    async def test(front: Front) -> None:
        [(got, headers, body)] = split(await front.ask(f"{line}\r\nHost: a\r\n\r\n".encode()))
        assert got == status
        assert headers["content-type"] == "application/json"
        assert "server" not in headers
        if text is not None:
            assert json.loads(body) == {"message": text}

    with_front(test)


@pytest.mark.parametrize("step", [1, 7, 60])
def test_a_request_in_pieces(step: int) -> None:
    request = post(b"a" * 100, target="Echo")

    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        for start in range(0, len(request), step):
            writer.write(request[start : start + step])
            await writer.drain()
            await asyncio.sleep(0)
        head = await reader.readuntil(END)
        assert head.startswith(b"HTTP/1.1 200")
        writer.close()

    with_front(test)


def test_a_large_body_arrives_whole_by_length_and_by_chunks() -> None:
    async def test(front: Front) -> None:
        body = bytes(range(256)) * 4096
        chunks = b"".join(b"%x\r\n%b\r\n" % (1000, body[i : i + 1000]) for i in range(0, 1_000_000, 1000))
        for request in (
            post(body),
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + chunks
            + b"0\r\nIgnored: trailer\r\n\r\n",
        ):
            [(status, _, echoed)] = split(await front.ask(request))
            assert status == 200
            assert echoed in (body, body[:1_000_000])

    with_front(test)


def test_trailers_are_not_headers() -> None:
    async def test(front: Front) -> None:
        request = (
            b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: Echo\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"1\r\nx\r\n0\r\nHost: b\r\nAuthorization: evil\r\n\r\n"
        )
        [(status, _, body)] = split(await front.ask(request))
        assert status == 200
        assert json.loads(body)["headers"] == {"host": "a", "x-amz-target": "Echo", "transfer-encoding": "chunked"}

    with_front(test)


def test_answers_keep_the_order_of_the_requests() -> None:
    async def test(front: Front) -> None:
        requests = [
            post(b"0.05", target="Sleep"),
            post(b"first"),
            b"GET /version HTTP/1.1\r\nHost: a\r\n\r\n",
            post(b"0.01", target="Sleep"),
            post(target="Crash"),
            b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
            post(target="SlowCrash"),
            post(b"last", b"Connection: close"),
            post(b"never"),
        ]
        answers = split(await front.ask(b"".join(requests)))
        assert [status for status, _, _ in answers] == [200, 200, 200, 200, 500, 200, 500, 200]
        assert answers[0][2] == b"0.05"
        assert answers[1][2] == b"first"
        assert json.loads(answers[2][2])["name"] == "parastore"
        assert answers[3][2] == b"0.01"
        assert answers[7][2] == b"last"
        assert [headers.get("Connection") for _, headers, _ in answers] == [None] * 7 + ["close"]

    with_front(test)


def test_many_pipelined_requests_behind_a_slow_one_stop_the_reading() -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.write(post(b"0.2", target="Sleep") + b"".join(post(b"%05d" % n) for n in range(5000)))
        await asyncio.sleep(0.1)
        [connection] = front.state.connections
        assert isinstance(connection, FrontProtocol)
        assert connection.flow.read_paused
        # What one slice of the stream holds may come on top.
        assert DEPTH <= len(connection._queue) <= DEPTH + SLICE // len(post(b"00000"))
        assert (await reader.readuntil(END)).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(3) == b"0.2"
        for n in range(5000):
            await reader.readuntil(END)
            assert await reader.readexactly(5) == b"%05d" % n
        writer.close()

    with_front(test)


def test_a_client_that_does_not_read_is_not_read_either() -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(post(b"200000", target="Size") * 500)
        await asyncio.sleep(0.3)
        [connection] = front.state.connections
        assert isinstance(connection, FrontProtocol)
        assert connection.flow.read_paused
        assert connection.transport.get_write_buffer_size() < 64 << 20
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        for _ in range(500):
            await reader.readuntil(END)
            await reader.readexactly(200_000)
        writer.close()

    with_front(test)


def test_a_client_that_never_reads_is_dropped() -> None:
    async def test(front: Front) -> None:
        _, writer = await front.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(post(b"900000", target="Size") * 20)
        await asyncio.sleep(1.5)
        assert not front.state.connections
        writer.close()

    with_front(test, request_timeout=0.3)


@pytest.mark.parametrize(
    ("request_", "closes"),
    [
        (post(b"x"), False),
        (post(b"x", b"Connection: close"), True),
        (post(b"x", b"Connection: keep-alive"), False),
        (b"POST / HTTP/1.0\r\n\r\n", True),
        (b"POST / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", True),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", False),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", True),
        (b"GET /healthz HTTP/1.0\r\n\r\n", True),
    ],
)
def test_who_closes(request_: bytes, closes: bool) -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.write(request_)
        head = await reader.readuntil(END)
        assert (b"\r\nconnection: close" in head.lower()) is closes
        await asyncio.sleep(0.05)
        await reader.read(100)
        assert reader.at_eof() is closes
        writer.close()

    with_front(test)


def test_expect_continue() -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n"
        writer.write(head)
        assert await reader.readuntil(END) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert (await reader.readuntil(END)).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(3) == b"abc"
        # Behind a request under way the invitation waits, or it would be taken for a part of that answer.
        writer.write(post(b"0.05", target="Sleep") + head)
        assert (await reader.readuntil(END)).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(4) == b"0.05"
        assert await reader.readuntil(END) == b"HTTP/1.1 100 Continue\r\n\r\n"
        # A client may send the body uninvited.
        writer.write(b"abc" + head + b"def")
        received = await reader.readuntil(b"def")
        assert received.count(b"HTTP/1.1 200") == 2
        writer.close()

    with_front(test)


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED = {
    "garbage": (b"\x00\x01\x02\x03", 400),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/2.0": (b"POST / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "HTTP/0.9": (b"POST /\r\n\r\n", 505),
    "HTTP/1.2": (b"POST / HTTP/1.2\r\nHost: a\r\n\r\n", 400),
    "lines end in LF": (b"POST / HTTP/1.1\nHost: a\n\n", 400),
    "no host": (b"POST / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (HEAD + b"Host: a\r\n\r\n", 400),
    "folded header": (HEAD + b"X: 1\r\n 2\r\n\r\n", 400),
    "space before colon": (HEAD + b"X : 1\r\n\r\n", 400),
    "no header name": (HEAD + b": 1\r\n\r\n", 400),
    "NUL in a value": (HEAD + b"X: \x00\r\n\r\n", 400),
    "CR in a value": (HEAD + b"X: a\rY: b\r\n\r\n", 400),
    "not ASCII in the target": (b"POST /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "CONNECT": (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "length and chunks": (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "chunks and length": (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400),
    "two lengths": (HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400),
    "a list of lengths": (HEAD + b"Content-Length: 3, 3\r\n\r\n", 400),
    "a negative length": (HEAD + b"Content-Length: -3\r\n\r\n", 400),
    "a signed length": (HEAD + b"Content-Length: +3\r\n\r\n", 400),
    "a length beyond 64 bits": (HEAD + b"Content-Length: %b\r\n\r\n" % (b"9" * 30), 400),
    "gzip, chunked": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    "identity": (HEAD + b"Transfer-Encoding: identity\r\n\r\n", 400),
    "xchunked": (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n", 400),
    "chunked twice": (HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a chunk size that is none": (CHUNKED + b"xyz\r\n", 400),
    "a chunk size beyond 64 bits": (
        CHUNKED + b"FFFFFFFFFFFFFFFFF\r\n",
        400,
    ),
    "upgrade with a body": (
        HEAD + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
        400,
    ),
    "unknown expectation": (HEAD + b"Expect: the worst\r\n\r\n", 417),
    "long target": (b"POST /?%b HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 8191), 414),
    "long target of a route": (b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 8192), 414),
    "endless target": (b"POST /" + b"x" * 9000, 414),
    "large header": (HEAD + b"X: %b\r\n\r\n" % (b"x" * 16384), 431),
    "large headers": (HEAD + b"%b\r\n" % b"".join(b"X%d: %b\r\n" % (n, b"x" * 900) for n in range(19)), 431),
    "endless header": (HEAD + b"X: " + b"x" * 40000, 431),
    "many headers": (HEAD + b"%b\r\n" % b"".join(b"X%d: 1\r\n" % n for n in range(100)), 431),
    "one header many times": (HEAD + b"%b\r\n" % (b"X: 1\r\n" * 101), 431),
    "endless repetition": (HEAD + b"" + b"X: 1\r\n" * 10000, 431),
    "large headers of a route": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * 16384), 431),
    "large body, announced": (HEAD + b"Content-Length: 1048577\r\n\r\n", 413),
    "large body of a route": (b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413),
    "large body, in chunks": (
        CHUNKED + (b"10000\r\n%b\r\n" % (b"x" * 65536)) * 17,
        413,
    ),
    "a huge chunk": (CHUNKED + b"FFFFFFFF\r\n" + b"x" * 1_100_000, 413),
    "endless chunk extension": (CHUNKED + b"1;" + b"x" * 100_000, 400),
    "endless trailers": (
        CHUNKED + b"1\r\nx\r\n0\r\n" + b"T: x\r\n" * 20_000,
        400,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, caplog: pytest.LogCaptureFixture) -> None:
    data, status = REFUSED[name]

    async def test(front: Front) -> None:
        received = await front.ask(data + b"POST / HTTP/1.1\r\nHost: a\r\n\r\n" if data.endswith(END) else data)
        [(got, headers, body)] = split(received)
        assert got == status
        assert headers["Connection"] == "close"
        assert headers["Content-Type"] == "application/x-amz-json-1.1"
        assert len(headers["x-amzn-RequestId"]) == 36
        assert json.loads(body).get("__type") == {413: "RequestEntityTooLargeException"}.get(status)
        assert "message" in json.loads(body)
        # The server goes on.
        assert split(await front.ask(post(b"on")))[0][2] == b"on"

    with_front(test)
    assert not caplog.records


def test_the_bounds_themselves_are_allowed() -> None:
    headers = b"".join(b"X%d: 1\r\n" % n for n in range(99))
    long = b"POST / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"

    async def test(front: Front) -> None:
        for request in (
            b"POST / HTTP/1.1\r\nHost: a\r\n%b\r\n" % headers,
            b"POST / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * (16384 - len(long))),
            b"POST /?%b HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 8190),
            post(b"x" * 1048576),
        ):
            [(status, _, _)] = split(await front.ask(request))
            assert status == 200
        # Bounds are per request: what came before in the same read does not count.
        large = b"POST / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * (16384 - len(long)))
        assert [status for status, _, _ in split(await front.ask((post(b"x" * 10_000) + large) * 5))] == [200] * 10

    with_front(test)


def test_smaller_bounds_hold_inside_one_read() -> None:
    async def test(front: Front) -> None:
        large = b"POST / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * 1024)
        assert [status for status, _, _ in split(await front.ask(post(b"x") + large))] == [200, 431]
        assert [status for status, _, _ in split(await front.ask(post(b"x") + post(b"x" * 1025)))] == [200, 413]

    with_front(test, max_header_bytes=1024, max_body_bytes=1024)


def test_a_refusal_waits_for_the_answers_before_it() -> None:
    async def test(front: Front) -> None:
        received = await front.ask(post(b"0.05", target="Sleep") + post(b"two") + b"garbage\r\n\r\n")
        assert [(status, body[:4]) for status, _, body in split(received)][:2] == [(200, b"0.05"), (200, b"two")]
        assert split(received)[2][0] == 400

    with_front(test)


def test_an_answer_reaches_a_client_that_is_still_sending() -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
        for _ in range(90):
            writer.write(b"x" * 100_000)
            await writer.drain()
        assert (await reader.readuntil(END)).startswith(b"HTTP/1.1 413")
        writer.close()

    with_front(test)


def test_an_upgrade_is_ignored() -> None:
    async def test(front: Front) -> None:
        upgrade = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: %b\r\n\r\n"
        api = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        received = await front.ask(upgrade % b"h2c" + upgrade % b"websocket" + api + api + post(b"on"))
        assert [status for status, _, _ in split(received)] == [200] * 5

    with_front(test)


@pytest.mark.parametrize("target", ["Crash", "SlowCrash"])
def test_a_bug_is_a_500_and_a_line_in_the_log(target: str, caplog: pytest.LogCaptureFixture) -> None:
    answered: list[str] = []

    async def test(front: Front) -> None:
        received = await front.ask(post(target=target) + post(b"on"))
        (status, headers, body), (next_status, _, _) = split(received)
        answered.append(headers["x-amzn-RequestId"])
        assert (status, next_status) == (500, 200)
        assert json.loads(body) == {"__type": "InternalServerError", "Message": "Internal server error"}

    with_front(test)
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert json.loads(logs.JsonFormatter().format(record))["request_id"] == answered[0]
    assert record.exc_info
    assert "crashed as told" in str(record.exc_info[1])


def test_what_was_begun_ends_when_the_client_hangs_up() -> None:
    async def test(front: Front) -> None:
        _, writer = await front.connect()
        writer.write(post(b"0.1", target="Sleep") + post(b"0.1", target="Sleep"))
        await asyncio.sleep(0.03)
        reset(writer)
        await asyncio.sleep(0.03)
        assert not front.state.connections
        assert len(front.state.tasks) == 1
        assert front.service.finished == 0
        await asyncio.sleep(0.1)
        # The second had not begun.
        assert front.service.finished == 1
        assert not front.state.tasks
        assert front.worker.open == 0

    with_front(test)


def test_a_client_that_closed_its_half_gets_its_answers() -> None:
    async def test(front: Front) -> None:
        for requests, count in (
            (post(b"x"), 1),
            (post(b"0.05", target="Sleep") + post(b"x"), 2),
            (b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + post(b"x"), 2),
            (post(b"0.05", target="Sleep") + b"POST / HTTP/1.1\r\nHo", 1),
        ):
            reader, writer = await front.connect()
            writer.write(requests)
            writer.write_eof()
            assert [status for status, _, _ in split(await reader.read())] == [200] * count
            writer.close()

    with_front(test)


@pytest.mark.parametrize(
    "start",
    [
        b"POST / HTTP/1.1\r\nHo",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
        b"POST /",
        b"GET /healthz HTTP/1.1\r\n",
    ],
)
def test_a_request_that_is_not_finished_in_time(start: bytes) -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.write(start)

        async def trickle() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    await asyncio.sleep(0.05)
                    writer.write(b"x" if start.endswith(b"/") else b"")

        trickling = asyncio.get_running_loop().create_task(trickle())
        [(status, headers, body)] = split(await reader.read())
        trickling.cancel()
        assert status == 408
        assert headers["Connection"] == "close"
        assert json.loads(body)["__type"] == "RequestTimeoutException"
        writer.close()

    with_front(test, request_timeout=0.3)


def test_a_slow_answer_is_not_a_slow_request() -> None:
    async def test(front: Front) -> None:
        received = await front.ask(post(b"0.25", target="Sleep") + post(b"0.25", target="Sleep"))
        assert [status for status, _, _ in split(received)] == [200, 200]

    with_front(test, request_timeout=0.1, idle_timeout=0.1)


@pytest.mark.parametrize("start", [b"", b"\r\n", b"PO", post(b"x")])
def test_idle_connections_are_closed(start: bytes) -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.write(start)
        async with asyncio.timeout(1):
            received = await reader.read()
        assert received.count(b"HTTP/1.1") == received.count(b"HTTP/1.1 200")
        writer.close()

    with_front(test, idle_timeout=0.2)


def test_too_many_connections_are_told_so() -> None:
    async def test(front: Front) -> None:
        kept = [await front.connect() for _ in range(3)]
        for _ in range(3):
            [(status, headers, body)] = split(await front.ask(post(b"x")))
            assert status == 503
            assert headers["Connection"] == "close"
            assert json.loads(body)["__type"] == "ServiceUnavailableException"
        for reader, writer in kept:
            writer.write(post(b"x"))
            assert (await reader.readuntil(END)).startswith(b"HTTP/1.1 200")
        kept[0][1].close()
        await asyncio.sleep(0.05)
        assert split(await front.ask(post(b"x")))[0][0] == 200
        for _, writer in kept:
            writer.close()

    with_front(test, max_connections=3)


def test_a_drain_answers_what_is_under_way_and_closes_the_rest() -> None:
    async def test(front: Front) -> None:
        idle, idle_writer = await front.connect()
        idle_writer.write(post(b"x"))
        await idle.readuntil(END)
        busy, busy_writer = await front.connect()
        busy_writer.write(post(b"0.1", target="Sleep") + post(b"behind"))
        half, half_writer = await front.connect()
        half_writer.write(post(b"abc")[:-1])
        await asyncio.sleep(0.03)
        for connection in list(front.state.connections):
            connection.shutdown()
        assert await idle.read() == b"x"
        half_writer.write(b"c")
        [(status, headers, body)] = split(await half.read())
        assert (status, headers["Connection"], body) == (200, "close", b"abc")
        answers = split(await busy.read())
        assert [(status, headers.get("Connection"), body) for status, headers, body in answers] == [
            (200, None, b"0.1"),
            (200, "close", b"behind"),
        ]
        late = split(await front.ask(post(b"late")))
        assert [headers.get("Connection") for _, headers, _ in late] == ["close"]
        for writer in (idle_writer, busy_writer, half_writer):
            writer.close()

    with_front(test)


def test_a_drain_that_runs_out_of_time_answers_503() -> None:
    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        writer.write(post(b"30", target="Sleep"))
        await asyncio.sleep(0.03)
        for connection in list(front.state.connections):
            connection.shutdown()
        for task in list(front.state.tasks):
            task.cancel()
        [(status, headers, _)] = split(await reader.read())
        assert (status, headers["Connection"]) == (503, "close")
        writer.close()

    with_front(test)


def test_the_date_goes_with_the_clock() -> None:
    async def test(front: Front) -> None:
        dates = set()
        for _ in range(3):
            [(_, headers, _)] = split(await front.ask(post(b"x")))
            dates.add(headers["Date"])
            await asyncio.sleep(0.6)
        assert len(dates) >= 2

    with_front(test, idle_timeout=0.4)


def test_readiness_says_why_not() -> None:
    async def test(front: Front) -> None:
        ask = b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
        [(status, _, body)] = split(await front.ask(ask))
        assert (status, json.loads(body)) == (200, {"status": "ready"})
        front.service.not_ready = "The database is locked."
        [(status, _, body)] = split(await front.ask(ask))
        assert (status, json.loads(body)) == (503, {"status": "not ready", "reason": "The database is locked."})

    with_front(test)


@pytest.mark.parametrize("path", ["/health", "/_localstack/health", "/health?reload"])
@pytest.mark.parametrize("wanted", [b'"ssm": "available"', b'"ssm": "running"'])
def test_waits_written_for_localstack_pass(path: str, wanted: bytes) -> None:
    async def test(front: Front) -> None:
        [(status, _, body)] = split(await front.ask(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()))
        assert status == 200
        assert wanted in body
        assert {"services", "edition", "version"} <= set(json.loads(body))

    with_front(test)


def test_head_has_no_body() -> None:
    async def test(front: Front) -> None:
        for path in ("/healthz", "/readyz", "/version", "/health", "/_localstack/health"):
            received = await front.ask(f"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert received.startswith(b"HTTP/1.1 200")
            assert received.endswith(END)

    with_front(test)


def test_an_answer_of_another_kind() -> None:
    async def test(front: Front) -> None:
        async def handle(request: object) -> Any:
            response = answer(b"<a/>")
            response.status, response.content_type = 404, b"text/xml"
            return response

        front.service.handle = handle  # type: ignore[method-assign]
        [(status, headers, body)] = split(await front.ask(post()))
        assert (status, headers["Content-Type"], body) == (404, "text/xml", b"<a/>")

    with_front(test)


async def begun(front: Front, body: bytes, target: str, number: int) -> list[asyncio.StreamReader]:
    """So many connections that send this all at once."""
    connections = [await front.connect() for _ in range(number)]
    for _, writer in connections:
        front.writers.append(writer)
        writer.write(post(body, target=target))
    return [reader for reader, _ in connections]


def test_one_request_too_many_is_shed_and_the_connection_goes_on() -> None:
    async def test(front: Front) -> None:
        slow = await begun(front, b"0.5", "Sleep", 3)
        await asyncio.sleep(0.1)
        assert front.worker.turn.under_way == 3
        [reader] = await begun(front, b"a", "Echo", 1)
        assert (await one(reader))[0] == 400
        health = split(await front.ask(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        assert [status for status, _, _ in health] == [200]
        assert [(await one(each))[0] for each in slow] == [200] * 3
        front.writers[-1].write(post(b"a", target="Echo"))
        assert (await one(reader))[0] == 200
        assert front.worker.turn.under_way == 0
        assert front.service.finished == 3

    with_front(test, max_requests=3)


def test_a_turn_that_takes_too_long_begins_no_more_requests() -> None:
    """Health is answered while connections have more to do than there is time for."""

    async def test(front: Front) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        readers = await begun(front, b"0.03", "Spin", 2 * STRETCH)
        health = await front.ask(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert split(health)[0][0] == 200
        statuses = [(await one(reader))[0] for reader in readers]
        assert set(statuses) == {200, 400}
        assert statuses.count(200) >= STRETCH
        assert loop.time() - began < 2 * STRETCH * 0.03

    with_front(test)


def test_a_few_slow_requests_are_all_answered() -> None:
    """One turn that is late tells of a machine that was asleep, or of large answers, not of too many requests."""

    async def test(front: Front) -> None:
        readers = await begun(front, b"0.03", "Spin", STRETCH)
        assert {(await one(reader))[0] for reader in readers} == {200}

    with_front(test)


def test_large_bodies_that_never_end_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_module, "MOST_KEPT", 4 * SLICE)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"

    async def test(front: Front) -> None:
        slow = [await front.connect() for _ in range(2)]
        for _, writer in slow:
            front.writers.append(writer)
            writer.write(head + b"x" * (2 * SLICE))
        await asyncio.sleep(0.1)
        assert front.worker.kept == 4 * SLICE
        [(status, _, body)] = split(await front.ask(head + b"x" * (2 * SLICE)))
        assert (status, json.loads(body)["__type"]) == (503, "ServiceUnavailableException")
        assert split(await front.ask(post(b"y" * SLICE, b"Connection: close")))[0][0] == 200
        slow[0][1].transport.abort()
        await asyncio.sleep(0.1)
        assert front.worker.kept == 2 * SLICE
        reader, writer = slow[1]
        writer.write(b"x" * (60_000 - 2 * SLICE))
        assert (await one(reader))[0] == 200
        assert front.worker.kept == 0

    with_front(test)


def test_large_bodies_behind_a_slow_request_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_module, "MOST_KEPT", 4 * SLICE)

    async def test(front: Front) -> None:
        reader, writer = await front.connect()
        front.writers.append(writer)
        writer.write(post(b"0.3", target="Sleep") + post(b"x" * SLICE) * DEPTH)
        await asyncio.sleep(0.1)
        assert 4 * SLICE <= front.worker.kept <= 6 * SLICE
        for _ in range(1 + DEPTH):
            assert (await one(reader))[0] == 200
        assert front.worker.kept == 0

    with_front(test)
