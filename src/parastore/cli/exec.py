"""`parastore exec`: run a program with parameters as its environment.

Without --watch this process becomes the program: its signals, its exit code and its terminal are its own. Values reach
it by the environment only, unless a reference stands in an argument, which is said when it is a secret.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names, transform_options
from parastore.cli.program import Program, has_changed, make_program
from parastore.client.connect import Failure, Place, open_client
from parastore.client.names import Transform

T = TypeVar("T")


class _SplitCommand(click.Command):
    """What follows the first `--` is not ours: it is the command."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        context.meta[__name__] = args[at + 1 :]
        return super().parse_args(context, args[:at])


@click.command(
    "exec",
    cls=_SplitCommand,
    epilog="""\b
Examples:
  parastore exec /myapp/prod -- ./manage.py runserver
  parastore exec /shared /myapp/prod --only DB_PASSWORD -- env
  parastore exec -- deploy --token '{{ssm:/ci/token}}'
  DATABASE_URL='postgres://app:{{ssm:/myapp/db/password}}@db/app' parastore exec -- ./server
""",
)
@aws_command
@transform_options
@click.option("--only", metavar="VARIABLE", multiple=True, help="Give this variable and no other; can be repeated.")
@click.option("--pristine", is_flag=True, help="Inherit no variables: the program sees parameters only.")
@click.option("--strict", is_flag=True, help="Fail when a path holds nothing, or a variable is set already.")
@click.option("--watch", is_flag=True, help="Start the program again when a value has changed.")
@click.option(
    "--every", type=click.FloatRange(0.1), default=10.0, show_default=True, help="Seconds between looks, about."
)
@click.argument("paths", shell_complete=complete_names, metavar="PATH... -- COMMAND...", nargs=-1)
@click.pass_context
def exec_(
    context: click.Context,
    place: Place,
    transform: Transform,
    only: tuple[str, ...],
    pristine: bool,
    strict: bool,
    watch: bool,
    every: float,
    paths: tuple[str, ...],
) -> None:
    """Run COMMAND with the parameters below each PATH as environment variables; later paths win.

    /myapp/prod/db/password below /myapp/prod is DB_PASSWORD. {{ssm:NAME}} in arguments and in inherited variables is
    filled in. The exit code is the command's; 125 means that exec itself failed, 126 that COMMAND cannot run, 127 that
    it does not exist.
    """
    command = context.meta[__name__]
    if not command:
        raise click.UsageError("write the command after --: parastore exec PATH... -- COMMAND...")

    client = _ending(lambda: open_client(place))

    make = partial(make_program, client, paths, command, transform, only, pristine=pristine, strict=strict)
    program, seen = _ending(make)
    if watch:
        from parastore.cli.supervise import supervise  # noqa: PLC0415

        def look() -> Program | None:
            nonlocal seen
            if not has_changed(client, paths, seen):
                return None
            latest, seen = make()
            return latest

        context.exit(supervise(program, look, every))
    try:
        os.execve(program.file, program.arguments, program.environ)  # noqa: S606 (that is what the command is for)
    except OSError as error:
        raise exits.Ended(exits.CANNOT_RUN, f"cannot run {command[0]}: {error.strerror}") from None


def _ending(make: Callable[[], T]) -> T:
    try:
        return make()
    except Failure as failure:
        raise exits.Ended(exits.EXEC_FAILED, str(failure)) from None
    except exits.Ended as ended:
        if ended.exit_code == exits.NO_COMMAND:
            raise
        raise exits.Ended(exits.EXEC_FAILED, ended.message) from None
