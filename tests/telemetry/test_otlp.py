"""Traces and metrics as a collector gets them: OTLP over HTTP, decoded by OpenTelemetry's own protocol buffers."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from tests.conftest import Client, ClientFactory

from parastore.testing.server import Server

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(ThreadingHTTPServer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[tuple[str, bytes]] = []
        self.heads: list[dict[str, str]] = []
        self.resource: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[Span]:
        found = []
        for path, body in list(self.bodies):
            if path == "/v1/traces":
                for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    self.resource = attributes(of_resource.resource)
                    found += [span for scope in of_resource.scope_spans for span in scope.spans]
        return found

    def metrics(self) -> dict[str, Any]:
        """The last of each by its name."""
        return {
            metric.name: metric
            for path, body in list(self.bodies)
            if path == "/v1/metrics"
            for of_resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in of_resource.scope_metrics
            for metric in scope.metrics
        }


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.heads.append({name.lower(): value for name, value in self.headers.items()})
        self.server.bodies.append((self.path, body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "500")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-token=abc")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


def attributes(of: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


def with_parent(client: Client, **headers: str) -> None:
    client.meta.events.register("before-send.ssm.*", lambda request, **_: request.headers.update(headers))


def test_a_request_is_a_span_with_its_writes_and_calls(
    data_folder: Path, collector: Collector, client_for: ClientFactory
) -> None:
    settings: dict[str, Any] = {
        "otlp_endpoint": collector.url,
        "audit_sinks": f"{collector.url}/audit",
        "secretsmanager_endpoint_url": "http://127.0.0.1:9",  # nobody is there
    }
    with Server(data_folder, **settings) as server:
        keys = server.new_account()
        plain, traced = client_for(server, keys), client_for(server, keys)
        with_parent(traced, traceparent=f"00-{TRACE}-{PARENT}-01")
        put = traced.put_parameter(Name="/hidden/name", Value="hush-hush", Type="SecureString")
        plain.get_parameter(Name="/hidden/name", WithDecryption=True)
        with pytest.raises(plain.exceptions.ParameterNotFound):
            plain.get_parameter(Name="/hidden/none")
        with pytest.raises(plain.exceptions.ClientError):
            plain.get_parameter(Name="/aws/reference/secretsmanager/hidden", WithDecryption=True)
        with_parent(plain, traceparent="00-nonsense", tracestate=" =,")
        plain.describe_parameters()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and "rpc.server.duration" not in collector.metrics():
            time.sleep(0.1)
        ended = time.monotonic()
    assert time.monotonic() - ended < 15
    spans = collector.spans()
    requests = {
        span.name: span for span in spans if span.kind == Span.SPAN_KIND_SERVER and span.name != "ssm/GetParameter"
    }
    assert requests.keys() == {"ssm/PutParameter", "ssm/DescribeParameters"}

    span = requests["ssm/PutParameter"]
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert attributes(span) == {
        "rpc.system": "aws-api",
        "rpc.service": "ssm",
        "rpc.method": "PutParameter",
        "cloud.account.id": keys.account,
        "cloud.region": "us-east-1",
        "client.address": "127.0.0.1",
        "http.response.status_code": 200,
        "aws.request_id": put["ResponseMetadata"]["RequestId"],
    }
    engine = "postgresql" if server.location.database else "sqlite"
    (write,) = (each for each in spans if each.parent_span_id == span.span_id)
    assert (write.name, attributes(write)["db.system.name"]) == ("storage write", engine)
    assert span.start_time_unix_nano <= write.start_time_unix_nano < write.end_time_unix_nano <= span.end_time_unix_nano
    assert requests["ssm/DescribeParameters"].parent_span_id == b""

    gets = [span for span in spans if span.name == "ssm/GetParameter"]
    assert [attributes(span).get("error.type") for span in gets] == [None, "ParameterNotFound", "ValidationException"]
    assert len({span.trace_id for span in gets}) == 3
    (call,) = (each for each in spans if each.parent_span_id == gets[2].span_id)
    assert (call.name, call.status.code) == ("Secrets Manager/GetSecretValue", Status.STATUS_CODE_ERROR)
    assert attributes(call) == {"error.type": "DependencyFailed"}
    roots = {span.name for span in spans if span.kind == Span.SPAN_KIND_CLIENT and not span.parent_span_id}
    assert roots == {"open the key ring", "give audit records"}

    assert collector.resource["service.name"] == "parastore"
    assert collector.resource["deployment.environment.name"] == "test"
    assert all(head["x-token"] == "abc" for head in collector.heads if "protobuf" in head["content-type"])
    told = b"".join(body for path, body in collector.bodies if path != "/audit")
    for hidden in (b"hidden", b"hush", keys.access_key_id.encode(), keys.secret_access_key.encode()):
        assert hidden not in told
    assert [entry for entry in server.log if entry.get("level") in ("error", "raw")] == []


def test_what_waits_in_one_turn_stays_in_its_own_span(
    data_folder: Path, collector: Collector, client_for: ClientFactory
) -> None:
    """Requests on many connections at once, whose writes wait for each other: each write is below its own request."""
    with Server(data_folder, otlp_endpoint=collector.url) as server:
        keys = server.new_account()

        def put(number: int) -> None:
            client = client_for(server, keys)
            client.put_parameter(Name=f"/n/{number}", Value="v", Type="String")
            with_parent(client, traceparent=f"00-{number:032x}-{PARENT}-01")
            for turn in range(10):
                if number % 2:
                    client.put_parameter(Name=f"/n/{number}/{turn}", Value="v", Type="String")
                else:
                    client.label_parameter_version(Name=f"/n/{number}", Labels=[f"turn-{turn}"])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(put, range(1, 9)))
    spans = collector.spans()
    of_requests = {span.span_id: span for span in spans if span.kind == Span.SPAN_KIND_SERVER and span.parent_span_id}
    names = {1: "ssm/PutParameter", 0: "ssm/LabelParameterVersion"}
    assert all(span.name == names[span.trace_id[-1] % 2] for span in of_requests.values())
    writes = [span for span in spans if span.name == "storage write" and span.parent_span_id in of_requests]
    assert len(of_requests) == len(writes) == len({span.parent_span_id for span in writes}) == 80
    assert all(span.trace_id == of_requests[span.parent_span_id].trace_id for span in writes)
    assert sorted(int(span.trace_id.hex(), 16) for span in writes) == sorted([*range(1, 9)] * 10)


def test_metrics(data_folder: Path, collector: Collector, client_for: ClientFactory) -> None:
    with Server(data_folder, otlp_endpoint=collector.url) as server:
        ssm = client_for(server, server.new_account())
        for _ in range(3):
            ssm.describe_parameters()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and "rpc.server.duration" not in collector.metrics():
            time.sleep(0.1)
    seen = collector.metrics()
    (point,) = seen["rpc.server.duration"].histogram.data_points
    assert (point.count, attributes(point)["rpc.method"]) == (3, "DescribeParameters")
    assert 0 < point.sum < 60
    assert [each.as_double for each in seen["parastore_requests"].sum.data_points] == [3]
    assert seen["parastore_requests"].sum.is_monotonic
    assert [each.as_double for each in seen["parastore_sealed"].gauge.data_points] == [0]
    assert [each.as_double for each in seen["parastore_storage_up"].gauge.data_points] == [1]


def test_a_collector_that_is_away_stops_nothing(data_folder: Path, client_for: ClientFactory) -> None:
    with Server(data_folder, otlp_endpoint="http://127.0.0.1:9") as server:
        client_for(server, server.new_account()).describe_parameters()
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 15


def test_without_it_nothing_of_it_is_loaded() -> None:
    code = "import sys, parastore.server.wiring; print([each for each in sys.modules if 'opentelemetry' in each])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
