"""The schema, as forward-only steps. A released step never changes; a new one is a new file.

`NNNN_name.sql` holds statements ended by a semicolon at a line's end. Every engine runs the same files in order, each
in one transaction together with its row in `schema_migration`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

from parastore.storage.protocol import StorageError, Transaction


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, name and statements."""

    number: int
    name: str
    statements: tuple[str, ...]


def load() -> tuple[Migration, ...]:
    """All steps of this version, in order."""
    steps = []
    for file in resources.files(__name__).iterdir():
        if match := re.fullmatch(r"(\d{4})_(\w+)\.sql", file.name):
            text = re.sub(r"(?m)^--.*\n", "", file.read_text(encoding="utf-8"))
            statements = tuple(part.strip() for part in re.split(r";\s*\n", text) if part.strip())
            steps.append(Migration(int(match[1]), match[2], statements))
    return tuple(sorted(steps, key=lambda step: step.number))


async def migrate(tx: Transaction, now: int, to: int | None = None) -> list[Migration]:
    """Bring the schema up to date inside `tx`, or to step `to`; the steps that ran. Refuses one of a newer version."""
    await tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration"
        " (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
    )
    row = await tx.fetch_row("SELECT coalesce(max(number), 0) FROM schema_migration")
    assert row is not None
    steps = load()
    if row[0] > steps[-1].number:
        raise StorageError(
            f"the data was written by a newer Parastore (schema {row[0]}, this one knows {steps[-1].number}):"
            " upgrade this Parastore"
        )
    missing = [step for step in steps if step.number > row[0] and (to is None or step.number <= to)]
    for step in missing:
        for statement in step.statements:
            await tx.execute(statement)
        await tx.execute("INSERT INTO schema_migration VALUES ($1, $2, $3)", step.number, step.name, now)
    return missing
