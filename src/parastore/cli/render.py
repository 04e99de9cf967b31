"""`parastore render`: files with references become files with values, or nothing does."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, say
from parastore.cli.files import read_text, write_private
from parastore.client.connect import Place, open_client
from parastore.client.resolve import Unresolved, resolve


@click.command(
    epilog="""\b
Examples:
  parastore render app.conf.template -o app.conf
  parastore render deploy.yaml | kubectl apply -f -
  parastore render conf/*.conf -o /run/myapp/
  echo 'postgres://app:{{ssm:/myapp/db/password}}@db' | parastore render -
"""
)
@aws_command
@click.argument("files", metavar="FILE...|-", nargs=-1, required=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write, or the folder for several; mode 0600."
)
@click.option("--check", is_flag=True, help="Look whether everything resolves, and write nothing.")
def render(place: Place, files: tuple[str, ...], output: Path | None, check: bool) -> None:
    """Fill in the references of text files, and write them to standard output or to -o.

    \b
    {{ssm:NAME}}  {{ssm:NAME:VERSION}}  {{ssm:NAME:LABEL}}     any parameter
    {{ssm-secure:NAME}}                                        a SecureString
    {{resolve:ssm:NAME}}  {{resolve:ssm-secure:NAME}}          the same

    A backslash in front keeps braces: \\{{ssm:NAME}}. Values are not looked at again. When a reference cannot be
    resolved, all such are listed with file and line, nothing is written, and the exit code is 3.
    """
    texts = {name: _stdin() if name == "-" else read_text(Path(name)) for name in files}
    folder = output is not None and (len(texts) > 1 or output.is_dir())
    if output is not None and folder and not output.is_dir():
        raise click.UsageError(f"{output} must be a folder, for there is more than one file")
    if folder and len({Path(name).name for name in texts}) < len(texts):
        raise click.UsageError("two of the files have the same name")
    if output is not None and output.resolve() in {Path(name).resolve() for name in texts if name != "-"}:
        raise click.UsageError(
            f"{output} is the file with the references: it would be lost, and its values be in its place"
        )
    try:
        done = resolve(open_client(place), texts)
    except Unresolved as unresolved:
        for each in unresolved.missing:
            say(f"{each.source}:{each.line}: {each.asked}: {each.why}")
        count = len(unresolved.missing)
        raise exits.Ended(exits.NOT_FOUND, f"{count} reference{'s' if count > 1 else ''} cannot be resolved") from None
    if check:
        return
    for name, text in done.texts.items():
        if output is None:
            sys.stdout.buffer.write(text.encode(errors="surrogateescape"))
            sys.stdout.flush()
        else:
            write_private(output / Path(name).name if folder else output, text)


def _stdin() -> str:
    return sys.stdin.buffer.read().decode(errors="surrogateescape")
