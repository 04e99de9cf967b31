"""`parastore tag`."""

from __future__ import annotations

import click

from parastore.cli.aws import aws_command, complete_names, dry_run_option, say
from parastore.cli.output import Output, output_options
from parastore.client import read
from parastore.client.connect import Place, explained, open_client


@click.command(
    epilog="""\b
Examples:
  parastore tag /myapp/prod/db/host team=core cost-center=42
  parastore tag /myapp/prod/db/host --remove team
  parastore tag /myapp/prod/db/host                  list them
"""
)
@aws_command
@output_options
@dry_run_option
@click.argument("name", shell_complete=complete_names)
@click.argument("tags", metavar="KEY=VALUE...", nargs=-1)
@click.option("--remove", metavar="KEY", multiple=True, help="Take a tag away.")
def tag(place: Place, output: Output, dry_run: bool, name: str, tags: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Tag a parameter; without tags, list them."""
    pairs = [each.partition("=") for each in tags]
    if wrong := [key for key, equals, _ in pairs if not equals]:
        raise click.UsageError(f"{wrong[0]!r} is not KEY=VALUE")
    client = open_client(place)
    if not tags and not remove:
        rows = [{"Key": key, "Value": value} for key, value in read.tags_of(client, name).items()]
        output.show(rows, ("Key", "Value"))
        return
    if dry_run:
        say(f"would tag {name}: {', '.join([*tags, *(f'without {each}' for each in remove)])}")
        return
    with explained(name):
        what = {"ResourceType": "Parameter", "ResourceId": name}
        if pairs:
            client.add_tags_to_resource(**what, Tags=[{"Key": key, "Value": value} for key, _, value in pairs])
        if remove:
            client.remove_tags_from_resource(**what, TagKeys=list(remove))
    say(f"tagged {name}")
