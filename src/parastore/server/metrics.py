"""What `/metrics` tells a Prometheus server.

Counters are those of the worker that answers, under its `pid`; what is told of events comes from storage and is the
same from each.
"""

from __future__ import annotations

import logging
import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest

import parastore
from parastore.server.logs import emit
from parastore.server.measured import Requests

_log = logging.getLogger("parastore.events")
registry = CollectorRegistry()

guard_findings = Counter("parastore_guard_findings", "Secrets put as plain text.", ["kind"], registry=registry)
events_delivered = Counter("parastore_events_delivered", "Events a sink took.", ["sink"], registry=registry)
events_failed = Counter("parastore_events_failed", "Attempts a sink did not take.", ["sink"], registry=registry)
events_dead = Counter("parastore_events_dead_lettered", "Events given up.", ["sink"], registry=registry)
jobs_failed = Counter("parastore_jobs_failed", "Turns of a job that ended with an error.", ["job"], registry=registry)
events_pending = Gauge("parastore_events_pending", "Events a sink has yet to get.", ["sink"], registry=registry)
events_lag = Gauge("parastore_events_lag_seconds", "Age of the oldest of these.", ["sink"], registry=registry)
decrypts = Counter(
    "parastore_decrypts",
    "Values decrypted for those who read parameters; Decrypt itself is a request.",
    registry=registry,
)
audit_up = Gauge("parastore_audit_up", "Whether audit records can be kept.", registry=registry)
audit_altered = Gauge(
    "parastore_audit_altered", "Files of the audit trail altered by others while they were written.", registry=registry
)
audit_waiting = Gauge(
    "parastore_audit_waiting", "Audit records on their way to the database or a sink.", ["to"], registry=registry
)
audit_missed = Gauge("parastore_audit_missed", "Audit records that a sink did not get.", ["sink"], registry=registry)
key_age = Gauge("parastore_key_age_seconds", "Age of the oldest key that is in use.", ["key"], registry=registry)
storage_bytes = Gauge("parastore_storage_bytes", "Size of the database.", registry=registry)
storage_up = Gauge("parastore_storage_up", "Whether the database answers.", registry=registry)
storage_connections = Gauge(
    "parastore_storage_connections", "Connections for reads to PostgreSQL.", ["state"], registry=registry
)
replica_in_step = Gauge(
    "parastore_replica_in_step", "Whether reads that allow it go to the standby.", registry=registry
)
sealed = Gauge("parastore_sealed", "Whether the root key cannot be had.", registry=registry)
build = Gauge("parastore_build", "The version that runs.", ["version"], registry=registry)
requests = Requests()
registry.register(requests)
ProcessCollector(registry=registry)
worker = Gauge("parastore_worker", "The worker whose counters these are.", ["pid"], registry=registry)


def observe(sink: str, outcome: str, reason: str) -> None:
    """Count and log what became of an attempt to deliver: delivered, failed or dead."""
    if outcome == "delivered":
        events_delivered.labels(sink).inc()
        return
    events_failed.labels(sink).inc()
    if outcome == "dead":
        events_dead.labels(sink).inc()
    event = "event is a dead letter" if outcome == "dead" else "event not delivered"
    emit(_log, logging.WARNING, event, sink=sink, reason=reason)


def render() -> tuple[bytes, str]:
    """The metrics as text, and its media type."""
    worker.labels(str(os.getpid())).set(1)
    build.labels(parastore.__version__).set(1)
    return generate_latest(registry), CONTENT_TYPE_LATEST
