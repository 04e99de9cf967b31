"""The page docs/performance.md: what was measured, and how it stands to the targets."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.cached import Read
from bench.fixtures import Cost

GET, SECURE, PATH, PUT = (
    "GetParameter, String",
    "GetParameter, SecureString decrypted",
    "GetParametersByPath of ten",
    "PutParameter, durable",
)
READS = (GET, SECURE)
KMS = ("KMS Encrypt", "KMS Decrypt", "KMS GenerateDataKey")


class Sample(NamedTuple):
    """One block of load: server CPU in microseconds for each request, answers a second, latencies in milliseconds."""

    cpu: float
    rate: float
    p50: float
    p99: float


class Server(NamedTuple):
    """What a server is and was: seconds until its first answer, resident bytes after all the load."""

    name: str
    seconds_to_first_answer: float
    resident: int


# By kind of request and server, one of each round.
Samples = Mapping[tuple[str, str], Sequence[Sample]]


def markdown(
    servers: dict[str, Server],
    samples: Samples,
    costs: Sequence[Cost],
    read: Read,
    seconds: float,
    connections: int,
    large: int,
) -> str:
    middle = {where: statistics.median_low(sorted(taken)) for where, taken in samples.items()}
    rounds = len(samples[GET, "front"])
    lines = [
        "# Performance",
        "",
        "Written by `make bench`; do not edit. One worker, signatures verified, every write synced to disk before its",
        f"answer. {connections} connections send requests signed beforehand; {rounds} rounds of {seconds:g} s for each",
        "kind and server, interleaved, the median round shown; the targets are held against the median of the rounds'",
        "ratios. The bare front is Parastore's HTTP server with one fixed answer. moto verifies no signature and keeps",
        "everything in memory. Driver and servers take turns on one core, the driver as a batch process that does not",
        "interrupt; the rates are those of that core. Compare within this table only.",
        "",
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}.",
        "",
        "| request | server | CPU for each, µs | requests/s | p50, ms | p99, ms |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for kind in (GET, SECURE, PATH, PUT, *KMS):
        for key, server in servers.items():
            each = middle[kind, key]
            lines.append(
                f"| {kind} | {server.name} | {each.cpu:,.1f} | {each.rate:,.0f} | {each.p50:.2f} | {each.p99:.2f} |"
            )
        if kind in READS:
            for key, name in (("user", "Parastore, a user with a policy"), ("unguarded", "neither policies nor audit")):
                each = middle[kind, key]
                lines.append(
                    f"| {kind} | {name} | {each.cpu:,.1f} | {each.rate:,.0f} | {each.p50:.2f} | {each.p99:.2f} |"
                )
    lines += ["", "| server | first answer after, s | resident, MB |", "|---|---:|---:|"]
    lines += [
        f"| {each.name} | {each.seconds_to_first_answer:.2f} | {each.resident / 1e6:.0f} |" for each in servers.values()
    ]
    lines += ["", "What a test suite pays, before any call of the code under test:", ""]
    lines += ["| server for tests | start, s | each test, ms |", "|---|---:|---:|"]
    lines += [f"| {each.name} | {each.start:.2f} | {each.each * 1000:.2f} |" for each in costs]
    lines += ["", "What one read of a SecureString takes from the application's machine:", ""]
    lines += ["| through | CPU for each, µs | reads per CPU second |", "|---|---:|---:|"]
    lines += [
        f"| {name} | {each:,.1f} | {1e6 / each:,.0f} |"
        for name, each in (("boto3, in the application", read.boto3), ("the agent, which keeps it", read.agent))
    ]
    lines += ["", "## Against the targets", "", "| target | measured | |", "|---|---:|---|"]
    lines += [
        f"| {text} | {value} | {'yes' if met else '**no**'} |"
        for text, value, met in _targets(servers, samples, costs[0], read, large)
    ]
    return "\n".join(lines) + "\n"


def _targets(
    servers: dict[str, Server], samples: Samples, plugin: Cost, read: Read, large: int
) -> list[tuple[str, str, bool]]:
    def ratio_of(kind: str, one: str, other: str) -> float:
        pairs = zip(samples[kind, one], samples[kind, other], strict=True)
        return statistics.median(each.cpu / beside.cpu for each, beside in pairs)

    rows = []
    for kind, least in ((GET, 40), (SECURE, 40), (PATH, 30), (PUT, 10), *((each, 30) for each in KMS)):
        ratio = ratio_of(kind, "moto", "small")
        rows.append((f"{kind}: at least {least} times less CPU than moto", f"{ratio:.1f}", ratio >= least))
    for kind in (GET, SECURE):
        ratio = ratio_of(kind, "small", "front")
        rows.append((f"{kind}: at most 3.5 times the bare front's CPU", f"{ratio:.2f}", ratio <= 3.5))
    for kind in (GET, SECURE):
        ratio = ratio_of(kind, "large", "small")
        rows.append(
            (f"{kind}: CPU at {large:,} parameters at most 1.2 times that at 1,000", f"{ratio:.2f}", ratio <= 1.2)
        )
    for kind in READS:
        ratio = ratio_of(kind, "user", "unguarded")
        rows.append(
            (f"{kind}: with policies and audit at most 1.6 times the CPU without them", f"{ratio:.2f}", ratio <= 1.6)
        )
        ratio = ratio_of(kind, "moto", "user")
        rows.append((f"{kind}, with policies: at least 30 times less CPU than moto", f"{ratio:.1f}", ratio >= 30))
    start = servers["small"].seconds_to_first_answer
    rows.append(("first answer within 1.0 s of the start", f"{start:.2f} s", start <= 1.0))
    resident = servers["small"].resident / 1e6
    rows.append(("under 80 MB resident, after all the load", f"{resident:.0f} MB", resident < 80))
    rows.append(("the pytest plugin starts within 1 s", f"{plugin.start:.2f} s", plugin.start <= 1.0))
    rows.append(("the pytest plugin costs a test under 10 ms", f"{plugin.each * 1000:.2f} ms", plugin.each < 0.01))
    ratio = read.boto3 / read.agent
    rows.append(
        ("the agent answers at least 10 times as many reads per CPU second as boto3", f"{ratio:.1f}", ratio >= 10)
    )
    return rows
