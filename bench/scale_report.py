"""The part of docs/performance.md about growth: tables, pictures, and what follows from them on paper."""

from __future__ import annotations

import math
import os
import platform
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import NamedTuple

import pygal
from pygal.style import Style

GET, PATH, DESCRIBE, PUT = "GetParameter", "GetParametersByPath of ten", "DescribeParameters of ten", "PutParameter"
KINDS = (GET, PATH, DESCRIBE, PUT)
READS, BESIDE, WRITES = "GetParameter", "GetParameter, while a client writes", "PutParameter"
LOADS = {READS: GET, BESIDE: GET, WRITES: PUT}  # the kind that each is made of
_STEPS = [step * 10.0**power for power in range(-2, 4) for step in (1, 2, 5)]  # of a logarithmic axis
_BUSY = 0.6  # how much of a core to plan with: the rest is for bursts and for a node that is lost


class Latency(NamedTuple):
    """Of one client that waits for each answer: milliseconds, and processor µs for each request."""

    engine: str
    parameters: int
    kind: str
    p50: float
    p99: float
    node_cpu: float
    database_cpu: float


class Size(NamedTuple):
    """What so many parameters take: bytes of the database for each, a node's resident bytes, seconds of a backup."""

    engine: str
    parameters: int
    stored: float
    resident: int
    backup: float


class Shared(NamedTuple):
    """What so many nodes on one PostgreSQL did: requests a second in all, milliseconds, processor µs for each."""

    nodes: int
    load: str
    rate: float
    p99: float
    node_cpu: float
    database_cpu: float


class Scale(NamedTuple):
    """All that was measured."""

    sizes: list[Size]
    latencies: list[Latency]
    shared: list[Shared]
    load: float  # of the machine, before
    indexes: float  # bytes for each parameter, of PostgreSQL's at the largest size
    seconds: float
    connections: int


_PART = """\
## Scale

Written by `make scale`; do not edit. Another run than the tables above, so compare within this part only.

{cores} cores, {system} {machine}, Python {python}. The driver, the nodes and PostgreSQL share them: latencies have each
other's work in them, and rates end where the cores do, so look at the processor time. Values are a few bytes long,
names are drawn at random from all. PostgreSQL runs on the same machine with `fsync`, without standbys, reached by a
socket; over a network add its round trip to every line of PostgreSQL's. The machine's load before the run
was {load:.1f}; beyond 0.5 others had a share in what is measured.

### Parameters

One client that waits for each answer, {seconds:g} s for each line. CPU is that of the node, and of the database where
that is a server of its own.

![SQLite: latency by number of parameters]({pictures}/latency-sqlite.svg)

![PostgreSQL: latency by number of parameters]({pictures}/latency-postgresql.svg)

| request | engine | parameters | p50, ms | p99, ms | CPU of the node, µs | of the database, µs |
|---|---|---:|---:|---:|---:|---:|
{latencies}

What is stored is what filling it up to there added to the database, indexes and all.

![Bytes of the database for each parameter]({pictures}/stored.svg)

| engine | parameters | stored for each, bytes | node resident, MB | `parastore backup`, s |
|---|---:|---:|---:|---:|
{sizes}

### Nodes

Nodes with one worker each on one PostgreSQL with {largest:,} parameters, {connections} connections to each node. Hardly
any name is asked twice, so what nodes remember does not help them: this is the bad case.

![Requests a second by nodes]({pictures}/nodes.svg)

| load | nodes | requests/s | p99, ms | CPU of the nodes, µs | of the database, µs | cores busy with both |
|---|---:|---:|---:|---:|---:|---:|
{nodes}

### On paper: 10,000 requests per second, 100 million parameters

Nobody has run this. It follows from the lines above, those of one node with {largest:,} parameters.

| what | from | needed |
|---|---|---|
{needs}

A network of 0.5 ms between node and database adds 0.5 ms to a read that is not remembered, and no processor time. A
commit that waits for a synchronous standby adds that round trip to every group of writes. Accounts do not know of each
other, so where one installation is not enough, split by account.
"""


def markdown(scale: Scale, pictures: str) -> str:
    """The whole part; `pictures` is where they lie, seen from the page."""
    return _PART.format(
        cores=os.cpu_count(),
        system=platform.system(),
        machine=platform.machine(),
        python=platform.python_version(),
        seconds=scale.seconds,
        load=scale.load,
        connections=scale.connections,
        largest=max(each.parameters for each in scale.sizes),
        pictures=pictures,
        latencies="\n".join(_latency(each) for kind in KINDS for each in scale.latencies if each.kind == kind),
        sizes="\n".join(_size(each) for each in scale.sizes),
        nodes="\n".join(_shared(each) for load in LOADS for each in scale.shared if each.load == load),
        needs="\n".join(f"| {what} | {since} | {needed} |" for what, since, needed in _needs(scale)),
    )


def _latency(each: Latency) -> str:
    database = f"{each.database_cpu:,.0f}" if each.database_cpu else "-"
    return (
        f"| {each.kind} | {each.engine} | {each.parameters:,} | {each.p50:.2f} | {each.p99:.2f} | {each.node_cpu:,.0f}"
        f" | {database} |"
    )


def _size(each: Size) -> str:
    resident = each.resident / 1e6
    return f"| {each.engine} | {each.parameters:,} | {each.stored:,.0f} | {resident:.0f} | {each.backup:.1f} |"


