"""``kmspolicy can``: whether a principal may do something with a key."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from kmspolicy import Decision, Outcome, Request, decide
from kmspolicy._cli._asked import FORMATS, ask, code_of, known, show
from kmspolicy._cli._options import output, parted, paths, read_sources, reading, settings_of, who
from kmspolicy._cli._places import key_of

if TYPE_CHECKING:
    from kmspolicy import PartialPolicy, Policy
    from kmspolicy.sources import Source

_OUTCOMES = {outcome.value.replace(" ", "-"): outcome for outcome in Outcome}


def _context(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, list[str]]:
    """Read values of the form KEY=VALUE; a key that comes again has several values."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in parted(values, "KEY=VALUE"):
        found[name].append(value)
    return dict(found)


@click.command
@click.argument("principal")
@click.argument("action")
@paths
@click.option(
    "--context",
    metavar="KEY=VALUE",
    multiple=True,
    callback=_context,
    help="A condition key of the request, kms:ViaService for example; again for another value.",
)
@click.option(
    "--expect",
    type=click.Choice([*_OUTCOMES]),
    help="The expected answer: any other makes the exit code 1.",
)
@reading
@who
@output(*FORMATS)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    principal: str,
    action: str,
    paths: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - as click calls it
) -> None:
    """Ask whether a principal may do something with a key, and why.

    PRINCIPAL is an ARN, an account id or a service principal; ACTION is kms:Decrypt for example.
    """
    account = settings_of(options).account
    read = read_sources(paths, options, account)

    def decision(source: Source, policy: Policy | PartialPolicy) -> Decision:
        whole = known(source, policy)
        key = key_of(source, account)
        return decide(
            whole, Request(principal, action, options["context"], account=key.account, key_arn=key.arn)
        )

    answered = ask(read.sources, decision)
    show(answered, read.errors, options)
    expected = options["expect"]
    outcomes = {one.answer.outcome if isinstance(one.answer, Decision) else None for one in answered}
    differs = expected is not None and outcomes != {_OUTCOMES[expected]}
    ctx.exit(code_of(read.errors, found=differs))
