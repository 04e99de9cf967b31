"""`parastore events`: what sinks did not take, on the data folder, also while a server runs on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from parastore.cli.folder import Unable, folder_options, location

if TYPE_CHECKING:
    from parastore.server.location import Location
    from parastore.storage.protocol import Transaction

T = TypeVar("T")


@click.group()
def events() -> None:
    """Look after events that could not be delivered."""


@events.command("dead-letters")
@folder_options
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def dead_letters(config: Path | None, data_dir: str | None, database: str | None, as_json: bool) -> None:
    """List events that a sink did not take."""
    from parastore.events import store  # noqa: PLC0415 (not for --help)

    found = _on_folder(location(config, data_dir, database), store.dead_letters)
    if as_json:
        click.echo(json.dumps({"DeadLetters": [each._asdict() for each in found]}, indent=2))
        return
    for each in found:
        note = "  to be sent again" if each.again else ""
        click.echo(f"{each.event}  {each.sink}  {each.subject}  {each.attempts} attempts  {each.reason}{note}")


@events.command("retry")
@folder_options
@click.option("--sink", metavar="NAME", help="Only those of this sink.")
@click.argument("event", type=int, required=False)
def retry(config: Path | None, data_dir: str | None, database: str | None, sink: str | None, event: int | None) -> None:
    """Have the server send dead letters once more: all of them, or one EVENT."""
    from parastore.events import store  # noqa: PLC0415 (not for --help)

    count = _on_folder(location(config, data_dir, database), lambda tx: store.retry(tx, event, sink))
    click.echo(f"{count} to be sent again.", err=True)


def _on_folder(where: Location, work: Callable[[Transaction], Awaitable[T]]) -> T:
    from parastore.storage.check import schema  # noqa: PLC0415
    from parastore.storage.protocol import StorageError  # noqa: PLC0415

    if where.database is None and not (where.folder / "parastore.db").exists():
        raise Unable(f"no database in {where.folder}: name the server's data folder with --data-dir")

    async def run() -> Any:
        engine = where.open()
        try:
            if wrong := await schema(engine.read()):
                raise Unable(str(wrong[0]))
            return await engine.write(work)
        finally:
            await engine.close()

    try:
        result: T = asyncio.run(run())
    except StorageError as error:
        raise Unable(str(error)) from None
    return result
