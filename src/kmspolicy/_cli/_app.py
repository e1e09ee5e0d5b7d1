"""The command ``kmspolicy`` and its commands, each loaded when it is used."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

import click

from kmspolicy._cli._exit import Exit
from kmspolicy._cli._group import Group
from kmspolicy.errors import RequestError, UnknownWordWarning

if TYPE_CHECKING:
    from collections.abc import Mapping

# The title of each part of the help, and its commands with a line of help each.
COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "Policies in files": {
        "check": "Say what is wrong with policies, and where.",
        "diff": "Show what a change changes, and who gains and who loses access.",
        "access": "Show who may do what.",
        "can": "Say whether a principal may do something, and why.",
        "prove": "Prove a claim for every request, or show one that speaks against it.",
        "report": "Report on all keys: as one page, as a table or as JSON lines.",
        "explain": "Say in plain English what policies say, or what a finding means.",
    },
    "Keys": {
        "get": "Write the policy that a key has.",
        "plan": "Show what a policy would change on a key.",
        "apply": "Put a policy on a key, after you have seen what changes.",
    },
}


class _Commands(Group):
    """A group whose commands are modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the help."""
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return cast("click.Command", import_module(f"kmspolicy._cli.{cmd_name}").command)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command.

        What no request can have is wrong usage, and so is a word that is not known, for it is most often misspelt. Ctrl-C ends it
        with the exit code that shells know.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UnknownWordWarning)
                return super().invoke(ctx)
        except (RequestError, UnknownWordWarning) as error:
            raise click.UsageError(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(Exit.INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the commands in their parts, from the table above: none is loaded for it."""
        for title, commands in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([*commands.items()])


@click.command(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="kmspolicy")
def app() -> None:
    """Judge AWS KMS key policies before KMS does.

    PATH is a file or a folder: policies in JSON and YAML, CloudFormation templates, Terraform plans in JSON, output of the AWS
    CLI, and manifests of ACK and Crossplane; "-" is standard input.

    \b
    Exit codes, of several the highest:
      0  nothing was found
      1  findings, a difference, a claim that is not shown, or not the expected answer
      2  wrong usage
      3  an input cannot be read, or a path has no key policy
      4  AWS refused, or did not answer
    """  # noqa: D301 - the mark keeps click from wrapping the lines