def _shared(each: Shared) -> str:
    busy = each.rate * (each.node_cpu + each.database_cpu) / 1e6
    return (
        f"| {each.load} | {each.nodes} | {each.rate:,.0f} | {each.p99:.1f} | {each.node_cpu:,.0f}"
        f" | {each.database_cpu:,.0f} | {busy:.2f} |"
    )


def _needs(scale: Scale) -> list[tuple[str, str, str]]:
    """What 10,000 reads a second and 100 million parameters need, why, and how much."""
    reads = next(each for each in scale.shared if each.nodes == 1 and each.load == BESIDE)
    written = max(each.rate for each in scale.shared if each.load == WRITES)
    last = max((each for each in scale.sizes if each.engine == "PostgreSQL"), key=lambda each: each.parameters)
    nodes, database = (10_000 * each / 1e6 for each in (reads.node_cpu, reads.database_cpu))
    backup = last.backup * 100e6 / last.parameters / 3600
    return [
        (
            "nodes for 10,000 reads a second, while somebody writes",
            f"{reads.node_cpu:,.0f} µs each: {nodes:.1f} cores",
            f"{math.ceil(nodes / _BUSY)} nodes of one worker, busy to {_BUSY:.0%}, and one more, to lose one",
        ),
        (
            "PostgreSQL for these reads",
            f"{reads.database_cpu:,.0f} µs each: {database:.1f} cores",
            f"{math.ceil(database / _BUSY)} cores, busy to {_BUSY:.0%}; less where the same names are asked for again",
        ),
        (
            "10,000 writes a second",
            f"one node writes at a time, what waits is committed together: {written:,.0f} a second, measured",
            f"not one installation: plan with {written * _BUSY:,.0f} a second for each",
        ),
        (
            "disk for 100 million parameters",
            f"{last.stored:,.0f} bytes each, with the shortest values",
            f"{last.stored / 10:,.0f} GB, the values' own length, and each older version that is kept",
        ),
        (
            "memory of PostgreSQL",
            f"its indexes are to stay in it: {scale.indexes:,.0f} bytes each",
            f"{scale.indexes / 10:,.0f} GB",
        ),
        (
            "memory of a node",
            "it remembers ten thousand answers, however many parameters there are",
            f"{last.resident / 1e6:.0f} MB",
        ),
        (
            "backups",
            f"`parastore backup`: {last.backup:.0f} s for {last.parameters:,}",
            f"{backup:.1f} hours; take PostgreSQL's own (`pg_basebackup`, archived WAL): what it stores is sealed",
        ),
        (
            "accounts",
            "AWS's quotas: 10,000 standard and 100,000 advanced parameters for an account and Region",
            "at least 910 accounts, or Regions of them",
        ),
    ]


def draw(scale: Scale, folder: Path) -> None:
    """The pictures, as SVG."""
    folder.mkdir(exist_ok=True)
    for engine in dict.fromkeys(each.engine for each in scale.latencies):
        chart = pygal.Line(
            **_look(), logarithmic=True, x_title="parameters", title=f"{engine}: latency in ms, p50 and (dashed) p99"
        )
        its = [each for each in scale.latencies if each.engine == engine]
        chart.x_labels = [f"{size:,}" for size in sorted({each.parameters for each in its})]
        lowest, highest = min(each.p50 for each in its), max(each.p99 for each in its)
        chart.range = (_STEPS[bisect_right(_STEPS, lowest) - 1], _STEPS[bisect_left(_STEPS, highest)])
        chart.y_labels = [step for step in _STEPS if chart.range[0] <= step <= chart.range[1]]
        for dash in (None, "4, 4"):
            for kind in KINDS:
                points = sorted((each.parameters, each.p50, each.p99) for each in its if each.kind == kind)
                chart.add(
                    None if dash else kind,
                    [point[2 if dash else 1] for point in points],
                    stroke_style={"width": 2, "dasharray": dash} if dash else {"width": 3},
                )
        chart.render_to_file(str(folder / f"latency-{engine.lower()}.svg"))
    sizes = sorted({each.parameters for each in scale.sizes})
    stored = pygal.Bar(**_look(), title="bytes of the database for each parameter", x_title="parameters")
    stored.x_labels = [f"{size:,}" for size in sizes]
    for engine in dict.fromkeys(each.engine for each in scale.sizes):
        stored.add(engine, [round(each.stored) for each in scale.sizes if each.engine == engine])
    stored.render_to_file(str(folder / "stored.svg"))
    rates = pygal.Bar(**_look(), title=f"requests a second, all on {os.cpu_count()} cores", x_title="nodes")
    rates.x_labels = [str(count) for count in sorted({each.nodes for each in scale.shared})]
    for load in LOADS:
        rates.add(load, [round(each.rate) for each in scale.shared if each.load == load])
    rates.render_to_file(str(folder / "nodes.svg"))


def _look() -> dict[str, object]:
    colors = ("#0972d3", "#d13212", "#037f0c", "#8456ce")
    style = Style(
        background="#ffffff",
        plot_background="#ffffff",
        colors=colors * 2,
        font_family="sans-serif",
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=13,
        guide_stroke_color="#d5dbdb",
        major_guide_stroke_color="#d5dbdb",
        guide_stroke_dasharray="0",
        major_guide_stroke_dasharray="0",
    )
    return {
        "style": style,
        "width": 760,
        "height": 460,
        "js": (),
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 2,
        "value_formatter": lambda value: f"{value:,.10g}",
        "truncate_legend": -1,
        "no_prefix": True,
    }
