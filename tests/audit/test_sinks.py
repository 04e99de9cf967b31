"""Every record is given to every sink, and a sink that fails holds up nobody."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import IO, Any

import pytest
from tests.conftest import ClientFactory
from tests.folders import make_folder

from parastore.audit.sinks import Sink, sender
from parastore.testing.server import Server


class Printing(Server):
    """A server whose stdout is a file."""

    def __init__(self, folder: Path, stdout: IO[bytes], **settings: Any) -> None:
        super().__init__(folder, **settings)
        self.stdout = stdout


class Collector(BaseHTTPRequestHandler):
    got: list[tuple[str, Any]] = []  # noqa: RUF012 - of all connections
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if Collector.status == 200:
            Collector.got.append((self.headers["authorization"], json.loads(body)))
        self.send_response(Collector.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Collector.got.clear()
    Collector.status = 200
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ingest"
        server.shutdown()
        thread.join()


def test_a_server_tells_all_its_sinks(data_folder: Path, tmp_path: Path, url: str, client_for: ClientFactory) -> None:
    token = tmp_path / "token"
    token.write_text("a-token\n", encoding="utf-8")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.settimeout(10)
        sinks = f"syslog://127.0.0.1:{syslog.getsockname()[1]} {url}"
        with Server(data_folder, audit_sinks=sinks, audit_sink_token_file=token) as server:
            client = client_for(server, server.new_account())
            client.put_parameter(Name="/a", Value="a-secret-value", Type="String")
            client.get_parameter(Name="/a")
            datagrams = [syslog.recv(65536) for _ in range(2)]
    assert all(each.startswith(b"<86>parastore[") for each in datagrams)
    heard = [json.loads(each.partition(b": ")[2])["eventName"] for each in datagrams]
    assert heard == ["PutParameter", "GetParameter"]
    assert {authorization for authorization, _ in Collector.got} == {"Bearer a-token"}
    assert [each["eventName"] for _, body in Collector.got for each in body["Records"]] == heard
    assert "a-secret-value" not in str(Collector.got)


def test_what_is_not_taken_waits(url: str) -> None:
    sink = Sink(url, sender(url))
    Collector.status = 503
    sink.take([b'{"n":1}'])

    assert asyncio.run(sink.turn()) is False
    Collector.status = 200
    sink.take([b'{"n":2}'])
    asyncio.run(sink.turn())

    assert [body for _, body in Collector.got] == [{"Records": [{"n": 1}, {"n": 2}]}]


def test_who_takes_nothing_costs_no_more_than_so_much(url: str) -> None:
    sink = Sink(url, sender(url))
    began = time.monotonic()
    for number in range(20_100):
        sink.take([b"%d" % number])
    assert sink.missed == 100
    assert time.monotonic() - began < 5


def test_stdout_is_told_as_lines(data_folder: Path, tmp_path: Path, client_for: ClientFactory) -> None:
    """Each line is a record, and nothing else is on stdout."""
    make_folder(data_folder)  # a first start shows its access key on stdout
    out = tmp_path / "stdout"
    with out.open("wb") as stdout, Printing(data_folder, stdout, audit_sinks="stdout") as server:
        account = server.new_account()
        client = client_for(server, account)
        for _ in range(5):
            client.put_parameter(Name="/a", Value="a-secret-value", Type="String", Overwrite=True)
            client.get_parameter(Name="/a")
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert sorted(each["eventName"] for each in records) == ["GetParameter"] * 5 + ["PutParameter"] * 5
    assert len({each["eventID"] for each in records}) == 10
    assert "a-secret-value" not in out.read_text()


def test_what_nobody_asked_for_is_told_too(data_folder: Path, url: str, client_for: ClientFactory) -> None:
    with Server(data_folder, audit_sinks=url) as server:
        client = client_for(server, server.new_account())
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        policy = [{"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": at}}]
        client.put_parameter(Name="/a", Value="v", Type="String", Tier="Advanced", Policies=json.dumps(policy))
        until = time.monotonic() + 15
        while client.describe_parameters()["Parameters"] and time.monotonic() < until:
            time.sleep(0.1)
    told = [each for _, body in Collector.got for each in body["Records"]]
    assert [each["eventName"] for each in told if each["eventType"] == "AwsServiceEvent"] == ["DeleteParameter"]
