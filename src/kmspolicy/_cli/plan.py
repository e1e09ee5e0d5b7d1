"""``kmspolicy plan``: what a put would change on a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kmspolicy._cli._exit import Exit
from kmspolicy._cli._live import Where, call, connects, show
from kmspolicy._cli._options import key, parameters, resource
from kmspolicy._cli._screen import tell, write
from kmspolicy._cli._wanted import wanted
from kmspolicy._printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack


@click.command
@key
@click.argument("path")
@resource
@parameters
@click.option("--exit-code", is_flag=True, help="Exit with 1 if something would change.")
@click.option("-o", "--output", metavar="FILE", help="Save the plan, for kmspolicy apply FILE.")
@connects
@click.pass_context
def command(  # noqa: PLR0913 - the options of the command
    ctx: click.Context,
    *,
    key: str,
    path: str,
    name: str | None,
    parameters: Mapping[str, str],
    exit_code: bool,
    output: str | None,
    **where: Unpack[Where],
) -> None:
    """Show what a policy would change on a key: nothing is written.

    KEY is the id or the ARN of a key, not an alias; PATH has the policy. The plan shows the difference, who gains and who loses
    access, and the findings.
    """
    policy = wanted(path, name, parameters)
    plan = call(lambda policies: policies.plan(key, policy), where)
    show(plan)
    if output is not None:
        write(plan.to_json(indent=2), output)
        tell(f"The plan is saved. To carry it out: kmspolicy apply {printable(output)}")
    ctx.exit(Exit.FOUND if exit_code and plan else Exit.FINE)
