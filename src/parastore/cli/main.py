"""The `parastore` command: a table of subcommands, each loaded when it is used.

`parastore --version` and a mistyped command load none of them, so they answer at once.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

import click

import parastore

INTERRUPTED = 130
# Name -> where the click command is.
COMMANDS = {
    "account": "parastore.cli.account:account",
    "adopt": "parastore.cli.adopt:adopt",
    "agent": "parastore.cli.agent:agent",
    "access": "parastore.cli.access:access",
    "audit": "parastore.cli.audit:audit",
    "backup": "parastore.cli.backup:backup",
    "check": "parastore.cli.check:check",
    "completion": "parastore.cli.completion:completion",
    "config": "parastore.cli.config:config",
    "configure": "parastore.cli.configure:configure",
    "copy": "parastore.cli.copying:copy",
    "cp": "parastore.cli.transfer:cp",
    "diff": "parastore.cli.versions:diff",
    "doctor": "parastore.cli.doctor:doctor",
    "env": "parastore.cli.export:env",
    "events": "parastore.cli.events:events",
    "exec": "parastore.cli.exec:exec_",
    "explain": "parastore.cli.explain:explain",
    "export": "parastore.cli.export:export",
    "find": "parastore.cli.listing:find",
    "get": "parastore.cli.get:get",
    "history": "parastore.cli.versions:history",
    "import": "parastore.cli.importing:import_",
    "key": "parastore.cli.key:key",
    "label": "parastore.cli.versions:label",
    "lint": "parastore.cli.lint:lint",
    "login": "parastore.cli.login:login",
    "logout": "parastore.cli.login:logout",
    "ls": "parastore.cli.listing:ls",
    "migrate": "parastore.cli.backup:migrate",
    "mv": "parastore.cli.transfer:mv",
    "put": "parastore.cli.put:put",
    "render": "parastore.cli.render:render",
    "restore": "parastore.cli.backup:restore",
    "rm": "parastore.cli.remove:rm",
    "rollback": "parastore.cli.rollback:rollback",
    "root-key": "parastore.cli.root_key:root_key",
    "scan": "parastore.cli.scan:scan",
    "serve": "parastore.cli.serve:serve",
    "status": "parastore.cli.status:status",
    "tag": "parastore.cli.tag:tag",
    "tree": "parastore.cli.listing:tree",
}


if os.environ.get("_PARASTORE_COMPLETE", "").startswith("powershell"):
    from parastore.cli import completion

    completion.register()


class LazyGroup(click.Group):
    """A group whose commands stand in COMMANDS."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load the command."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, context: click.Context) -> Any:
        """Run it; Ctrl-C ends with 130, as a shell says it, and 1 stays for what was found."""
        try:
            return super().invoke(context)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nAborted.", err=True)
            context.exit(INTERRUPTED)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(parastore.__version__, prog_name="parastore")
def main() -> None:
    """AWS Systems Manager Parameter Store, run by yourself."""
