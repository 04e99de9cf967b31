"""A running server under clients that mean it ill, or are only unlucky.

After every test the server answers, has logged no error and no traceback, and drains: nothing of the attack is left.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from tests.unit.server.served import Server, post, read_all, running

from parastore.server.front import LINGER

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSE = b"Connection: close"


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with running(
        "--request-timeout", "0.8", "--idle-timeout", "2", "--max-connections", "200", "--drain-timeout", "5"
    ) as server:  # fmt: skip
        yield server
        assert server.stop() == 0
        assert [line["event"] for line in server.log] == ["listening", "draining", "stopped"]


@pytest.fixture
def server(shared: Server) -> Iterator[Server]:
    before = shared.log
    yield shared
    assert shared.process.poll() is None
    assert shared.ask(post(b"still here", CLOSE)).endswith(b"still here")
    assert shared.log == before


def statuses(answers: bytes) -> list[int]:
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def test_fifty_pipelined_requests_have_fifty_answers_in_order(server: Server) -> None:
    requests = b"".join(post(b"<%d>" % n, *([CLOSE] if n == 49 else [])) for n in range(50))
    received = server.ask(requests)
    assert statuses(received) == [200] * 50
    positions = [received.index(b"<%d>" % n) for n in range(50)]
    assert positions == sorted(positions)


def test_fifty_pipelined_requests_that_wait_are_answered_in_order(server: Server) -> None:
    delays = [(50 - n) / 10_000 for n in range(50)]
    requests = b"".join(post(b"%.4f" % delay, target="Sleep") for delay in delays)
    received = server.ask(requests + post(b"", CLOSE))
    assert statuses(received) == [200] * 51
    positions = [received.index(b"%.4f" % delay) for delay in delays]
    assert positions == sorted(positions)


def test_slow_loris(server: Server) -> None:
    """Headers, a body, and chunks, one byte at a time: 408 and out, and others are served meanwhile."""
    kinds = [HEAD + b"X: ", HEAD + b"Content-Length: 1000\r\n\r\n", CHUNKED + b"3e8\r\n"]
    connections = []
    for n in range(60):
        connection = server.connect()
        connection.sendall(kinds[n % 3])
        connections.append(connection)
    began = time.monotonic()
    finished: set[int] = set()
    while len(finished) < len(connections) and time.monotonic() - began < 8:
        for n, connection in enumerate(connections):
            if n in finished:
                continue
            connection.settimeout(0.001)
            try:
                connection.sendall(b"x")
                received = connection.recv(4096)
            except TimeoutError:
                continue
            except ConnectionError:
                received = b""
            assert statuses(received) in ([], [408])
            finished.add(n)
        assert server.ask(post(b"x", CLOSE)).endswith(b"x")
    assert len(finished) == len(connections)
    for connection in connections:
        connection.close()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (HEAD + b"X: " + b"x" * 3_000_000, 431),
        (HEAD + b"X: 1\r\n" * 500_000, 431),
        (b"POST /" + b"x" * 3_000_000, 414),
        (b"x" * 3_000_000, 400),
        (b"\r\n" * 10 + b"\x00" * 100_000, 400),
        (HEAD + b"Content-Length: 3000000\r\n\r\n" + b"x" * 3_000_000, 413),
        (CHUNKED + b"ffffffff\r\n" + b"x" * 3_000_000, 413),
        (CHUNKED + b"1\r\nx\r\n" * 1_100_000, 413),
        (CHUNKED + b"1;" + b"x" * 3_000_000, 400),
        (CHUNKED + b"1\r\nx\r\n0\r\n" + b"T: 1\r\n" * 500_000, 400),
        (CHUNKED + b"0" * 3_000_000, 400),
        (CHUNKED + b"fffffffffffffffff\r\n", 400),
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 30\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x00" * 160, 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"CONNECT localhost:22 HTTP/1.1\r\nHost: a\r\n\r\nSSH-2.0-x\r\n", 400),
    ],
    ids=lambda value: value if isinstance(value, int) else value[len(HEAD) :][:40],
)
def test_one_answer_then_the_end(server: Server, data: bytes, status: int) -> None:
    with server.connect() as connection:
        sender = threading.Thread(target=send, args=(connection, data))
        sender.start()
        received = read_all(connection)
        sender.join()
    assert statuses(received) == [status]
    assert b"\r\nConnection: close\r\n" in received


def send(connection: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(data)


def test_what_a_client_sends_does_not_come_back_as_headers(server: Server) -> None:
    for data in (
        b"POST /\r\nX-Injected: 1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: a\rX-Injected: 1\r\nConnection: close\r\n\r\n",
        b"GET /healthz/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    ):
        head = server.ask(data).partition(b"\r\n\r\n")[0].lower()
        assert head.startswith((b"http/1.1 40", b"http/1.1 505"))
        assert b"\nx-injected" not in head
        assert b"evil.example" not in head


def test_clients_that_vanish(server: Server) -> None:
    """Resets at every point of a request, with and without an answer under way."""
    request = post(b"0.01", target="Sleep") * 3
    for length in range(0, len(request), 7):
        connection = server.connect()
        connection.sendall(request[:length])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def test_a_write_under_way_ends_though_its_client_is_gone(server: Server) -> None:
    before = -1
    while before != (before := finished(server)):
        time.sleep(0.1)
    connection = server.connect()
    connection.sendall(post(b"0.2", target="Sleep"))
    time.sleep(0.1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    time.sleep(0.3)
    assert finished(server) == before + 1


def finished(server: Server) -> int:
    return int(server.ask(post(b"", CLOSE, target="Finished")).rsplit(b"\r\n", 1)[1])


def test_half_closed_connections(server: Server) -> None:
    for data, answers in (
        (post(b"x"), [200]),
        (post(b"0.05", target="Sleep"), [200]),
        (post(b"0.05", target="Sleep") + post(b"x") + post(b"y"), [200] * 3),
        (post(b"x")[:-1], []),
        (HEAD, []),
        (b"", []),
    ):
        with server.connect() as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            assert statuses(read_all(connection)) == answers


def test_clients_that_do_not_read_cost_no_memory(server: Server) -> None:
    before = server.memory()
    connections = []
    for _ in range(20):
        connection = server.connect()
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            for _ in range(200):
                connection.send(post(b"900000", target="Size") * 50)
        connections.append(connection)
    # At once about one answer for each, and not the 10,000 asked for (9 GB).
    time.sleep(0.5)
    assert server.memory() - before < 200 << 20
    assert server.ask(post(b"x", CLOSE)).endswith(b"x")
    deadline = time.monotonic() + 10
    while server.memory() - before > 60 << 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    for connection in connections:
        connection.close()


def test_idle_connections_beyond_the_limit(server: Server) -> None:
    """5,000 connections on a server that takes 200: the rest are told, and the 200 are served."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(5000, (hard if hard != resource.RLIM_INFINITY else 10_000) - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 500), hard))
    connections = []
    try:
        connections.append(first := server.connect())
        first.sendall(post(b"x"))
        assert first.recv(4096).endswith(b"x")
        began = time.monotonic()
        for _ in range(wanted):
            connections.append(server.connect())
        first.sendall(post(b"y"))
        assert first.recv(4096).endswith(b"y")
        told = 0
        for connection in connections[300:400]:
            told += b" 503 " in connection.recv(4096)
        assert told == 100
        # Of refused connections too only so many are kept, unless the first have gone when the last one comes.
        assert read_all(connections[-1]) == b"" or time.monotonic() - began > LINGER
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    deadline = time.monotonic() + 5
    while b" 200 " not in server.ask(post(b"x", CLOSE)) and time.monotonic() < deadline:
        time.sleep(0.1)


