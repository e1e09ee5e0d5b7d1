"""Arguments and options that several commands take."""

from __future__ import annotations

from typing import Final

import click

from kmspolicy._printable import quoted


def pairs(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read values of the form NAME=VALUE."""
    found: dict[str, str] = {}
    for text in values:
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise click.BadParameter(f"{quoted(text)} is not NAME=VALUE")
        found[name] = value
    return found


key: Final = click.argument("key")
paths: Final = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
parameters: Final = click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=pairs,
    help="The value of a parameter of a template, or of another placeholder; may be given more than once.",
)
resource: Final = click.option(
    "--name", metavar="RESOURCE", help="The resource that has the policy, if PATH has several."
)
