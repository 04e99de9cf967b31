"""What commands that are AWS clients share: their options, and how a failed call ends them."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from parastore.cli import exits
from parastore.client.connect import Failure, Place
from parastore.client.names import CASES, NAMINGS, Transform
from parastore.client.read import Progress, silent

Command = Callable[..., Any]
MANY = 50  # parameters; fewer are there at once


def aws_command(run: Command) -> Command:
    """Give a command `--profile`, `--region`, `--endpoint-url`, and the `place` they say."""

    @click.option("--profile", metavar="NAME", help="AWS profile, by default the one of the environment.")
    @click.option("--region", metavar="NAME", help="AWS Region, by default the profile's.")
    @click.option("--endpoint-url", metavar="URL", help="Server, by default the environment's, the profile's, or AWS.")
    @functools.wraps(run)
    def command(profile: str | None, region: str | None, endpoint_url: str | None, **arguments: Any) -> Any:
        with ending():
            return run(place=Place(profile, region, endpoint_url), **arguments)

    return command


@contextmanager
def ending() -> Iterator[None]:
    """Failures of calls become ends of the command."""
    try:
        yield
    except Failure as failure:
        raise exits.of_failure(failure) from None


def transform_options(run: Command) -> Command:
    """Give a command the options that say how names become variables, and the `transform` they say."""

    @click.option(
        "--names",
        type=click.Choice(NAMINGS),
        default="path",
        help="Part of a name that a variable gets: what is below PATH, the last part, or all of it.",
    )
    @click.option("--case", type=click.Choice(CASES), default="upper", help="Its letters.")
    @click.option("--prefix", default="", metavar="TEXT", help="What every variable begins with.")
    @functools.wraps(run)
    def command(names: Any, case: Any, prefix: str, **arguments: Any) -> Any:
        if not re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)?", prefix):
            raise click.BadParameter("variables have letters, digits and _ only", param_hint="--prefix")
        return run(transform=Transform(names, case, prefix), **arguments)

    return command


def complete_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names that begin so, for a shell's completion; none when the server cannot say at once."""
    from parastore.client.connect import open_client  # noqa: PLC0415
    from parastore.client.read import describe  # noqa: PLC0415

    place = Place(*(context.params.get(name) for name in Place._fields))
    wanted = [{"Key": "Name", "Option": "BeginsWith", "Values": [incomplete]}] if incomplete else []
    try:
        return [each["Name"] for each in describe(open_client(place, patient=False), filters=wanted)]
    except Failure:
        return []


def dry_run_option(run: Command) -> Command:
    """`--dry-run`."""
    return click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")(run)


def yes_option(run: Command) -> Command:
    """`--yes`."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(run)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on stderr when that is a terminal and there is something to wait for."""
    if not sys.stderr.isatty():
        yield silent
        return
    with ExitStack() as stack:
        bar: Any = None

        def show(done: int, total: int) -> None:
            nonlocal bar
            if bar is None and total >= MANY:
                bar = stack.enter_context(click.progressbar(length=total, label=label, file=sys.stderr))
            if bar is not None:
                bar.update(done - bar.pos)

        yield show


def say(text: str) -> None:
    """Talk goes to stderr; stdout is for data."""
    click.echo(text, err=True)


def confirm(question: str, yes: bool) -> None:
    """Ask on the terminal. Ends when the answer is no, or when there is nobody to ask and `--yes` was not given."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise exits.Ended(exits.UNABLE, f"{question} There is no terminal to ask on: --yes says yes")
    if not click.confirm(question, err=True):
        raise exits.Ended(exits.DECLINED, "nothing was done")