def test_many_clients_at_once_each_get_their_own_answers(server: Server) -> None:
    def client(n: int) -> None:
        with server.connect() as connection:
            for step in range(20):
                body = b"%d-%d" % (n, step)
                connection.sendall(post(body) if step % 3 else post(b"0.001", target="Sleep") + post(body))
                received = b""
                while not received.endswith(b"\r\n\r\n" + body):
                    received += connection.recv(4096)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(client, range(64)))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_drain_answers_the_request_under_way(workers: str) -> None:
    with running("--workers", workers) as server, server.connect() as idle, server.connect() as busy:
        idle.sendall(post(b"x"))
        assert idle.recv(4096).endswith(b"x")
        busy.sendall(post(b"1.5", target="Sleep"))
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(4096) == b""
        # Each worker notices within a tenth of a second.
        time.sleep(0.3)
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        answer = read_all(busy)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"\r\nConnection: close\r\n" in answer
        assert answer.endswith(b"1.5")
        assert server.process.wait(5) == 0
        assert [line["event"] for line in server.log] == ["listening", "draining", "stopped"]


def test_a_drain_has_an_end() -> None:
    with running("--drain-timeout", "0.3") as server, server.connect() as busy, server.connect() as half:
        busy.sendall(post(b"60", target="Sleep"))
        half.sendall(HEAD)
        time.sleep(0.1)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 3
        assert statuses(read_all(busy)) == [503]
        assert read_all(half) == b""
