"""`parastore lint`: find secrets that are kept as plain text, in Parastore or in AWS, as an ordinary client.

Findings go to stdout: names and reasons, never values. Ends with 0 clean, 1 findings, 2 unable.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from parastore.cli.folder import Unable

FOUND = 1


@click.command()
@click.argument("path", default="/")
@click.option("--profile", metavar="NAME", help="AWS profile, by default the one of the environment.")
@click.option("--region", metavar="NAME", help="AWS Region, by default the profile's.")
@click.option("--endpoint-url", metavar="URL", help="Server, by default the profile's, or AWS.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print findings.")
def lint(path: str, profile: str | None, region: str | None, endpoint_url: str | None, form: str) -> None:
    """Look for secrets kept as String or StringList below PATH, with your AWS credentials."""
    import boto3  # noqa: PLC0415 (not for --help)
    import botocore.exceptions  # noqa: PLC0415

    try:
        client = boto3.Session(profile_name=profile, region_name=region).client("ssm", endpoint_url=endpoint_url)
        found = list(_findings(client, path))
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise Unable(str(error)) from None
    if form == "json":
        click.echo(json.dumps({"findings": found}, indent=2))
    else:
        for each in found:
            click.echo(f"{each['name']}: {', '.join(each['kinds'])} in a {each['type']}, use SecureString")
    things = "nothing found" if not found else "1 finding" if len(found) == 1 else f"{len(found)} findings"
    click.echo(f"{path}: {things}", err=True)
    if found:
        sys.exit(FOUND)


def _findings(client: Any, path: str) -> Iterator[dict[str, Any]]:
    from parastore.ssm.rules import guard  # noqa: PLC0415

    # Without decryption: the value of a SecureString is none of a linter's business.
    pages = client.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True, WithDecryption=False)
    for page in pages:
        for each in page["Parameters"]:
            if each["Type"] != "SecureString" and (found := guard.kinds(each["Name"], each["Value"])):
                yield {"name": each["Name"], "type": each["Type"], "version": each["Version"], "kinds": found}
