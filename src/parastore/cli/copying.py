"""`parastore copy`: parameters from one server or account to another, between Parastore and AWS too."""

from __future__ import annotations

import click

from parastore.cli import exits
from parastore.cli.aws import complete_names, dry_run_option, ending, progress_bar, yes_option
from parastore.cli.planned import carry_out
from parastore.client import names, read, write
from parastore.client.connect import Place, open_client
from parastore.client.plan import Change, Wanted, plan


@click.command(
    epilog="""\b
Examples:
  parastore copy --from parastore --to aws-prod /myapp/prod
  parastore copy --from aws-prod --to parastore /myapp/prod /myapp/dev --dry-run
"""
)
@dry_run_option
@yes_option
@click.option("--from", "source", metavar="PROFILE", required=True, help="AWS profile to read with.")
@click.option("--to", "target", metavar="PROFILE", required=True, help="AWS profile to write with.")
@click.option("--key-id", metavar="KEY", help="KMS key of SecureStrings there, by default of the same name.")
@click.option("--history", is_flag=True, help="All versions with their labels; only into what does not exist yet.")
@click.argument("path", shell_complete=complete_names)
@click.argument("to_path", metavar="[TO-PATH]", required=False)
def copy(
    dry_run: bool,
    yes: bool,
    source: str,
    target: str,
    key_id: str | None,
    history: bool,
    path: str,
    to_path: str | None,
) -> None:
    """Copy the parameters below PATH from one profile to another, with types, tiers, policies, tags and labels.

    Shows what would change and asks. What is the same there already is left alone, so after a failure the same command
    goes on where it stopped. Deletes nothing.
    """
    with ending():
        old, new = open_client(Place(source)), open_client(Place(target))
        with progress_bar("Reading") as progress:
            found = read.tree(old, path, decrypt=True, progress=progress)
        if not found:
            raise exits.Ended(exits.NOT_FOUND, f"nothing below {path}")
        origin = {names.join(to_path or path, names.relative(each["Name"], path)): each for each in found}
        there, _ = read.get_many(new, list(origin), decrypt=True)

        def carry(change: Change) -> None:
            whole = write.read_whole(old, origin[change.name]["Name"], all_versions=history and change.sign == "+")
            write.write_whole(new, whole, change.name, overwrite=change.sign == "~", key_id=key_id)

        wanted = [Wanted(name, each["Value"], each["Type"]) for name, each in origin.items()]
        carry_out(plan(wanted, there, lambda name, value: False), carry, dry_run=dry_run, yes=yes)
