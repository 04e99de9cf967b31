"""Traces and metrics by OpenTelemetry, sent with OTLP over HTTP (`pip install 'parastore[otel]'`).

What is traced is wrapped, so a server without `otlp_endpoint` loads nothing of this and runs no line of it. A request
is one span with W3C Trace Context's parent, and below it are its writes and the calls it makes to others. Spans name
operations, accounts, Regions and error codes. Values, names of parameters and principals are not in them: who reads
traces need not be who may read those, and the audit trail has them under the same request id.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Mapping
from contextvars import ContextVar
from time import monotonic
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

import parastore
from parastore.context import Caller
from parastore.house import House, Watch
from parastore.iam.uses import Uses
from parastore.pipeline import handle
from parastore.server.measured import BUCKETS
from parastore.storage.protocol import Engine, Transaction
from parastore.wire.http import Handler, HttpRequest, HttpResponse

P = ParamSpec("P")
T = TypeVar("T")

LAST_WORD = 2.0  # seconds
ONE_EXPORT = 0.05  # seconds within which all instruments are asked
_request: ContextVar[Span] = ContextVar("request", default=trace.INVALID_SPAN)
_propagator = TraceContextTextMapPropagator()


class Telemetry:
    """The tracer and the meter of one worker. Headers, the sampler and all else that SDKs share come from OTEL_*."""

    def __init__(self, endpoint: str, registry: CollectorRegistry) -> None:
        base = endpoint.rstrip("/")
        about = {
            "service.name": "parastore",
            "service.version": parastore.__version__,
            "service.instance.id": str(uuid.uuid4()),
        }
        resource = Resource(about).merge(OTELResourceDetector().detect())
        self._traces = TracerProvider(resource=resource)
        spans = OTLPSpanExporter(f"{base}/v1/traces")
        self._traces.add_span_processor(BatchSpanProcessor(spans))
        self._tracer = self._traces.get_tracer("parastore", parastore.__version__)
        measures = OTLPMetricExporter(f"{base}/v1/metrics")
        self._metrics = MeterProvider([PeriodicExportingMetricReader(measures)], resource=resource)
        self._exporters = (spans, measures)
        meter = self._metrics.get_meter("parastore", parastore.__version__)
        self._took = meter.create_histogram(
            "rpc.server.duration", "s", "How long requests took.", explicit_bucket_boundaries_advisory=BUCKETS
        )
        state = _State(registry)
        for family in registry.collect():
            if family.type in ("counter", "gauge"):
                create = {"counter": meter.create_observable_counter, "gauge": meter.create_observable_gauge}
                create[family.type](family.name, [state.observer(family.name)], "", family.documentation)

    def over(self, house: House, database: str) -> Handler:
        """What answers a request in this house, and makes it a span."""
        traced = dataclasses.replace(
            house,
            engine=_Engine(house.engine, self._tracer, database),
            uses=_Uses(house.uses),
            watch=self._watch(house.watch),
        )

        def handle(request: HttpRequest) -> Coroutine[Any, Any, HttpResponse]:
            span = _begin(self._tracer, request)
            return _InSpan(_answer(request, traced, span), span)

        return handle

    def outgoing(self, name: str, call: Callable[P, T]) -> Callable[P, T]:
        """A call to another program, which blocks. Its errors are told by their type: their text may hold anything."""

        def traced(*args: P.args, **kwargs: P.kwargs) -> T:
            with _inside(self._tracer, name, {}):
                return call(*args, **kwargs)

        return traced

    def awaited(self, name: str, call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        """The same for a call that is awaited."""

        async def traced(*args: P.args, **kwargs: P.kwargs) -> T:
            with _inside(self._tracer, name, {}):
                return await call(*args, **kwargs)

        return traced

    def _watch(self, inner: Watch) -> Watch:
        def watch(action: str, code: str, seconds: float) -> None:
            inner(action, code, seconds)
            service, _, method = action.partition(":")
            about = {"rpc.system": "aws-api", "rpc.service": service, "rpc.method": method}
            if code:
                about["error.type"] = code
            self._took.record(seconds, about)
            span = _request.get()
            span.update_name(f"{service}/{method}" if method else "unknown operation")
            span.set_attributes(about)

        return watch

    async def close(self) -> None:
        """Send what is left. A collector that is away is not asked again for longer than LAST_WORD."""
        loop = asyncio.get_running_loop()
        giving_up = [loop.call_later(LAST_WORD, each.shutdown) for each in self._exporters]
        await asyncio.gather(*(asyncio.to_thread(each.shutdown) for each in (self._traces, self._metrics)))
        for each in giving_up:
            each.cancel()


class _State:
    """The registry as of one export. Each instrument is asked for by itself, and collecting looks at them all."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._families: Mapping[str, Metric] = {}
        self._at = float("-inf")

    def observer(self, name: str) -> Callable[[CallbackOptions], Iterator[Observation]]:
        def observe(options: CallbackOptions) -> Iterator[Observation]:
            for sample in self._look()[name].samples:
                if not sample.name.endswith("_created"):
                    yield Observation(sample.value, sample.labels)

        return observe

    def _look(self) -> Mapping[str, Metric]:
        now = monotonic()
        if now - self._at > ONE_EXPORT:
            self._families = {family.name: family for family in self._registry.collect()}
            self._at = now
        return self._families


