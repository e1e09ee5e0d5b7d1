"""``kmspolicy apply``: a policy is put on a key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import click

from kmspolicy import Guard, Plan
from kmspolicy._cli._exit import Exit, Unreadable
from kmspolicy._cli._live import call, connects, refusals, show
from kmspolicy._cli._options import parameters, resource, settings_of, who
from kmspolicy._cli._screen import tell, write
from kmspolicy._cli._wanted import wanted
from kmspolicy._printable import printable, word
from kmspolicy.errors import PlanError

_NOTHING: Final = "Nothing was sent."


@click.command(options_metavar="[OPTIONS]")
@click.argument("key", metavar="KEY PATH | PLAN")
@click.argument("path", metavar="", required=False)
@resource
@parameters
@who
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--no-new-access", is_flag=True, help="Refuse unless it is proved that nobody gains access.")
@connects
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    key: str,
    path: str | None,
    yes: bool,
    no_new_access: bool,
    **options: Any,  # noqa: ANN401 - as click calls it
) -> None:
    """Put the policy of PATH on a key, after you have seen what changes.

    KEY is the id or the ARN of a key, not an alias. The command shows the plan and asks; without a terminal it needs --yes.
    Nothing is sent if nothing would change, if KMS would refuse the policy, or if somebody else has changed the key's policy since
    the plan.

    PLAN is a file of kmspolicy plan -o PLAN. As with Terraform, it is carried out without a question: it was reviewed.
    """
    if path is None and (options["name"] or options["parameters"]):
        raise click.UsageError("a saved plan has its policy: --name and --parameter are for KEY PATH")
    if path is not None and not yes and not _is_attended():
        raise click.UsageError(
            "nobody can be asked here: pass --yes, or save a plan with kmspolicy plan -o PLAN"
        )
    settings = settings_of(options)
    guard = Guard(no_new_access=no_new_access)
    if path is None:
        plan = _saved(key)
    else:
        policy = wanted(path, options, settings)
        plan = call(lambda policies: policies.plan(key, policy), options, settings)
    show(plan)
    if not plan:
        return
    with refusals():
        guard.require(plan)
    if path is not None and not yes and not _agreed(plan.key_id):
        tell(_NOTHING)
        ctx.exit(Exit.FOUND)
    result = call(lambda policies: policies.apply(plan, guard=guard), options, settings, writes=True)
    write(
        f"The policy was put (request {word(result.request_id or 'not known')})."
        if result.changed
        else "The key has it already."
    )


def _saved(file: str) -> Plan:
    try:
        return Plan.from_json(Path(file).read_bytes())
    except OSError as error:
        what = error.strerror
    except PlanError as error:
        what = f"this is not a saved plan: {error.problems[0]}"
    raise Unreadable(f"{printable(file)}: {what}; to put a policy: kmspolicy apply KEY PATH")


def _is_attended() -> bool:
    return sys.stdin.isatty()


def _agreed(key_id: str) -> bool:
    """Ask whether to put the policy; the end of the input is a no."""
    click.echo(f"Put this policy on key {word(key_id)}? Only yes does it: ", nl=False, err=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        tell(f"\n{_NOTHING}")
        raise
    if not answer.endswith("\n"):  # Ctrl-D leaves the line open
        tell("")
    return answer.strip().lower() == "yes"
