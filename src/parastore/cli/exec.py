"""`parastore exec`: run a program with parameters as its environment.

Without --watch this process becomes the program: its signals, its exit code and its terminal are its own. Values reach
it by the environment only, unless a reference stands in an argument, which is said when it is a secret.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import click

from parastore.cli import exits
from parastore.cli.aws import aws_command, complete_names, say, transform_options
from parastore.cli.environment import records_of, variables_of
from parastore.client.connect import Failure, Place, open_client
from parastore.client.names import Transform
from parastore.client.resolve import Unresolved, resolve

T = TypeVar("T")


class Program(NamedTuple):
    """What is run: its file, its arguments (the name it was called by first), its environment."""

    file: str
    arguments: list[str]
    environ: dict[str, str]


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
@click.option("--every", type=click.FloatRange(0.1), default=10.0, show_default=True, help="Seconds between looks.")
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

    def make() -> Program:
        return _program(client, paths, command, transform, only, pristine=pristine, strict=strict)

    program = _ending(make)
    if watch:
        from parastore.cli.supervise import supervise  # noqa: PLC0415

        context.exit(supervise(program, make, every))
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


def _program(
    client: object,
    paths: Sequence[str],
    command: Sequence[str],
    transform: Transform,
    only: Sequence[str],
    *,
    pristine: bool,
    strict: bool,
) -> Program:
    file = shutil.which(command[0])
    if file is None:
        raise exits.Ended(exits.NO_COMMAND, f"no command {command[0]} in PATH")
    given = variables_of(records_of(client, paths, strict=strict), transform)
    if only:
        if missing := [each for each in only if each not in given]:
            raise exits.Ended(exits.NOT_FOUND, f"no parameter gives {', '.join(missing)}")
        given = {each: given[each] for each in only}
    inherited = {} if pristine else dict(os.environ)
    if strict and (both := sorted(given.keys() & inherited.keys())):
        raise exits.Ended(exits.REFUSED, f"set in the environment already: {', '.join(both)}")
    for name in given:
        inherited.pop(name, None)
    inherited, arguments = _filled(client, inherited, command)
    environ = inherited | {name: each.value for name, each in given.items()}
    if nul := [name for name, value in environ.items() if "\0" in value]:
        raise exits.Ended(exits.REFUSED, f"a variable cannot hold a NUL: {', '.join(nul)}")
    return Program(file, arguments, environ)


def _filled(client: object, environ: Mapping[str, str], command: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Variables and arguments with their references filled in."""
    texts = {f"variable {name}": value for name, value in environ.items() if "{{" in value}
    arguments = {f"argument {number}": word for number, word in enumerate(command[1:], 1) if "{{" in word}
    try:
        done = resolve(client, texts | arguments)
    except Unresolved as unresolved:
        lines = [f"{each.source}: {each.asked}: {each.why}" for each in unresolved.missing]
        raise exits.Ended(exits.NOT_FOUND, "\n  ".join(["unresolved references", *lines])) from None
    for source in arguments:
        if done.secret[source]:
            say(f"Warning: {source} now holds a secret that everybody's `ps` shows; a variable would not.")
    return (
        {name: done.texts.get(f"variable {name}", value) for name, value in environ.items()},
        [command[0], *(done.texts.get(f"argument {number}", word) for number, word in enumerate(command[1:], 1))],
    )
