"""`parastore lint`: find secrets that are kept as plain text, in Parastore or in AWS, as an ordinary client.

Findings go to stdout: names and reasons, never values. Ends with 1 when there are any (docs/cli.md).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from parastore.cli.aws import aws_command, complete_names
from parastore.cli.exits import DIFFERENT
from parastore.client.connect import Place, open_client
from parastore.client.read import by_path


@click.command()
@aws_command
@click.argument("path", default="/", shell_complete=complete_names)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print findings.")
def lint(place: Place, path: str, form: str) -> None:
    """Look for secrets kept as String or StringList below PATH, with your AWS credentials."""
    found = list(_findings(open_client(place), path))
    if form == "json":
        click.echo(json.dumps({"findings": found}, indent=2))
    else:
        for each in found:
            click.echo(f"{each['name']}: {', '.join(each['kinds'])} in a {each['type']}, use SecureString")
    things = "nothing found" if not found else "1 finding" if len(found) == 1 else f"{len(found)} findings"
    click.echo(f"{path}: {things}", err=True)
    if found:
        sys.exit(DIFFERENT)


def _findings(client: Any, path: str) -> Iterator[dict[str, Any]]:
    from parastore.ssm.rules import guard  # noqa: PLC0415

    # Without decryption: the value of a SecureString is none of a linter's business.
    for each in by_path(client, path, decrypt=False):
        if each["Type"] != "SecureString" and (found := guard.kinds(each["Name"], each["Value"])):
            yield {"name": each["Name"], "type": each["Type"], "version": each["Version"], "kinds": found}
