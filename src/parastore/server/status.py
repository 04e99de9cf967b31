"""What an installation is and how it is, from its data alone: no server need run."""

from __future__ import annotations

import asyncio
from typing import Any

import parastore
from parastore.events import store as events
from parastore.seal.store import read_ring
from parastore.server.location import Location
from parastore.storage.check import schema
from parastore.storage.protocol import StorageError, Transaction

_TIERS = "SELECT coalesce(sum(count), 0) FROM parameter_count"


def status(where: Location) -> dict[str, Any]:
    """The facts, named as JSON shows them. Raises StorageError."""
    return asyncio.run(_status(where))


async def _status(where: Location) -> dict[str, Any]:
    if where.database is None and not (where.folder / "parastore.db").exists():
        raise StorageError(f"no database in {where.folder}: name the server's data folder with --data-dir")
    snapshot = await where.look()
    try:
        async with snapshot.moment() as tx:
            return await _facts(tx, where)
    finally:
        await snapshot.close()


async def _facts(tx: Transaction, where: Location) -> dict[str, Any]:
    if wrong := await schema(tx):
        return {"Version": parastore.__version__, "Data": str(where), "Schema": str(wrong[0])}
    ring = await read_ring(tx)
    sinks = [name for (name,) in await tx.fetch_all("SELECT name FROM event_sink ORDER BY name")]
    waiting = {name: (await events.waiting(tx, name))[0] for name in sinks}
    facts: dict[str, Any] = {
        "Version": parastore.__version__,
        "Data": str(where),
        "Schema": await _one(tx, "SELECT max(number) FROM schema_migration"),
        "Accounts": await _one(tx, "SELECT count(*) FROM account"),
        "Parameters": await _one(tx, _TIERS),
        "Keys": await _one(tx, "SELECT count(*) FROM kms_key"),
        "RootKey": ring.provider,
        "KeyRingTerm": max(ring.terms),
        "EventsPending": waiting,
        "DeadLetters": await _one(tx, "SELECT count(*) FROM event_dead_letter"),
    }
    return facts | (await _sqlite(where) if where.database is None else await _postgres(tx))


async def _sqlite(where: Location) -> dict[str, Any]:
    return {"Engine": "SQLite", "Bytes": sum(each.stat().st_size for each in where.folder.glob("parastore.db*"))}


async def _postgres(tx: Transaction) -> dict[str, Any]:
    """Of PostgreSQL itself; standbys are shown to roles that may see them (pg_monitor)."""
    nodes = "SELECT count(DISTINCT (client_addr, client_port)) FROM pg_stat_activity"
    standbys = await tx.fetch_all(
        "SELECT CAST(application_name AS TEXT), coalesce(CAST(sync_state AS TEXT), '') FROM pg_stat_replication"
    )
    return {
        "Engine": "PostgreSQL " + await _one(tx, "SELECT current_setting('server_version')"),
        "Bytes": await _one(tx, "SELECT pg_database_size(current_database())"),
        "Connections": await _one(tx, f"{nodes} WHERE application_name = 'parastore' AND datname = current_database()"),
        "SynchronousCommit": await _one(tx, "SELECT current_setting('synchronous_commit')"),
        "Standbys": [f"{name} ({state})" if state else name for name, state in standbys],
    }


async def _one(tx: Transaction, sql: str) -> Any:
    row = await tx.fetch_row(sql)
    return row[0] if row else None
