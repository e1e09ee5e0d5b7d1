"""``kmspolicy can``: whether a principal may do something with a key."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import click

from kmspolicy import Decision, Outcome, Request, decide
from kmspolicy._cli._asked import FORMATS, ask, code_of, known, show
from kmspolicy._cli._options import output, parted, paths, read_sources, reading, settings_of, whose
from kmspolicy._cli._places import key_of
from kmspolicy._cli._screen import tell
from kmspolicy._language._key_arns import Key
from kmspolicy._printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy import PartialPolicy, Policy
    from kmspolicy._cli._asked import Answered
    from kmspolicy.sources import Source

_WORDS: Final = {outcome: outcome.value.replace(" ", "-") for outcome in Outcome}
_OUTCOMES: Final = {words: outcome for outcome, words in _WORDS.items()}
_NOT_KNOWN: Final = "no answer, since its policy is not known"
_OF_ANOTHER_KEY: Final = "an answer that depends on the ARN of the key: give --key-arn"


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
@click.option("--key-arn", metavar="ARN", help="The key, where a file does not tell it.")
@reading
@whose
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
        if key.arn is None and options["key_arn"] is not None:
            key = Key(None, options["key_arn"])
        return decide(
            whole, Request(principal, action, options["context"], account=key.account, key_arn=key.arn)
        )

    answered = ask(read.sources, decision)
    show(answered, read.errors, options)
    others = [] if options["expect"] is None else [*_others(answered, _OUTCOMES[options["expect"]])]
    for name, got in others:
        tell(f"{printable(name)}: expected {options['expect']}, got {got}")
    ctx.exit(code_of(read.errors, found=bool(others)))


def _others(answered: Iterable[Answered], expected: Outcome) -> Iterator[tuple[str, str]]:
    """Yield the keys with another outcome than the expected one, and their outcomes in the words of --expect."""
    for one in answered:
        decision = one.answer if isinstance(one.answer, Decision) else None
        if decision is None:
            yield one.source.name, _NOT_KNOWN
        elif any(assumption.element != "Condition" for assumption in decision.assumptions):
            yield one.source.name, _OF_ANOTHER_KEY
        elif decision.outcome is not expected:
            yield one.source.name, _WORDS[decision.outcome]
