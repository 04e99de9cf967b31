"""Show what would be written, with secrets masked, ask, write. What was done before a failure is not done again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import click

from parastore.cli import exits
from parastore.cli.aws import confirm, progress_bar, say
from parastore.client.connect import Failure
from parastore.client.plan import Change
from parastore.client.read import MASK

_WORDS = {"+": "to make", "~": "to change", "=": "unchanged", "!": "left out"}
_COLOURS = {"+": "green", "~": "yellow", "!": "red"}


def carry_out(changes: Sequence[Change], write: Callable[[Change], None], *, dry_run: bool, yes: bool) -> None:
    """Show the changes and make them with `write`. Ends when it is declined, or a write fails."""
    for each in changes:
        if each.sign != "=":
            click.secho(_line(each), fg=_COLOURS[each.sign], err=True)
    counts = Counter(each.sign for each in changes)
    say(", ".join(f"{counts[sign]} {word}" for sign, word in _WORDS.items() if counts[sign]) or "nothing to do")
    todo = [each for each in changes if each.sign in "+~"]
    if dry_run or not todo:
        return
    confirm(f"Write {len(todo)} parameter{'s' if len(todo) > 1 else ''}?", yes)
    with progress_bar("Writing") as progress:
        for done, each in enumerate(todo):
            try:
                write(each)
            except Failure as failure:
                note = f"{done} of {len(todo)} are written; the same command goes on from here"
                raise exits.Ended(exits.OF_KIND[failure.kind], f"{each.name}: {failure} ({note})") from None
            progress(done + 1, len(todo))
    say(f"wrote {len(todo)}")


def _line(change: Change) -> str:
    secret = change.kind == "SecureString" or "SecureString" in change.note
    before, after = (MASK if secret else _short(value) for value in (change.before or "", change.value))
    note = f"  ({change.note})" if change.note else ""
    if change.sign == "!":
        return f"! {change.name}{note}"
    shown = after if change.before is None else f"{before} -> {after}"
    return f"{change.sign} {change.name}  {change.kind}  {shown}{note}"


def _short(value: str) -> str:
    text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in value)
    return text if len(text) <= 60 else text[:59] + "…"