@contextlib.contextmanager
def _inside(tracer: Tracer, name: str, about: Mapping[str, str]) -> Iterator[None]:
    """A span below the request's, or one of its own where there is no request."""
    parent = trace.set_span_in_context(_request.get(), Context())
    span = tracer.start_span(name, parent, SpanKind.CLIENT, about)
    try:
        yield
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()


def _begin(tracer: Tracer, request: HttpRequest) -> Span:
    carrier = {
        name: value.decode("latin-1")
        for name in ("traceparent", "tracestate")
        if (value := request.headers.get(name.encode())) is not None
    }
    parent = _propagator.extract(carrier, Context())
    return tracer.start_span("request", parent, SpanKind.SERVER, {"client.address": request.client})


async def _answer(request: HttpRequest, house: House, span: Span) -> HttpResponse:
    try:
        response = await handle(request, house)
        span.set_attributes({"http.response.status_code": response.status, "aws.request_id": response.request_id})
        if response.status >= 500:
            span.set_status(StatusCode.ERROR)
        return response
    finally:
        span.end()


class _InSpan(Coroutine[Any, Any, T]):
    """A coroutine each of whose steps runs with its span.

    Requests are begun one after another in one context, and go on in tasks that are made later (server/turn.py).
    """

    __slots__ = ("_coroutine", "_span")

    def __init__(self, coroutine: Coroutine[Any, Any, T], span: Span) -> None:
        self._coroutine = coroutine
        self._span = span

    def send(self, value: Any) -> Any:
        _request.set(self._span)
        return self._coroutine.send(value)

    def throw(self, kind: Any, value: BaseException | object = None, traceback: TracebackType | None = None) -> Any:
        _request.set(self._span)
        return self._coroutine.throw(kind) if value is None else self._coroutine.throw(kind, value, traceback)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, T]:
        _request.set(self._span)
        return self._coroutine.__await__()


class _Engine:
    """An engine whose writes are spans: a transaction, from its turn to its durability."""

    def __init__(self, engine: Engine, tracer: Tracer, name: str) -> None:
        self._engine = engine
        self._tracer = tracer
        self._about = {"db.system.name": name, "db.operation.name": "transaction"}
        self.read = engine.read
        self.scrub = engine.scrub
        self.close = engine.close

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, quiet: bool = False) -> T:
        with _inside(self._tracer, "storage write", self._about):
            return await self._engine.write(work, quiet=quiet)


class _Uses(Uses):
    """Tells the span whose request it is: it is verified by then."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Uses) -> None:
        self._inner = inner

    def note(self, caller: Caller, now: int, region: str, service: str) -> None:
        self._inner.note(caller, now, region, service)
        _request.get().set_attributes({"cloud.account.id": caller.account, "cloud.region": region})

    async def store(self, engine: Engine) -> bool:
        return await self._inner.store(engine)
