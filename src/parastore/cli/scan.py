"""`parastore scan`: secrets in files. Names and places go to stdout, values nowhere. 0 clean, 1 findings, 2 unable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from parastore.cli import exits
from parastore.cli.aws import say
from parastore.cli.repository import as_text, source_files, staged


@click.command(
    epilog="""\b
Examples:
  parastore scan
  parastore scan --staged           what the next commit would add; for a hook
  parastore scan settings.py .env

A line with the comment `pragma: allowlist secret` is passed over.
"""
)
@click.argument("paths", metavar="[FILE|FOLDER]...", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--staged", "only_staged", is_flag=True, help="What Git has staged, as it is staged.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def scan(paths: tuple[Path, ...], only_staged: bool, as_json: bool) -> None:
    """Look for secrets in files: those that `adopt` would move, and private keys."""
    from parastore.adopt.find import find  # noqa: PLC0415 (not for --help)
    from parastore.ssm.rules import guard  # noqa: PLC0415

    texts = iter(staged(Path())) if only_staged else _texts(paths or (Path(),))
    findings = [(name, each) for name, text in texts for each in find(Path(name).name, text, guard.kinds) if each.kinds]
    if as_json:
        rows = [{"file": name, "line": each.line, "key": each.key, "kinds": each.kinds} for name, each in findings]
        click.echo(json.dumps({"findings": rows}, indent=2))
    else:
        for name, each in findings:
            click.echo(f"{name}:{each.line}: {each.key}: {', '.join(each.kinds)}")
    say("nothing found" if not findings else f"{len(findings)} found: `parastore adopt` moves them")
    if findings:
        sys.exit(exits.DIFFERENT)


def _texts(paths: tuple[Path, ...]) -> Iterator[tuple[str, str]]:
    for path in paths:
        for file in source_files(path) if path.is_dir() else (path,):
            if (text := as_text(file.read_bytes())) is not None:
                yield str(file), text
