"""`parastore access`: what rights somebody needs, by what they did."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from parastore.cli.audit import unable
from parastore.cli.folder import folder_options, location
from parastore.cli.times import Period


@click.group()
def access() -> None:
    """What rights somebody needs."""


@access.command()
@click.option("--principal", metavar="ARN", required=True, help="ARN of a user, a role or a session.")
@click.option("--since", type=Period(), default="7d", show_default=True, help="How far back: 30m, 12h, 7d, 4w.")
@folder_options
def suggest(principal: str, since: int, config: Path | None, data_dir: str | None, database: str | None) -> None:
    """Write the smallest policy that covers what a principal did, by the audit trail.

    Refused calls are left out. The policy names the parameters and keys that were used: read it before you attach it.
    """
    from parastore.audit.suggest import policy  # noqa: PLC0415 (not for --help)
    from parastore.server.audit import facts_of  # noqa: PLC0415 (not for --help)

    begin = int(time.time() - since) * 1000
    with unable():
        found = policy(facts_of(location(config, data_dir, database), principal, begin))
    if not found["Statement"]:
        raise click.ClickException(f"the audit trail has no call of {principal} in that time that was allowed")
    click.echo(json.dumps(found, indent=2))
