"""How Parastore grows, for docs/performance.md: with the number of parameters on each engine, and with nodes.

    python -m bench.scale [--sizes 1000 10000 100000 1000000] [--seconds 3] [--output docs/performance.md]

Each engine has one database, which is filled further and further. PostgreSQL is one of our own, of this machine, with
its safe settings (fsync). At the last size it gets more nodes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import page, scale_report, targets
from bench.drive import Load, drive
from bench.fill import fill
from bench.requests import name_of, raw
from bench.scale_report import Latency, Scale, Shared, Size
from parastore.server.location import DatabaseUrl, Location
from parastore.testing.postgres import Postgres

Asked = list[tuple[str, dict[str, Any]]]

NODES = (1, 2, 4)
CONNECTIONS = 16  # to each node, when there are several
# Of PostgreSQL, instead of those that suit tests: it keeps what it acknowledged.
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "1min",
}
# So many that hardly anything is asked twice: a node remembers ten thousand answers.
_SAMPLE = {scale_report.GET: 20_000, scale_report.PATH: 10_000}
_WARM = 20  # requests of each kind beforehand: connections, statements
_HERTZ = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--output", type=Path, default=Path("docs/performance.md"))
    options = parser.parse_args()
    sizes, seconds, load = sorted(options.sizes), options.seconds, os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="parastore-scale-") as name, Postgres(**SETTINGS) as postgres:
        folder = Path(name)
        sqlite = Location(folder / "sqlite")
        shared = Location(folder / "postgresql", DatabaseUrl(postgres.create_database()))
        grown = [
            *grow("SQLite", sqlite, folder, sizes, seconds, lambda: _bytes_in(sqlite.folder), float),
            *grow("PostgreSQL", shared, folder, sizes, seconds, lambda: _bytes_of(postgres), lambda: _cpu_of(postgres)),
        ]
        indexes = int(postgres.sql("SELECT pg_indexes_size('parameter')", "db1")) / sizes[-1]
        nodes = [each for count in NODES for each in share(count, shared, folder, sizes[-1], seconds, postgres)]
    scale = Scale(
        [each for each in grown if isinstance(each, Size)],
        [each for each in grown if isinstance(each, Latency)],
        nodes,
        load,
        indexes,
        seconds,
        CONNECTIONS,
    )
    pictures = options.output.with_suffix("")
    scale_report.draw(scale, pictures)
    text = scale_report.markdown(scale, pictures.name)
    page.write(options.output, scale=text)
    print(text)


def kinds(parameters: int) -> dict[str, Asked]:
    """What is asked, of names drawn at random from all."""
    chance = random.Random(parameters)
    asks: dict[str, Callable[[int], tuple[str, dict[str, Any]]]] = {
        scale_report.GET: lambda number: ("GetParameter", {"Name": name_of(number)}),
        scale_report.PATH: lambda number: ("GetParametersByPath", {"Path": _app(number)}),
        scale_report.DESCRIBE: lambda number: ("DescribeParameters", _of_app(number)),
        scale_report.PUT: lambda number: ("PutParameter", _overwrite(number)),
    }
    return {
        kind: [ask(chance.randrange(parameters)) for _ in range(_SAMPLE.get(kind, 4_000))] for kind, ask in asks.items()
    }


def _app(number: int) -> str:
    return name_of(number).rpartition("/")[0]


def _of_app(number: int) -> dict[str, Any]:
    return {"ParameterFilters": [{"Key": "Path", "Option": "OneLevel", "Values": [_app(number)]}]}


def _overwrite(number: int) -> dict[str, Any]:
    return {"Name": name_of(number), "Value": f"value-{number}", "Type": "String", "Overwrite": True}


def grow(
    engine: str,
    location: Location,
    folder: Path,
    sizes: list[int],
    seconds: float,
    stored: Callable[[], int],
    database_cpu: Callable[[], float],
) -> Iterator[Latency | Size]:
    """One client, which waits for each answer, at each size."""
    targets.node(f"{engine}, first start", location, folder).stop()
    have = 0
    for size in sizes:
        _say(f"{engine}: filling it with {size:,} parameters")
        before, added = stored(), range(have, size)
        asyncio.run(fill(location, added))
        per_parameter, have = (stored() - before) / len(added), size
        backup = _backup(location, folder / f"{engine}-{size}.backup")
        node = targets.node(f"{engine}, {size}", location, folder)
        try:
            for kind, asked in kinds(size).items():
                _say(f"{engine}, {size:,} parameters: {kind}")
                signed = [raw(*each, node.port) for each in asked]
                for each in signed[-_WARM:]:
                    targets.send(node.port, each)
                cpu, in_database = node.cpu_seconds(), database_cpu()
                load = drive(node.port, signed, seconds, 1)
                cpu, in_database = node.cpu_seconds() - cpu, database_cpu() - in_database
                yield Latency(engine, size, kind, load.p50, load.p99, _each(cpu, load), _each(in_database, load))
            yield Size(engine, size, per_parameter, node.resident_bytes(), backup)
        finally:
            node.stop()


def share(
    count: int, location: Location, folder: Path, parameters: int, seconds: float, postgres: Postgres
) -> Iterator[Shared]:
    """So many nodes on one database, each with clients of its own."""
    with ExitStack() as running:
        nodes = []
        for number in range(1, count + 1):
            its = Location(folder / f"{count}-{number}", location.database)
            its.folder.mkdir(mode=0o700)
            shutil.copy(location.folder / "root.key", its.folder)
            nodes.append(targets.node(f"node {number} of {count}", its, folder))
            running.callback(nodes[-1].stop)
        asked = kinds(parameters)
        for what in scale_report.LOADS:
            _say(f"{count} nodes: {what}")
            # A signature holds for five minutes, and for any node: all are called alike.
            signed = [raw(*each, 80) for each in asked[scale_report.LOADS[what]]]
            writes = [raw(*each, 80) for each in asked[scale_report.PUT]]
            cpu, in_database = sum(node.cpu_seconds() for node in nodes), _cpu_of(postgres)
            with ThreadPoolExecutor() as drivers:
                if what == scale_report.BESIDE:
                    drivers.submit(drive, nodes[0].port, writes, seconds, 1)
                # Each begins elsewhere, so that not all ask for the same at once.
                starts = [len(signed) * number // count for number in range(count)]
                driven = [
                    drivers.submit(drive, node.port, signed[start:] + signed[:start], seconds, CONNECTIONS)
                    for node, start in zip(nodes, starts, strict=True)
                ]
                loads = [each.result() for each in driven]
            cpu, in_database = sum(node.cpu_seconds() for node in nodes) - cpu, _cpu_of(postgres) - in_database
            answers = sum(load.answers for load in loads)
            yield Shared(
                count,
                what,
                sum(load.answers / load.seconds for load in loads),
                max(load.p99 for load in loads),
                cpu / answers * 1e6,
                in_database / answers * 1e6,
            )


def _each(seconds: float, load: Load) -> float:
    return seconds / load.answers * 1e6


def _backup(location: Location, file: Path) -> float:
    """How many seconds `parastore backup` takes."""
    words = ["backup", "--data-dir", str(location.folder), str(file)]
    if location.database is not None:
        words[1:1] = ["--database", location.database.reveal()]
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "parastore", *words], check=True, capture_output=True)
    took = time.monotonic() - began
    file.unlink()
    return took


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("parastore.db*"))


def _bytes_of(postgres: Postgres) -> int:
    return int(postgres.sql("SELECT pg_database_size('db1')"))


def _cpu_of(postgres: Postgres) -> float:
    """Processor seconds of the server, of the processes it has and of those it had."""
    postmaster = (postgres.folder / "data" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text().partition(" ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = rest.rpartition(")")[2].split()
        if pid == postmaster:
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == postmaster:
            ticks += sum(map(int, fields[11:13]))
    return ticks / _HERTZ


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
