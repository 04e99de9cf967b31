"""`parastore adopt`: a repository's secrets into parameters, and references into its files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, dry_run_option, say, yes_option
from parastore.cli.planned import carry_out
from parastore.cli.repository import as_text, hook_file, source_files
from parastore.client import read, write
from parastore.client.connect import Place, open_client
from parastore.client.plan import Change, Wanted, plan

_HOOK = "#!/bin/sh\n# No secrets in commits; see `parastore scan --help`.\nexec parastore scan --staged\n"


@click.command(
    epilog="""\b
Examples:
  parastore adopt . --path /myapp/dev --dry-run
  parastore adopt . --path /myapp/dev --hook
"""
)
@aws_command
@dry_run_option
@yes_option
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--path", required=True, help="Where the parameters go.")
@click.option("--hook/--no-hook", default=None, help="Install a Git hook that scans commits; asks by default.")
def adopt(place: Place, dry_run: bool, yes: bool, folder: Path, path: str, hook: bool | None) -> None:
    """Move the secrets of a repository into parameters below PATH, and rewrite its files to references.

    All settings of .env files, and what looks like a secret elsewhere: shown, asked about, written as parameters, and
    only then taken out of the files. .env, YAML, JSON and other text get {{ssm:NAME}}, which `parastore render` and
    `parastore exec` fill in; Python gets os.environ["NAME"] and JavaScript process.env.NAME, which `parastore exec
    PATH` sets.
    """
    from parastore.adopt.find import Found, find  # noqa: PLC0415 (not for --help)
    from parastore.adopt.rewrite import ignore, names_for, rewrite  # noqa: PLC0415
    from parastore.ssm.rules import guard  # noqa: PLC0415

    texts = {
        str(file.relative_to(folder)): text
        for file in source_files(folder)
        if (text := as_text(file.read_bytes())) is not None
    }
    found = [(name, each) for name, text in texts.items() for each in find(Path(name).name, text, guard.kinds)]
    for name, each in found:
        if each.style == "hand":
            say(f"{name}:{each.line}: {', '.join(each.kinds)}: move it by hand, with `parastore put -s {path}/...`")
    movable = [(name, each) for name, each in found if each.style != "hand"]
    if not movable:
        say("nothing to move")
        return
    made = names_for(movable, path)
    wanted: dict[str, Wanted] = {}
    for index, (file, each) in enumerate(movable):
        kind = "SecureString" if each.kinds else None
        wanted.setdefault(made[index], Wanted(made[index], each.value, kind))
        say(f"{file}:{each.line}: {each.key} -> {made[index]}")
    client = open_client(place)
    there, _ = read.get_many(client, [each.name for each in wanted.values()], decrypt=True)

    def put(change: Change) -> None:
        write.put(client, change.name, change.value, Type=change.kind, Overwrite=change.sign == "~")

    changes = plan(wanted.values(), there, lambda name, value: bool(guard.kinds(name, value)))
    carry_out(changes, put, dry_run=dry_run, yes=yes)
    if dry_run:
        return
    refused = {each.name for each in changes if each.sign == "!"}
    by_file: dict[str, dict[Found, str]] = {}
    for index, (file, each) in enumerate(movable):
        if made[index] not in refused:
            by_file.setdefault(file, {})[each] = made[index]
    for file, replaced in by_file.items():
        _write(folder / file, rewrite(texts[file], replaced, path))
        say(f"rewrote {file}")
    _write(folder / ".gitignore", ignore(texts.get(".gitignore", "")))
    _offer_hook(folder, hook)
    say(
        "Next: `parastore scan` shows what is left, `parastore exec "
        f"{path} -- COMMAND` runs the program. Git's history still has the old values: change those that matter."
    )


def _write(file: Path, text: str) -> None:
    """In place, so that mode, owner and links stay: it holds no secret any more."""
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise exits.Ended(exits.UNABLE, f"cannot write {file}: {error.strerror}; the parameters are there") from None


def _offer_hook(folder: Path, hook: bool | None) -> None:
    if not (folder / ".git").exists():
        return
    file = hook_file(folder)
    if file.exists():
        if hook:
            say(f"{file} is there already: add `parastore scan --staged` to it")
        return
    if hook is None:
        hook = sys.stdin.isatty() and click.confirm("Install a Git hook that keeps secrets out of commits?", err=True)
    if hook:
        file.parent.mkdir(exist_ok=True)
        file.write_text(_HOOK, encoding="ascii")
        file.chmod(0o755)
        say(f"installed {file}")
