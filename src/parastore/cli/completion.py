"""`parastore completion`: the code that makes a shell complete commands, options, and names of parameters."""

from __future__ import annotations

import os
from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

SHELLS = ("bash", "zsh", "fish", "powershell")
# PowerShell gives the words before the cursor; a candidate is a line: its value, a tab, its help.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $cursor)
    $env:COMP_WORDS = ($ast.CommandElements | ForEach-Object { "$_" }) -join "`n"
    $env:COMP_WORD = $word
    $env:%(complete_var)s = "powershell_complete"
    & %(prog_name)s | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
    Remove-Item Env:COMP_WORDS, Env:COMP_WORD, Env:%(complete_var)s
}
"""


class PowerShellComplete(ShellComplete):
    """Completion for PowerShell 5 and later."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """See ShellComplete."""
        word = os.environ.get("COMP_WORD", "")
        words = os.environ["COMP_WORDS"].split("\n")[1:]
        return (words[:-1] if word and words else words), word

    def format_completion(self, item: CompletionItem) -> str:
        """See ShellComplete."""
        return f"{item.value}\t{item.help or ''}"


def register() -> None:
    """Make PowerShell known to click, which knows the other three."""
    add_completion_class(PowerShellComplete)


@click.command(
    epilog="""\b
Examples:
  eval "$(parastore completion bash)"                     in ~/.bashrc
  eval "$(parastore completion zsh)"                      in ~/.zshrc
  parastore completion fish > ~/.config/fish/completions/parastore.fish
  parastore completion powershell | Out-String | Invoke-Expression
"""
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a shell's completion code."""
    register()
    kind: Any = get_completion_class(shell)
    command = context.find_root().command
    # bash's class looks for a bash new enough by running it, which is the user's, not ours, to have.
    click.echo(kind(command, {}, "parastore", "_PARASTORE_COMPLETE").source_template % {
        "complete_func": "_parastore_completion", "complete_var": "_PARASTORE_COMPLETE", "prog_name": "parastore",
    })  # fmt: skip
