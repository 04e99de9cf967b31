"""Half an hour of an ordinary day (`make soak`): nothing that a server holds may grow.

SOAK_SECONDS says how long for each database. The first third is warm-up; of the rest a line is fitted to every figure.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Client, ClientFactory
from tests.soak import crowd
from tests.soak.mixed import Mixed
from tests.soak.samples import Bound, grows, growth

from parastore.server.check import findings
from parastore.testing.postgres import Postgres
from parastore.testing.server import Keys, Server
from parastore.testing.wire import Wire

SECONDS = float(os.environ.get("SOAK_SECONDS", "0"))
CLIENTS, RATE = 4, 10.0
SAMPLES = 60
FILLED = 6000  # parameters of 4 KB: SQLite keeps 8 MiB of pages for each of two connections
# What may come and go: caches fill, the log is recycled in pieces of 16 MiB, and clients open connections.
BOUNDS = {
    "rss MiB": Bound(4, 0.05),
    "files": Bound(5, 0.1),
    "connections": Bound(5, 0.1),
    "database connections": Bound(4, 0.1),
    "wal MiB": Bound(33, 0.25),
    "audit lag s": Bound(2, 0.5),
}

pytestmark = pytest.mark.skipif(not SECONDS, reason="make soak")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Postgres | None]:
    if request.param == "sqlite":
        yield None
        return
    with Postgres(fsync="on", max_wal_size="64MB", checkpoint_timeout="30s") as postgres:
        yield postgres


def sample(server: Server, postgres: Postgres | None, lag: float) -> dict[str, float]:
    proc = Path(f"/proc/{server.pid}")
    status = (proc / "status").read_text(encoding="ascii")
    here = f":{server.port:04X}"
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()]
    if postgres is None:
        log, used = (server.folder / "parastore.db-wal").stat().st_size, 0
    else:
        log = int(postgres.sql("SELECT sum(size) FROM pg_ls_waldir()"))
        used = int(postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parastore'"))
    return {
        "rss MiB": int(status.partition("VmRSS:")[2].split()[0]) / 1024,
        "files": len(list((proc / "fd").iterdir())),
        "connections": sum(line[1].endswith(here) and line[3] == "01" for line in sockets),
        "database connections": used,
        "wal MiB": log / (1 << 20),
        "audit lag s": lag,
    }


def fill(server: Server, keys: Keys) -> None:
    """Store and read more than the database's caches hold, so that what fills them is not taken for a leak."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda part: _fill(server, keys, part), range(4)))


def _fill(server: Server, keys: Keys, part: int) -> None:
    wire = Wire(server.port, keys)
    for number in range(FILLED // 4):
        name = f"/full/{part}/{number}"
        assert wire.call("PutParameter", Name=name, Value="v" * 4000, Type="SecureString").status == 200
        assert wire.call("GetParameter", Name=name, WithDecryption=True).status == 200
    wire.close()


def audit_lag(ssm: Client, cloudtrail: Client, number: int) -> float:
    """Seconds until LookupEvents knows of a read."""
    name = f"/soak/audit/{number}"
    with contextlib.suppress(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name=name)
    began = time.monotonic()
    while time.monotonic() - began < 30:
        events = cloudtrail.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "GetParameter"}], MaxResults=50
        )["Events"]
        if any(json.loads(event["CloudTrailEvent"])["requestParameters"] == {"name": name} for event in events):
            break
        time.sleep(0.2)
    return time.monotonic() - began


def test_nothing_grows(
    database: Postgres | None, data_folder: Path, client_for: ClientFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    settings: dict[str, Any] = {"database": database.create_database()} if database is not None else {}
    with Server(data_folder, **settings) as server:
        keys = server.new_account()
        stranger = Keys(keys.account, keys.access_key_id, "wrong" * 8)

        def make(service: str) -> Client:
            return client_for(server, keys, service=service, retries=2)

        fill(server, keys)
        ssm, cloudtrail = make("ssm"), make("cloudtrail")
        samples = []
        began = time.monotonic()
        with Mixed(server.url, make, client_for(server, stranger), CLIENTS, RATE) as mixed:
            for number in range(1, SAMPLES + 1):
                lag = audit_lag(ssm, cloudtrail, number)
                time.sleep(max(0.0, began + SECONDS * number / SAMPLES - time.monotonic()))
                samples.append(sample(server, database, lag))
        took = time.monotonic() - began
        with capfd.disabled():
            sys.stderr.write(table("PostgreSQL" if database is not None else "SQLite", samples, mixed.calls, took))
        assert mixed.wrong == []
        assert [kind for kind in mixed.calls if "Internal" in kind] == []
        steady = samples[SAMPLES // 3 :]
        growing = [name for name, bound in BOUNDS.items() if grows([each[name] for each in steady], bound)]
        assert growing == []
        overload(server, keys, lambda: sample(server, database, 0)["rss MiB"])
        assert [entry for entry in server.log if entry.get("level") in ("error", "raw")] == []
    assert list(findings(server.location)) == []


def overload(server: Server, keys: Keys, memory: Callable[[], float]) -> None:
    """Then half a minute of five hundred connections, and a hundred slow ones."""
    before = memory()
    answers = crowd.ask(server, keys, connections=500, seconds=30, kinds="get path describe put", slow=100)
    sys.stderr.write(f"overload: {answers.counts}, memory {before:.0f} to {memory():.0f} MiB\n")
    assert answers.counts["ThrottlingException"] > 0
    assert set(answers.counts) <= {"", "ThrottlingException", "ParameterNotFound"}
    assert memory() < before + 100


def table(title: str, samples: list[dict[str, float]], calls: dict[str, int], took: float) -> str:
    steady = samples[SAMPLES // 3 :]
    lines = [f"\n{title}: {sum(calls.values())} calls in {took:.0f} s, {sum(calls.values()) / took:.0f} a second"]
    lines.append(f"{'':22} {'first':>9} {'a third':>9} {'last':>9} {'least':>9} {'most':>9} {'growth':>9}")
    for name in BOUNDS:
        values = [each[name] for each in steady]
        shown = (samples[0][name], values[0], values[-1], min(values), max(values), growth(values))
        lines.append(f"{name:22} " + " ".join(f"{value:9.1f}" for value in shown))
    lines.append(", ".join(f"{kind} {number}" for kind, number in sorted(calls.items())))
    return "\n".join(lines) + "\n"
