"""``kmspolicy plan``: what a put would change on a key."""

from __future__ import annotations

from typing import Any

import click

from kmspolicy._cli._exit import Exit
from kmspolicy._cli._live import call, connects, show
from kmspolicy._cli._options import key, parameters, resource, settings_of, who
from kmspolicy._cli._screen import tell, write
from kmspolicy._cli._wanted import wanted
from kmspolicy._printable import printable


@click.command
@key
@click.argument("path")
@resource
@parameters
@who
@click.option("--exit-code", is_flag=True, help="Exit with 1 if something would change.")
@click.option("-o", "--output", metavar="FILE", help="Save the plan, for kmspolicy apply FILE.")
@connects
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    key: str,
    path: str,
    exit_code: bool,
    output: str | None,
    **options: Any,  # noqa: ANN401 - as click calls it
) -> None:
    """Show what a policy would change on a key: nothing is written.

    KEY is the id or the ARN of a key, not an alias; PATH has the policy. The plan shows the difference, who gains and who loses
    access, and the findings.
    """
    settings = settings_of(options)
    policy = wanted(path, options, settings)
    plan = call(lambda policies: policies.plan(key, policy), options, settings)
    show(plan)
    if output is not None:
        write(plan.to_json(indent=2), output)
        tell(f"The plan is saved. To carry it out: kmspolicy apply {printable(output)}")
    ctx.exit(Exit.FOUND if exit_code and plan else Exit.FINE)
